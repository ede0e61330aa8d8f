"""From the named texts of a table's row or of a Google Merchant item to a product."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from pydantic import JsonValue

from shopbell.domain.clock import SECOND, Instant
from shopbell.domain.errors import Rejected
from shopbell.domain.feeds.entries import Entry
from shopbell.domain.feeds.prices import price_of
from shopbell.domain.ids import ProductId
from shopbell.domain.incoming.faults import validated
from shopbell.domain.incoming.products import ProductIn

Texts = Mapping[str, str]
SEPARATOR: Final = "|"
"""Between the entries of a list."""
ALIASES: Final[Mapping[str, str]] = {
    "link": "url",
    "image_link": "image_url",
    "image": "image_url",
    "product_type": "categories",
    "category": "categories",
    "item_group_id": "group_id",
    "quantity": "stock",
    "sell_on_google_quantity": "stock",
    "labels": "tags",
}
"""Google's names and what they mean here; what has both keeps its own name."""
_WINDOW: Final = "sale_price_effective_date"
_PRICES: Final = frozenset({"price", "list_price", "sale_price"})
_LISTS: Final = frozenset({"tags", "related", "bundle"})
_TRUTHS: Final[Mapping[str, bool]] = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_AVAILABLE: Final[Mapping[str, bool]] = {
    "in_stock": True,
    "in stock": True,
    "available": True,
    "limited_availability": True,
    "out_of_stock": False,
    "out of stock": False,
    "sold_out": False,
    "preorder": False,
    "backorder": False,
}
_TAGS: Final = "custom_label_"
_ATTRIBUTES: Final = frozenset(
    {"color", "size", "gender", "age_group", "material", "pattern", "condition", "gtin", "mpn"}
)
_ATTRIBUTE: Final = "attributes."
_PLAIN: Final = frozenset({"id", "title", "url", "image_url", "currency", "brand", "group_id", "created_at"})
_WHOLE: Final = frozenset({"stock", "margin"})
_FLAGS: Final = frozenset({"in_stock", "replenishable", "active"})


def entry_of(line: int, texts: Texts, currency: str, now: Instant | None = None) -> Entry:
    """Columns that nobody knows are passed over; empty ones say nothing. Without a `now` every sale's price holds."""
    given = _named(texts)
    name = given.get("id", "")
    known = ProductId(name) if name else None
    try:
        product = validated(ProductIn, dict(_values(given, currency, now))).product
    except Rejected as exc:
        return Entry(line, known, fault="; ".join(f"{one.path} {one.message}".strip() for one in exc.problems[:5]))
    return Entry(line, product.id, product, minor=given["price"].isdecimal() if "price" in given else None)


def _named(texts: Texts) -> Texts:
    given = {name.strip().lower().replace(" ", "_"): text.strip() for name, text in texts.items() if name}
    given = {name.removeprefix("g:"): text for name, text in given.items() if text}
    return {**{ALIASES[name]: text for name, text in given.items() if name in ALIASES}, **given}


def _values(given: Texts, currency: str, now: Instant | None) -> Iterator[tuple[str, JsonValue]]:
    yield "currency", given.get("currency", currency)
    for name, text in given.items():
        if name in _PLAIN:
            yield name, text
        elif (reader := _READERS.get(name)) is not None:
            yield name, _read(name, text, reader)
    yield from _priced(given, currency, now)
    if "availability" in given and "in_stock" not in given:
        yield "in_stock", _read("availability", given["availability"].lower(), lambda text: _word(text, _AVAILABLE))
    if labels := [text for name, text in given.items() if name.startswith(_TAGS)]:
        yield "tags", [*_list(given.get("tags", "")), *labels]
    if attributes := _attributes(given):
        yield "attributes", attributes


def _priced(given: Texts, currency: str, now: Instant | None) -> Iterator[tuple[str, JsonValue]]:
    """While a sale lasts its price holds, and the other is what it was."""
    found: dict[str, tuple[int, str]] = {}
    over = now is not None and _WINDOW in given and not _within(given[_WINDOW], now)
    for name in sorted((_PRICES - {"sale_price"} if over else _PRICES) & given.keys()):
        try:
            found[name] = price_of(given[name], given.get("currency", currency))
        except ValueError as exc:
            raise Rejected.at(name, str(exc)) from None
    if len({unit for _, unit in found.values()}) > 1:
        raise Rejected.at("price", "must have one currency in all of a product's prices")
    if "sale_price" in found and "price" in found:
        found.setdefault("list_price", found["price"])
        found["price"] = found["sale_price"]
    for name in ("price", "list_price"):
        if name in found:
            yield name, found[name][0]
            yield "currency", found[name][1]


def _within(window: str, now: Instant) -> bool:
    """Two instants of ISO 8601 with a slash between; without an offset they are in UTC."""
    begins, _, ends = window.partition("/")
    try:
        first, last = (datetime.fromisoformat(text.strip()) for text in (begins, ends))
        first, last = (one if one.tzinfo else one.replace(tzinfo=UTC) for one in (first, last))
        return first.timestamp() * SECOND <= now < last.timestamp() * SECOND
    except (ValueError, OverflowError):
        raise Rejected.at(
            _WINDOW, "must be two instants such as 2026-11-01T00:00+0100/2026-11-30T23:59+0100"
        ) from None


def _attributes(given: Texts) -> dict[str, JsonValue]:
    own = {name.removeprefix(_ATTRIBUTE): text for name, text in given.items() if name.startswith(_ATTRIBUTE)}
    return {**{name: given[name] for name in sorted(_ATTRIBUTES & given.keys())}, **own}


def _read(name: str, text: str, reader: Callable[[str], JsonValue]) -> JsonValue:
    try:
        return reader(text)
    except ValueError as exc:
        raise Rejected.at(name, str(exc)) from None


def _word(text: str, words: Mapping[str, bool]) -> bool:
    if text not in words:
        raise ValueError(f"must be one of {', '.join(words)}")
    return words[text]


def _list(text: str) -> list[JsonValue]:
    return [part.strip() for part in text.split(SEPARATOR) if part.strip()]


def _paths(text: str) -> list[JsonValue]:
    """`Outdoor > Boots` as `Outdoor/Boots`."""
    return [
        "/".join(name.strip() for name in str(path).split(">")) if ">" in str(path) else path for path in _list(text)
    ]


def _number(text: str) -> int:
    if not (text.isascii() and text.removeprefix("-").isdecimal()):
        raise ValueError("must be a whole number")
    return int(text[:20])


_READERS: Final[Mapping[str, Callable[[str], JsonValue]]] = {
    **dict.fromkeys(_FLAGS, lambda text: _word(text.lower(), _TRUTHS)),
    **dict.fromkeys(_WHOLE, _number),
    **dict.fromkeys(_LISTS, _list),
    "categories": _paths,
}
