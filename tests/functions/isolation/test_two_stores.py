"""Two stores of one world: whatever one asks for by the names of the other, it is as if the other had never been."""

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.domain.ids import StoreId

from tests.functions.http.test_document import BY_ID, conforms
from tests.functions.http.world import OURS, THEIRS
from tests.functions.isolation.apart import sorted_out, tables
from tests.functions.isolation.cases import cases, covers
from tests.functions.isolation.choosing import ODD, Named
from tests.functions.isolation.law import FOREIGN, OWN, SHARED, Fill, Step, tried
from tests.functions.isolation.naming import kind_at
from tests.functions.isolation.pair import ROLES, Pair, best_key, key_of, send
from tests.functions.isolation.places import Described, described

OPERATIONS: Final = described()
CASES: Final = [case for operation in OPERATIONS for case in cases(operation)]
THROUGHOUT = pytest.mark.parametrize("operation", OPERATIONS, ids=[one.id for one in OPERATIONS])
TOLD: Final = {"createList": {409}, "createCouponPool": {409}, "getConfig": {304}}
"""What whoever owns a name is answered with besides: that it is taken, that nothing is new."""
_BOOKS: Final = (
    "candidates sends_handed_over tombstones refusals watch timers turns told_runs untold_stops uploads report_rows "
    "demand_places notes kept_bonds new_bonds kept_through demand coupons_last hook_deliveries"
)
UNSEEN: Final = frozenset(_BOOKS.split())
"""Tables that no call reads or writes by a name of the caller's: other functions keep their own books in them."""


@pytest.mark.parametrize("store", [OURS, THEIRS])
def test_both_stores_have_something_in_every_table(pair: Pair, store: StoreId) -> None:
    pair.begin()
    empty = tables(pair.both.world).keys() - sorted_out(pair.both.world)[store].keys()
    assert empty == UNSEEN, "furnish it, or say why no call can reach it"
    assert sorted_out(pair.both.world)[None] == {}, "rows must tell whose they are"


def test_of_a_visitor_of_both_a_step_is_recorded_in_the_other_store_alone(pair: Pair) -> None:
    pair.begin()
    asked = (f"/v1/visitors/{pair.ours.names['visitor'][1]}/explain", {"scenario": "we_missed_you"})
    recorded = [
        pair.both.manage("GET", asked[0], key=estate.key("admin"), query=asked[1]).json["recorded"]
        for estate in (pair.ours, pair.theirs)
    ]
    assert recorded[0] is None
    assert recorded[1]["outcomes"] == ["skipped:frequency_cap"]


@THROUGHOUT
def test_every_place_that_may_name_something_is_filled_in(operation: Described) -> None:
    filled = {place for case in cases(operation) for place, _ in case.holes}
    left = [place for place in operation.places if kind_at(place) and not any(covers(one, place) for one in filled)]
    assert left == [], "tests.functions.isolation.asking has no case that names something there"


@THROUGHOUT
def test_each_call_is_taken_of_whoever_owns_what_it_names(pair: Pair, operation: Described) -> None:
    for case in cases(operation):
        for estate in (pair.theirs, pair.ours):
            pair.begin()
            role = best_key(case)
            sent = case.filled(Named(estate, case, pair.both, role))
            answer = send(pair.both, case, sent, key_of(estate, role))
            assert answer.status in operation.successes | TOLD.get(operation.id, set()), f"{sent}: {answer.text}"
            conforms(BY_ID[operation.id], answer)


@THROUGHOUT
def test_names_of_another_store_are_names_of_nothing(pair: Pair, operation: Described) -> None:
    for case in cases(operation):
        holes = len(case.holes)
        swaps = [tuple(FOREIGN if at == place else OWN for at in range(holes)) for place in range(holes)]
        for fills in swaps:
            tried(pair, [Step(case, best_key(case), fills)])
        tried(pair, [Step(case, best_key(case), (FOREIGN,))])
    for role in ROLES:
        tried(pair, [Step(cases(operation)[0], role, (FOREIGN,))])


@THROUGHOUT
def test_of_names_that_both_stores_have_each_sees_its_own(pair: Pair, operation: Described) -> None:
    for case in cases(operation):
        tried(pair, [Step(case, best_key(case), (SHARED,))])


FILLS = st.builds(Fill, st.booleans() | st.just(True), st.integers(0, 2), st.sampled_from(sorted(ODD)))
STEPS = st.builds(
    Step,
    st.sampled_from(CASES),
    st.sampled_from(ROLES) | st.just("admin"),
    st.lists(FILLS, min_size=1, max_size=8).map(tuple),
)


@settings(max_examples=250, derandomize=True)
@given(steps=st.lists(STEPS, min_size=1, max_size=3))
def test_nor_does_any_mixture_of_names_or_spellings_reach_it(pair: Pair, steps: list[Step]) -> None:
    tried(pair, steps)


@pytest.mark.long
@settings(max_examples=20_000)
@given(steps=st.lists(STEPS, min_size=1, max_size=4))
def test_nor_do_many_mixtures(pair: Pair, steps: list[Step]) -> None:
    tried(pair, steps)
