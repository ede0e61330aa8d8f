"""The three states of a visitor beside the ledger, folded together as far as somebody needs them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.events import Event
from shopbell.domain.visits.cart import CURRENT, fold_cart, join_carts, recut
from shopbell.domain.visits.interactions import fold_interactions, join_interactions
from shopbell.domain.visits.sessions import fold_sessions, join_sessions, recut_sessions

LIFETIME: Final[Duration] = 1 << 50
"""A reach before the first event of all."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What the live rules, or a scenario, ask of these states; the current cart is always there."""

    sessions: Duration | None = None
    """How far back sessions count; None: they are not folded."""
    carts: Duration | None = None
    """How far back it must be known what was in the cart; None: only now."""
    interactions: bool = False

    def __or__(self, other: "Needs") -> "Needs":
        """Enough for both."""
        return Needs(
            _longer(self.sessions, other.sessions),
            _longer(self.carts, other.carts),
            self.interactions or other.interactions,
        )


NOTHING: Final = Needs()
PICKING: Final = Needs(sessions=90 * DAY, interactions=True)
"""What picking products, and the hour at which to send them, reads of a visitor."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Canonical bytes: equal histories have equal ones."""

    cart: bytes = b""
    sessions: bytes = b""
    interactions: bytes = b""


def fold_visits(known: Visits, events: Sequence[Event], seen: Iterable[Instant], needs: Needs) -> Visits:
    """With these events, `seen` being the instants of what the visitor did in the shop; `known` if nothing changed.

    Commutative and idempotent, byte for byte.
    """
    cart = fold_cart(known.cart, events, _reach(needs))
    sessions, interactions = known.sessions, known.interactions
    if needs.sessions is not None:
        sessions = fold_sessions(sessions, seen, needs.sessions)
    if needs.interactions:
        interactions = fold_interactions(interactions, events)
    return _unless_same(known, Visits(cart, sessions, interactions))


def join_visits(one: Visits, other: Visits, needs: Needs) -> Visits:
    """Of two visitors who are one: what both did, in any order; `one` if the other adds nothing."""
    sessions = one.sessions
    if needs.sessions is not None:
        sessions = join_sessions(one.sessions, other.sessions, needs.sessions)
    cart = join_carts(one.cart, other.cart, _reach(needs)) if one.cart or other.cart else one.cart
    interactions = join_interactions(one.interactions, other.interactions) if needs.interactions else one.interactions
    return _unless_same(one, Visits(cart, sessions, interactions))


def strip_visits(known: Visits, needs: Needs) -> Visits:
    """Without what nobody needs any more; `known` if that is nothing."""
    sessions = b"" if needs.sessions is None else recut_sessions(known.sessions, needs.sessions)
    interactions = known.interactions if needs.interactions else b""
    return _unless_same(known, Visits(recut(known.cart, _reach(needs)), sessions, interactions))


def _reach(needs: Needs) -> Duration:
    return CURRENT if needs.carts is None else needs.carts


def _longer(one: Duration | None, other: Duration | None) -> Duration | None:
    told = [each for each in (one, other) if each is not None]
    return max(told, default=None)


def _unless_same(known: Visits, now: Visits) -> Visits:
    return known if now == known else now
