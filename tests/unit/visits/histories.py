"""Random histories of a visitor in a shop, some events reported twice, and what the laws of folding ask of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from hypothesis import strategies as st
from shopbell.domain.clock import MINUTE, Instant
from shopbell.domain.events import Event, Json, ProductFacts
from shopbell.domain.ids import EventId, ProductId, VisitorId

BASE: Final[Instant] = 1_790_000_000_000
FACTS: Final = {
    ProductId("boot"): ProductFacts(("Outdoor/Boots", "Sale"), "Alp", 5_000, in_stock=True),
    ProductId("pan"): ProductFacts(("Kitchen",), "Pan", 900, in_stock=True),
    ProductId("cup"): ProductFacts(("Kitchen",), None, None, in_stock=False),
}
KINDS: Final = (
    *("cart_add",) * 4,
    "cart_remove",
    "cart_update",
    "cart_clear",
    "purchase",
    "product_view",
    "product_view",
    "page_view",
    "category_view",
    "wishlist_add",
    "push_shown",
)
_TIMES = st.builds(lambda number, unit: number * unit, st.integers(-60, 0), st.sampled_from((MINUTE, 10 * MINUTE)))
_PRODUCTS = st.sampled_from(tuple(FACTS))
_MANY = st.sampled_from((None, 1, 2))
_PRICES = st.sampled_from((None, 700))


def _line(draw: st.DrawFn) -> dict[str, Json]:
    said: dict[str, Json] = {"product_id": draw(_PRODUCTS), "quantity": draw(_MANY), "price": draw(_PRICES)}
    said["variant_id"] = draw(st.sampled_from((None, None, "red")))
    return {name: value for name, value in said.items() if value is not None}


@st.composite
def histories(draw: st.DrawFn, longest: int = 20) -> list[Event]:
    """What an event says follows from its id; when it happened does not, where it is reported again."""
    carts = draw(st.booleans())
    made: list[Event] = []
    for number in range(draw(st.integers(1, longest))):
        kind = draw(st.sampled_from(KINDS))
        said: dict[str, Json] = {} if kind == "cart_clear" else _line(draw)
        if kind in {"cart_update", "purchase"}:
            said = {"items": [_line(draw) for _ in range(draw(st.integers(0, 3)))]}
        if kind == "purchase":
            said["order_id"] = f"o{number}"
        elif carts and kind.startswith("cart_"):
            said["cart_id"] = draw(st.sampled_from(("one", "two")))
        elif kind == "product_view":
            said["seconds"] = draw(st.sampled_from((5, 60)))
        elif kind == "category_view":
            said = {"category": draw(st.sampled_from(("Kitchen", "Outdoor/Boots")))}
        made += _reports(draw, happening(f"e{number}", kind, 0, said))
    return made


def _reports(draw: st.DrawFn, one: Event) -> list[Event]:
    times = draw(st.lists(_TIMES, min_size=1, max_size=draw(st.sampled_from((1, 1, 2)))))
    trusted = draw(st.booleans())
    return [replace(one, at=BASE + time, products=FACTS, trusted=trusted) for time in times]


def in_batches(
    fold: Callable[[bytes, Sequence[Event]], bytes], events: Sequence[Event], sizes: Sequence[int] = ()
) -> bytes:
    state, rest = b"", list(events)
    for size in [*sizes, len(rest)]:
        state, rest = fold(state, rest[:size]), rest[size:]
    return state


def happening(name: str, kind: str, minute: int, properties: Mapping[str, Json] | None = None) -> Event:
    """So many minutes after BASE, with what is known of the products."""
    at = BASE + minute * MINUTE
    return Event(EventId(name), kind, VisitorId("visitor"), at, at, properties or {}, products=FACTS)
