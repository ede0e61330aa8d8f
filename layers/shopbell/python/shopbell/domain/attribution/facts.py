"""What one person did that an order is attributed by: a set of facts, so that no order of arrival matters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from shopbell.domain.attribution.windows import CLICK_WINDOW
from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import VisitorId, customer
from shopbell.domain.store import Store

CLICKS: Final = frozenset({"push_clicked", "push_landed"})
"""Receipts of who came to the shop by a message."""
BACK: Final = frozenset({"refund", "order_status"})
"""What an order may be given back by, under its number."""
TELLING: Final = CLICKS | BACK | {"purchase", "cart_add"}
JOINS: Final = "identified"
"""Says whose a visitor is: what both did is one person's."""
KEPT: Final[Duration] = 100 * DAY
"""Behind the newest fact; what is older has been counted, and moves no more."""
MOST: Final = 1_000
"""Facts of one kind; with more, the oldest have been counted, too."""
WHOLE: Final = -1
"""Of a refund: all that was paid."""
_CANCELLED: Final = frozenset({"cancelled", "canceled"})
_TRUSTED, _SAID = 0, 1


class Click(NamedTuple):
    at: Instant
    run: str
    source_id: str
    step: int
    variant: str
    window: Duration
    """How long after it an order is its doing."""


class Order(NamedTuple):
    at: Instant
    id: str
    rank: int
    """0: the shop's server said it."""
    event: str
    total: int
    currency: str


class Refund(NamedTuple):
    at: Instant
    order: str
    rank: int
    event: str
    amount: int


@dataclass(frozen=True, slots=True)
class Facts:
    clicks: frozenset[Click] = frozenset()
    orders: frozenset[Order] = frozenset()
    """One for each id: a trusted one before another, then the one of the smaller event id (ruling 2)."""
    refunds: frozenset[Refund] = frozenset()
    carts: frozenset[Instant] = frozenset()
    """When something was put into the cart."""
    cut: Instant = 0
    """What is older was let go."""


NOTHING: Final = Facts()


def facts_of(events: Iterable[Event], store: Store) -> Facts:
    """Test sends and test orders say nothing, nor do browsers of orders where only the shop's server is believed."""
    clicks, orders, refunds, carts = set[Click](), set[Order](), set[Refund](), set[Instant]()
    for event in events:
        if event.type in CLICKS:
            clicks.update(_click(event))
        elif event.type == "cart_add":
            carts.add(event.at)
        elif event.type in TELLING and _believed(event, store):
            orders.update(_order(event, store))
            refunds.update(_refund(event))
    return Facts(frozenset(clicks), _canonical(orders), frozenset(refunds), frozenset(carts))


def united(*parts: Facts) -> Facts:
    """Commutative, associative and idempotent."""
    return Facts(
        frozenset[Click]().union(*(part.clicks for part in parts)),
        _canonical(order for part in parts for order in part.orders),
        frozenset[Refund]().union(*(part.refunds for part in parts)),
        frozenset[Instant]().union(*(part.carts for part in parts)),
        max((part.cut for part in parts), default=0),
    )


def since(facts: Facts, cut: Instant) -> Facts:
    """Without what is older than the cut: it was counted when it was new, and is not known any more."""
    return Facts(
        frozenset(row for row in facts.clicks if row.at >= cut),
        frozenset(row for row in facts.orders if row.at >= cut),
        frozenset(row for row in facts.refunds if row.at >= cut),
        frozenset(at for at in facts.carts if at >= cut),
        max(facts.cut, cut),
    )


def trimmed(facts: Facts) -> Facts:
    """What is kept of them once they are counted: not what lies too far behind, and never comes in again."""
    kinds: tuple[Sequence[Instant], ...] = tuple(
        sorted(row.at for row in rows) for rows in (facts.clicks, facts.orders, facts.refunds)
    )
    newest = max([*(at for kind in kinds for at in kind), *facts.carts], default=0)
    return since(facts, max(facts.cut, newest - KEPT, *(kind[-MOST] for kind in kinds if len(kind) > MOST), 0))


def said_whose(events: Iterable[Event]) -> VisitorId | None:
    """The customer that a visitor is, by the event that tells of it."""
    for event in events:
        name = event.properties.get("customer_id")
        if event.type == JOINS and event.trusted and isinstance(name, str):
            return customer(name)
    return None


def _canonical(orders: Iterable[Order]) -> frozenset[Order]:
    best: dict[str, Order] = {}
    for order in orders:
        known = best.get(order.id)
        if known is None or _standing(order) < _standing(known):
            best[order.id] = order
    return frozenset(best.values())


def _standing(order: Order) -> tuple[int, str, Order]:
    return order.rank, order.event, order


def _believed(event: Event, store: Store) -> bool:
    return not event.properties.get("test") and (event.trusted or store.revenue_source == "any")


def _click(event: Event) -> Iterable[Click]:
    """None of a message whose run is not known any more, of a test, or that is not our own word."""
    said = event.properties
    source = said.get("scenario", said.get("campaign"))
    if event.trusted and said.get("source") != "test" and isinstance(source, str):
        step, window = said.get("step"), said.get("window")
        yield Click(
            event.at,
            str(said.get("run")),
            source,
            step if isinstance(step, int) else 0,
            str(said.get("variant", "")),
            window if isinstance(window, int) else CLICK_WINDOW,
        )


def _order(event: Event, store: Store) -> Iterable[Order]:
    name, total = event.properties.get("order_id"), event.properties.get("total")
    if event.type == "purchase" and isinstance(name, str) and isinstance(total, int):
        currency = str(event.properties.get("currency", store.currency))
        yield Order(event.at, name, _TRUSTED if event.trusted else _SAID, event.id, total, currency)


def _refund(event: Event) -> Iterable[Refund]:
    name, amount = event.properties.get("order_id"), event.properties.get("amount")
    whole = event.type == "order_status" and str(event.properties.get("status")).lower() in _CANCELLED
    if isinstance(name, str) and (whole or event.type == "refund"):
        given = amount if isinstance(amount, int) and event.type == "refund" else WHOLE
        yield Refund(event.at, name, _TRUSTED if event.trusted else _SAID, event.id, given)
