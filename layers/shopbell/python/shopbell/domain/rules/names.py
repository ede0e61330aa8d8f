"""The names that rules refer to things by."""

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from shopbell.domain.rules.conditions import Condition

EventName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[^.\s]{1,64}(\.[^.\s]{1,64}){0,7}$")]
TraitName = Annotated[
    str,
    StringConstraints(
        pattern=r"^(country|city|language|time_zone|gender|age|birthday|signed_up_at"
        r"|custom\.[A-Za-z][A-Za-z0-9_]{0,63})$"
    ),
]
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
