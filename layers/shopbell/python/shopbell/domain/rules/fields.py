"""What a field of a condition reads in an event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from shopbell.domain.clock import MINUTE, SECOND
from shopbell.domain.events import Event, Json, ProductFacts
from shopbell.domain.rules.operators import scalars

Read = Callable[[Event], Sequence[Json]]
"""All values of a field of an event."""

ITEMS: Final = "items."
PRODUCT: Final = "product."
_FACTS: Final[Mapping[str, Callable[[ProductFacts], Json]]] = {
    "category": lambda facts: facts.categories,
    "brand": lambda facts: facts.brand,
    "price": lambda facts: facts.price,
    "in_stock": lambda facts: facts.in_stock,
}
_CLOCK: Final[Mapping[str, Callable[[datetime], int]]] = {
    "at.hour": lambda at: at.hour,
    "at.weekday": lambda at: at.isoweekday(),
    "at.month": lambda at: at.month,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One item of an event with the product that it names; an event without items is one line."""

    item: Mapping[str, Json]
    facts: ProductFacts | None


def is_line_field(field: str) -> bool:
    """Whether it is a matter of one item rather than of the whole event (ruling 18)."""
    return field.startswith((ITEMS, PRODUCT))


def lines(event: Event) -> list[Line]:
    """The items; else the event itself with its product."""
    items = event.properties.get("items")
    if isinstance(items, Sequence) and not isinstance(items, str):
        return [Line(item, _facts(event, item)) for item in items if isinstance(item, Mapping)]
    return [Line({}, _facts(event, event.properties))]


def line_values(field: str, line: Line) -> Sequence[Json]:
    """The values that one line has of `items.…` or `product.…`."""
    if field.startswith(ITEMS):
        return dig(line.item, field.removeprefix(ITEMS).split("."))
    fact = _FACTS.get(field.removeprefix(PRODUCT))
    return tuple(scalars(fact(line.facts))) if fact and line.facts else ()


def reader(field: str, zone: str) -> Read:
    """How to read a field that belongs to the event as a whole; `zone` stands in where no offset was written."""
    if field == "trusted":
        return lambda event: (event.trusted,)
    if field == "discounted":
        return lambda event: (event.discounted,)
    part = _CLOCK.get(field)
    if part is not None:
        home = ZoneInfo(zone)
        return lambda event: (part(_local(event, home)),)
    steps = field.split(".")
    return lambda event: dig(event.properties, steps)


def dig(found: Json, steps: Sequence[str]) -> Sequence[Json]:
    """All values at a dotted path; a list on the way is entered."""
    if not steps:
        return tuple(scalars(found))
    if isinstance(found, Mapping):
        return dig(found.get(steps[0]), steps[1:])
    if isinstance(found, Sequence) and not isinstance(found, str):
        return tuple(value for each in found if isinstance(each, Mapping) for value in dig(each, steps))
    return ()


def _facts(event: Event, item: Mapping[str, Json]) -> ProductFacts | None:
    product = item.get("product_id")
    return event.products.get(product) if isinstance(product, str) else None  # type: ignore[call-overload]


def _local(event: Event, home: tzinfo) -> datetime:
    written = event.utc_offset
    zone = home if written is None else timezone(timedelta(milliseconds=written * MINUTE))
    return datetime.fromtimestamp(event.at / SECOND, zone)
