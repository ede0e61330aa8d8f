"""Events that nobody sends: a session that started or ended, a cart left behind, computed from folded states."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event, ProductFacts
from shopbell.domain.ids import EventId, VisitorId
from shopbell.domain.visits.cart import Cart, cart_of, operations_of, rows
from shopbell.domain.visits.sessions import ends_of, starts_of

SESSION_STARTED: Final = "session_started"
SESSION_ENDED: Final = "session_ended"
CART_ABANDONED: Final = "cart_abandoned"
SESSIONS: Final = frozenset({SESSION_STARTED, SESSION_ENDED})
"""Those that the sessions alone tell."""
DERIVED: Final = SESSIONS | {CART_ABANDONED}
DerivedType = Literal["session_started", "session_ended", "cart_abandoned"]
_NOBODY: Final = VisitorId("")


def is_derived(event_type: str) -> bool:
    return event_type in DERIVED


@lru_cache(maxsize=1_024)
def abandonments(sessions: bytes, cart: bytes) -> tuple[tuple[Instant, Cart], ...]:
    """When a session was over with something in the cart, and that cart, oldest first; the newest may lie ahead.

    Nothing of it is stored: it lies 30 minutes after the last thing done in the session, and moves when a late event
    bridges or lengthens the session or changes what was in the cart. Exact within the reach of the live rules (and
    for them), as long as the visitor has at most 1,000 sessions and 500 operations on carts (16 KB) in it; of more,
    the newest count.
    """
    instants, carts = _carts(cart)
    left = ((end, carts[bisect_right(instants, end)]) for end in ends_of(sessions))
    return tuple((end, then) for end, then in left if then.lines)


@lru_cache(maxsize=1_024)
def _carts(cart: bytes) -> tuple[Sequence[Instant], Sequence[Cart]]:
    """The instants of the operations, and the cart before the first and after each of them."""
    instants, ends = [one.at for one in operations_of(cart)], [0]
    for row in rows(cart):
        ends.append(ends[-1] + len(row) + 1)
    return instants, [cart_of(cart[: max(end - 1, 0)]) for end in ends]


def instants_of(event_type: str, sessions: bytes, cart: bytes) -> tuple[Instant, ...]:
    """When derived events of a type happen, oldest first."""
    if event_type == SESSION_STARTED:
        return starts_of(sessions)
    if event_type == SESSION_ENDED:
        return ends_of(sessions)
    return tuple(at for at, _ in abandonments(sessions, cart))


def events_of(event_type: str, sessions: bytes, cart: bytes, currency: str | None = None) -> Sequence[Event]:
    """The same as events: a cart that was abandoned says `value`, `count`, `cart_id` and `items`, as it was then."""
    if event_type == SESSION_STARTED:
        return tuple(_event(SESSION_STARTED, at, None, currency) for at in starts_of(sessions))
    if event_type == SESSION_ENDED:
        return tuple(_event(SESSION_ENDED, at, None, currency) for at in ends_of(sessions))
    return tuple(_event(CART_ABANDONED, at, left, currency) for at, left in abandonments(sessions, cart))


def cart_left(at: Instant, cart: Cart, currency: str | None) -> Event:
    """The cart as it was left behind at that instant."""
    return _event(CART_ABANDONED, at, cart, currency)


def session_over(at: Instant) -> Event:
    return _event(SESSION_ENDED, at, None, None)


def _event(kind: DerivedType, at: Instant, cart: Cart | None, currency: str | None) -> Event:
    made = EventId(f"{kind}:{at}")
    if cart is None:
        return Event(made, kind, _NOBODY, at, at, trusted=True)
    items = [{"product_id": line.product, "quantity": line.quantity, "price": line.price} for line in cart.lines]
    said = {"value": cart.value(currency), "count": cart.count, "cart_id": cart.cart_id, "items": items}
    facts = {line.product: ProductFacts(line.categories, line.brand, line.price) for line in cart.lines}
    return Event(made, kind, _NOBODY, at, at, properties=said, trusted=True, products=facts)
