"""One id with two contents: which of the two stands does not depend on which came first."""

from itertools import permutations

import pytest
from shopbell.domain.clock import HOUR
from shopbell.domain.events import Event, Json
from shopbell.domain.profile import Profile
from shopbell.domain.segments.codec import dump
from shopbell.domain.segments.evaluate import evaluate
from shopbell.domain.segments.features import Ruleset, compile_rules
from shopbell.domain.segments.fold import fold

from tests.sim.worlds import STORE, VISITOR, event, stored

AT = 1_790_000_000_000
RULES: dict[str, Json] = {
    "any": {"event": "rated", "value": 2},
    "stars": {"event": "rated", "aggregate": "sum", "of": "stars", "op": "eq", "value": 5},
    "kinds": {"event": "rated", "aggregate": "distinct", "of": "stars", "value": 2},
    "most": {"event": "rated", "aggregate": "max", "of": "stars", "value": 5},
    "orders": {"event": "purchase", "value": 2},
    "spent": {"event": "purchase", "aggregate": "sum", "of": "total", "op": "eq", "value": 5},
    "dear": {"event": "purchase", "where": [{"field": "total", "op": "gte", "value": 5}]},
    "goods": {"event": "purchase", "aggregate": "distinct", "of": "items.product_id", "value": 1},
    "cart": {"cart": "value", "op": "eq", "value": 5},
    "liked": {"affinity": "brand", "op": "eq", "value": "none", "top": 1},
}


def _rated(at: int, stars: int) -> Event:
    return event("x", "rated", at, {"stars": stars})


def _bought(name: str, at: int, total: int) -> Event:
    return event(name, "purchase", at, {"order_id": "o", "total": total, "items": [{"product_id": f"p{total}"}]})


def _added(at: int, price: int) -> Event:
    return event("x", "cart_add", at, {"product_id": "p", "price": price})


PAIRS = {
    "at one instant": ((_rated(AT, 1), _rated(AT, 5)), {"stars", "kinds", "most"}),
    "at two instants": ((_rated(AT, 1), _rated(AT + HOUR, 5)), {"stars", "kinds", "most"}),
    "of one order at one instant": ((_bought("x", AT, 1), _bought("x", AT, 5)), {"spent", "dear", "goods"}),
    "of one order at two instants": ((_bought("x", AT, 1), _bought("x", AT + HOUR, 5)), {"spent", "dear", "goods"}),
    "in the cart at one instant": ((_added(AT, 1), _added(AT, 5)), {"cart"}),
    "in the cart at two instants": ((_added(AT, 1), _added(AT + HOUR, 5)), {"cart"}),
}


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return compile_rules(stored(RULES))


@pytest.mark.parametrize(("pair", "held"), PAIRS.values(), ids=PAIRS)
def test_one_id_with_two_contents_counts_once_and_the_same_whatever_came_first(
    pair: tuple[Event, Event], held: set[str], ruleset: Ruleset
) -> None:
    empty = Profile(STORE, VISITOR)
    ways = [fold(empty, order, ruleset) for order in permutations(pair)]
    for order in permutations((*pair, pair[0])):
        profile = empty
        for each in order:
            profile = fold(profile, [each], ruleset)
        ways.append(profile)
    assert len({dump(each) for each in ways}) == 1
    truths = evaluate(ways[0], ruleset, AT + 2 * HOUR)
    assert {name for name, (truth, _) in truths.items() if truth} == held
