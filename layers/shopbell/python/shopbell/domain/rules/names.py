"""The names that rules refer to things by."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from shopbell.domain.incoming.faults import checked
from shopbell.domain.rules.conditions import Condition, FieldName

__all__ = ["TRIGGERS", "EventName", "FieldName", "Name", "SegmentName", "TraitName", "Where"]

_EVENT: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_CUSTOM: Final = re.compile(r"custom\.[A-Za-z][A-Za-z0-9_]{0,63}")
_TRAITS: Final = ("country", "city", "language", "time_zone", "gender", "age", "birthday", "signed_up_at")


def _check_event(text: str) -> None:
    if not _EVENT.fullmatch(text):
        raise ValueError("must be the name of an event: small letters, digits and _, a letter first, 64 at most")


def _check_trait(text: str) -> None:
    if text not in _TRAITS and not _CUSTOM.fullmatch(text):
        raise ValueError(f"must be {', '.join(_TRAITS)}, or custom. and a name of letters, digits and _")


EventName = Annotated[str, AfterValidator(checked(_check_event))]
TraitName = Annotated[str, AfterValidator(checked(_check_trait))]
SegmentName = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Where = Annotated[tuple[Condition, ...], Field(max_length=20)]
TRIGGERS: Final = frozenset(
    {
        "segment_entered",
        "segment_exited",
        "product_price_changed",
        "product_back_in_stock",
        "product_created",
    }
)
"""Events that start something and cannot be counted (ruling 8)."""
