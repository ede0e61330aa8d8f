"""Which features the steps of a sequence read, and what their events must share."""

from collections.abc import Mapping
from typing import Final

from shopbell.domain.part import part_of
from shopbell.domain.rules.sequences import SameKey, Sequence, Step
from shopbell.domain.segments.cuts import Cut
from shopbell.domain.segments.feature import Feature, presence

_WITH_ITEMS: Final = frozenset({"purchase", "cart_update", "cart_abandoned"})
_CATEGORY_VIEW: Final = "category_view"
_FIELDS: Final[Mapping[SameKey, str]] = {
    "product_id": "product_id",
    "category": "product.category",
    "cart": "cart_id",
}


def step_features(sequence: Sequence) -> tuple[Feature, ...]:
    """One for each step; each keeps all that lies within window and length of the sequence (ruling 3)."""
    reach = sequence.window + sequence.within
    return tuple(_feature(step, sequence.same, reach) for step in sequence.steps)


def _feature(step: Step, same: SameKey | None, reach: int) -> Feature:
    ordered = part_of(step.event) == "L"
    cut = Cut(every=True) if ordered else Cut(reach=reach)
    if same is not None:
        return Feature(step.event, step.where, cut, of=shared_field(step.event, same), take="key")
    if ordered and not step.where:
        return presence(step.event)
    return Feature(step.event, step.where, cut)


def shared_field(event: str, same: SameKey) -> str:
    """Where an event says it: what is about several products, in its items; a category view, itself."""
    if same == "product_id" and event in _WITH_ITEMS:
        return "items.product_id"
    if same == "category" and event == _CATEGORY_VIEW:
        return "category"
    return _FIELDS[same]
