"""Leaves over the cart and the favourites of a visitor, as compiled functions of a profile and an instant."""

from collections.abc import Callable, Iterable
from typing import Final

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.events import Json
from shopbell.domain.profile import Profile
from shopbell.domain.rules.amounts import Statistics
from shopbell.domain.rules.operators import answer
from shopbell.domain.rules.standing import AffinityLeaf, CartAgeLeaf, CartContainsLeaf, CartLeaf
from shopbell.domain.segments.behaviour import comparison
from shopbell.domain.segments.columns import Columns
from shopbell.domain.segments.spans import age_truth
from shopbell.domain.segments.truth import FOREVER, Test, Truth, never
from shopbell.domain.visits.cart import Line, cart_of
from shopbell.domain.visits.interactions import favourites

_FIELDS: Final[dict[str, Callable[[Line], Iterable[Json]]]] = {
    "product_id": lambda line: (line.product,),
    "variant_id": lambda line: (line.variant,) if line.variant else (),
    "category": lambda line: line.categories,
    "brand": lambda line: (line.brand,) if line.brand else (),
}


def visited_test(
    leaf: CartLeaf | CartAgeLeaf | CartContainsLeaf | AffinityLeaf, columns: Columns, statistics: Statistics
) -> Test:
    """The cart is that of everything folded: time alone changes its age and nothing else."""
    match leaf:
        case CartLeaf():
            return _cart(leaf, statistics, columns.locale.currency)
        case CartAgeLeaf():
            return _cart_age(leaf)
        case CartContainsLeaf():
            return _cart_contains(leaf)
        case AffinityLeaf():
            return _affinity(leaf, columns.half_life)


def _cart(leaf: CartLeaf, statistics: Statistics, currency: str | None) -> Test:
    """Never true where it compares with a statistic that the store does not have."""
    holds = comparison(leaf.op, leaf.value, statistics)
    if holds is None:
        return never
    if leaf.cart == "count":
        return lambda profile, _now: (holds(cart_of(profile.cart).count), FOREVER)
    return lambda profile, _now: (holds(cart_of(profile.cart).value(currency)), FOREVER)


def _cart_age(leaf: CartAgeLeaf) -> Test:
    truth_of = age_truth(leaf)

    def test(profile: Profile, now: Instant) -> Truth:
        cart = cart_of(profile.cart)
        return truth_of(cart.last_change, now) if cart.lines and cart.last_change is not None else (False, FOREVER)

    return test


def _cart_contains(leaf: CartContainsLeaf) -> Test:
    """A negative operator holds when no line speaks against it, for an empty cart too."""
    decide, read = answer(leaf.op, leaf.value), _FIELDS[leaf.field]

    def test(profile: Profile, _now: Instant) -> Truth:
        return decide([value for line in cart_of(profile.cart).lines for value in read(line)]), FOREVER

    return test


def _affinity(leaf: AffinityLeaf, half_life: Duration) -> Test:
    """One half-life for all (ruling 5): time alone never changes who is among the first."""
    decide = answer(leaf.op, leaf.value)
    return lambda profile, _now: (
        decide(favourites(profile.interactions, leaf.affinity, leaf.top, half_life)),
        FOREVER,
    )
