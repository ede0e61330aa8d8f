"""The values under which an event is looked up: read once, whatever number of conditions ask for one of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from shopbell.domain.events import Event, Json
from shopbell.domain.rules.conditions import Condition
from shopbell.domain.rules.fields import ITEMS, dig, is_line_field, line_values, lines, reader

Texts = tuple[str, ...]
Values = Callable[[Event], Texts]
"""All texts that a field of an event holds; one may come twice."""
_CATEGORY: Final = "product.category"


def indexable(condition: Condition) -> bool:
    """Whether it holds just for the events that are found under one of its texts."""
    return condition.op in {"eq", "in", "under"} and all(isinstance(value, str) for value in _listed(condition))


def wanted(condition: Condition) -> Iterable[str]:
    """Its texts, each once, where it is indexable."""
    return {value: None for value in _listed(condition) if isinstance(value, str)}


def values_of(field: str, locale_zone: str) -> Values:
    """How to read them."""
    read = _line_reader(field) if is_line_field(field) else reader(field, locale_zone)
    return lambda event: tuple([value for value in read(event) if isinstance(value, str)])


def upwards(values: Texts) -> Texts:
    """Of paths, every path above them too."""
    return tuple([up for value in values for up in _upwards(value)])


def _listed(condition: Condition) -> Sequence[object]:
    return condition.value if isinstance(condition.value, tuple) else (condition.value,)


def _line_reader(field: str) -> Callable[[Event], Sequence[Json]]:
    """What items and products of all lines hold, without making lines of them in the most common cases."""
    if field == _CATEGORY:
        return _categories
    if field.startswith(ITEMS):
        steps = field.removeprefix(ITEMS).split(".")
        return lambda event: _in_items(event.properties.get("items"), steps)
    return lambda event: _of_lines(field, event)


def _of_lines(field: str, event: Event) -> Sequence[Json]:
    return [value for line in lines(event) for value in line_values(field, line)]


def _categories(event: Event) -> Sequence[Json]:
    if "items" in event.properties:
        return _of_lines(_CATEGORY, event)
    product = event.properties.get("product_id")
    facts = event.products.get(product) if isinstance(product, str) else None  # type: ignore[call-overload]
    return facts.categories if facts else ()


def _in_items(items: Json, steps: Sequence[str]) -> Sequence[Json]:
    if items is None or isinstance(items, str) or not isinstance(items, Sequence):
        return ()
    found: list[Json] = []
    for item in items:
        if isinstance(item, Mapping):
            found += dig(item, steps)
    return found


@lru_cache(maxsize=4_096)
def _upwards(path: str) -> Sequence[str]:
    """`Outdoor/Boots`, then `Outdoor`."""
    found = []
    while path:
        found.append(path)
        path = path.rpartition("/")[0]
    return tuple(found)
