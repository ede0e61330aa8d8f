"""Reading products out of whatever an event says: total, so that odd properties are left out and never raise."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from shopbell.domain.events import Event, Json, ProductFacts
from shopbell.domain.ids import ProductId

MAX_QUANTITY: Final = 10**9
MAX_PRICE: Final = 10**12
MAX_LINES: Final = 200
MAX_CATEGORIES: Final = 8
_MAX_TEXT: Final = 128
_NONE: Final = ProductFacts()


def named(event: Event) -> Iterator[tuple[ProductId, Mapping[str, Json]]]:
    """Each item with its product; an event without items is one line itself."""
    items = event.properties.get("items")
    listed = isinstance(items, Sequence) and not isinstance(items, str)
    lines = items[:MAX_LINES] if listed and isinstance(items, Sequence) else (event.properties,)
    for line in lines:
        product = line.get("product_id") if isinstance(line, Mapping) else None
        if isinstance(line, Mapping) and isinstance(product, str) and 0 < len(product) <= _MAX_TEXT:
            yield ProductId(product), line


def facts_of(event: Event, product: ProductId) -> ProductFacts:
    """What was known of it at that moment; nothing where it was not in the catalogue."""
    return event.products.get(product, _NONE)


def categories_of(facts: ProductFacts) -> tuple[str, ...]:
    return tuple(path[:_MAX_TEXT] for path in facts.categories[:MAX_CATEGORIES])


def brand_of(facts: ProductFacts) -> str | None:
    return facts.brand[:_MAX_TEXT] if facts.brand else None


def quantity_of(line: Mapping[str, Json]) -> int | None:
    return _whole(line.get("quantity"), 1, MAX_QUANTITY)


def price_of(line: Mapping[str, Json], facts: ProductFacts) -> int | None:
    """As the event says, else as the catalogue did; minor units."""
    said = _whole(line.get("price"), 0, MAX_PRICE)
    return _whole(facts.price, 0, MAX_PRICE) if said is None else said


def currency_of(event: Event, line: Mapping[str, Json], facts: ProductFacts) -> str | None:
    """Of the price as `price_of` reads it; None: nobody said."""
    if line.get("price") is None:
        return facts.currency
    return text_of(line, "currency") or text_of(event.properties, "currency") or facts.currency


def text_of(line: Mapping[str, Json], name: str) -> str | None:
    found = line.get(name)
    return found if isinstance(found, str) and 0 < len(found) <= _MAX_TEXT else None


def _whole(value: Json, low: int, high: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None
