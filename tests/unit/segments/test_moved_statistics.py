"""What a moved statistic of the store turns has that cause, and names the leaf that compares with it."""

from typing import Final

import pytest
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.events import Event, Json
from shopbell.domain.profile import Profile
from shopbell.domain.segments.features import compile_rules
from shopbell.domain.segments.settle import settle

from tests.sim.worlds import STORE, VISITOR, event, stored

BASE: Final = 1_790_000_000_000
BIG: Final[dict[str, Json]] = {
    "event": "purchase",
    "aggregate": "sum",
    "of": "total",
    "value": {"stat": "aov", "times": 3},
}
BOUND: Final[dict[str, tuple[Json, str | None]]] = {
    "alone": (BIG, "rule"),
    "beside what stood still": ({"and": [{"event": "purchase"}, {"not": BIG}]}, "and.1.not"),
    "in a segment that is named": ({"or": [{"event": "quiz"}, {"in_segment": "a"}]}, "or.1"),
    "as an age": ({"last": "purchase", "ago": {"op": "gt", "value": {"stat": "repeat_gap_median"}}}, "rule"),
    "two that turn against each other": ({"and": [BIG, {"not": {**BIG, "op": "lt"}}]}, None),
}


def _order(name: str, total: Json) -> Event:
    return event(name, "purchase", BASE, {"order_id": name, "total": total})


def test_what_turns_by_a_statistic_says_so() -> None:
    low, high = (compile_rules(stored({"it": BIG}), statistics={"aov": aov}) for aov in (100, 1_000))
    settled = settle(Profile(STORE, VISITOR), [_order("a", 900)], low, BASE)
    assert settled.commit is not None
    profile = settled.commit.after.with_version(1)
    again = settle(profile, (), high, BASE + HOUR, cause="statistic")
    assert [(flip.change, flip.cause) for flip in again.flips] == [("exited", "statistic")]
    assert settle(profile, (), low, BASE + HOUR, cause="statistic").commit is None


@pytest.mark.parametrize(("rule", "leaf"), BOUND.values(), ids=BOUND)
def test_a_moved_statistic_names_the_leaf_that_compares_with_it(rule: Json, leaf: str | None) -> None:
    both = stored({"a": BIG, "b": rule})
    low = compile_rules(both, statistics={"aov": 100, "repeat_gap_median": float(DAY)})
    high = compile_rules(both, statistics={"aov": 1_000, "repeat_gap_median": float(HOUR)})
    before = settle(Profile(STORE, VISITOR), [_order("a", 900)], low, BASE).commit
    assert before is not None
    again = settle(before.after.with_version(1), (), high, BASE + 2 * HOUR, cause="statistic")
    assert [flip.leaf for flip in again.flips if flip.segment == "b"] == [leaf]
