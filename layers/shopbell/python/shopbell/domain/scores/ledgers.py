"""The hidden segment of all buyers, and their orders read back from the ledgers that it keeps filled."""

from collections.abc import Callable, Mapping
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.part import HEAD, Part
from shopbell.domain.profile import Profile
from shopbell.domain.rules.graph import leaves
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.scores.buyers import Order
from shopbell.domain.segments.columns import columns
from shopbell.domain.segments.definition import Segment, StoredRules
from shopbell.domain.segments.feature import Feature
from shopbell.domain.segments.needs import needs

BUYERS: Final = SegmentId("hidden:buyers")
RULE: Final[Mapping[str, Json]] = {
    "and": [
        {"event": "purchase"},
        {"event": "purchase", "aggregate": "sum", "of": "total", "op": "gte", "value": 0},
    ]
}
"""The second leaf is always true; it has the totals kept in the ledger."""
OrdersOf = Callable[[Profile], list[Order]]


def buyers_segment(store: StoreId, now: Instant, *, there: bool) -> Segment:
    """`there`: the store has visitors, who must be built in first."""
    return Segment(
        store=store,
        id=BUYERS,
        name="Buyers",
        rule=RULE,
        state="building" if there else "active",
        version=1,
        revision=1,
        created_at=now,
        last_changed_at=now,
        hidden=True,
    )


def orders_of(rules: StoredRules) -> OrdersOf:
    """How to read a profile's orders; KeyError while the rules do not keep them."""
    happened, totals = _features()
    places = columns(rules.bits)
    bit, total_bit = places.of(happened).bit, places.of(totals).bit

    def read(profile: Profile) -> list[Order]:
        part = profile.ledger.l
        known = dict(zip(_heads(part, total_bit), part.numbers(total_bit), strict=True))
        heads = _heads(part, bit)
        return [Order(at, round(known.get(head, 0))) for head, at in zip(heads, part.instants(bit), strict=True)]

    return read


def _features() -> tuple[Feature, Feature]:
    (happened,), (totals,) = (needs(leaf) for _, leaf in leaves(parse_rule(RULE)))
    return happened, totals


def _heads(part: Part, bit: int) -> list[bytes]:
    """Instant and hash of each record: the same for one order in every column."""
    data, width = part.column(bit), part.width(bit)
    return [data[place : place + HEAD] for place in range(0, len(data), width)] if width else []
