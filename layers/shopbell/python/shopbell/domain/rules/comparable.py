"""What the fields of events can be compared with, so that a condition that could never hold is refused."""

from collections.abc import Mapping, Sequence
from typing import Final

MONEY: Final = frozenset({"total", "amount", "price", "list_price"})
"""Last steps of the fields that hold money."""
_FACTS: Final = ("category", "brand", "price", "in_stock")
_CLOCK: Final[Mapping[str, tuple[int, int]]] = {"at.hour": (0, 23), "at.weekday": (1, 7), "at.month": (1, 12)}
_NO_CLOCK: Final = frozenset({"contains", "starts_with", "ends_with", "under", "matches"})
LARGEST: Final = 2**53 - 1
"""What every reader of JSON takes for the same number."""
IN_MINOR_UNITS: Final = "money is integer minor units"


def is_money(field: str) -> bool:
    return field.rsplit(".", 1)[-1] in MONEY


def check_field(field: str) -> None:
    """ValueError for a part of a product or of the time that no event has."""
    if field.startswith("product.") and field.removeprefix("product.") not in _FACTS:
        raise ValueError(f"of a product are known {', '.join(_FACTS)}")
    if field.startswith("at.") and field not in _CLOCK:
        raise ValueError(f"of the time are known {', '.join(_CLOCK)}")


def check_compared(field: str, op: str, value: object) -> None:
    """ValueError for a float beside money, and for an hour, weekday or month that no clock shows."""
    if is_money(field):
        check_money(value)
    if field not in _CLOCK or value is None:
        return
    low, high = _CLOCK[field]
    if op in _NO_CLOCK or not all(type(one) is int and low <= one <= high for one in _each(value)):
        raise ValueError(f"{field} compares with whole numbers from {low} to {high}")


def check_money(value: object) -> None:
    """ValueError for a float, alone or among others."""
    if any(isinstance(one, float) for one in _each(value)):
        raise ValueError(IN_MINOR_UNITS)


def _each(value: object) -> Sequence[object]:
    return value if isinstance(value, tuple) else (value,)
