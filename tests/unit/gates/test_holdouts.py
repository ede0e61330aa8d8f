"""Who is held out: always the same people, as many as was said, and nobody for being held out elsewhere."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.gates import OPEN, Skip, Verdict, verdict
from shopbell.domain.gates.holdout import EVERYTHING, held_out
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.policy import Policy
from shopbell.domain.profile import Profile

from tests.unit.gates.moments import ROW, STORE, asked

PEOPLE = [VisitorId(f"visitor-{number}") for number in range(20_000)]


def share(source: str, percent: int, people: list[VisitorId] = PEOPLE, store: StoreId = STORE) -> set[VisitorId]:
    return {who for who in people if held_out(store, who, source, percent)}


@pytest.mark.parametrize("percent", [1, 5, 10, 33, 50, 90])
@pytest.mark.parametrize("source", [EVERYTHING, "we_missed_you", "fly_mode:a1"])
def test_the_share_is_what_was_said_within_four_standard_deviations(source: str, percent: int) -> None:
    expected = len(PEOPLE) * percent / 100
    assert abs(len(share(source, percent)) - expected) <= 4 * math.sqrt(expected * (1 - percent / 100))


def test_the_ends_are_nobody_and_everybody() -> None:
    assert share("we_missed_you", 0) == set()
    assert share("we_missed_you", 100) == set(PEOPLE)


def test_a_greater_share_holds_the_same_people_and_more() -> None:
    assert share("churn", 5) < share("churn", 10) < share("churn", 50)


def test_scenarios_and_stores_draw_independently() -> None:
    one = share("churn", 20)
    for other in (share("birthday", 20), share(EVERYTHING, 20), share("churn", 20, store=StoreId("store00002"))):
        expected = len(PEOPLE) * 0.04
        assert abs(len(one & other) - expected) <= 4 * math.sqrt(expected * 0.96)


@given(st.text(min_size=1, max_size=40), st.text(max_size=20), st.integers(0, 100))
def test_the_answer_never_changes(who: str, source: str, percent: int) -> None:
    assert held_out(STORE, VisitorId(who), source, percent) is held_out(STORE, VisitorId(who), source, percent)


HELD = next(who for who in PEOPLE if held_out(STORE, who, EVERYTHING, 10))
OWN = next(who for who in PEOPLE if held_out(STORE, who, "we_missed_you", 10) and who not in share(EVERYTHING, 10))


@pytest.mark.parametrize(
    ("who", "found"), [(HELD, Skip("global_holdout")), (OWN, Skip("scenario_holdout"))], ids=["of all", "of one"]
)
def test_who_is_held_out_gets_nothing_on_any_device(who: VisitorId, found: Verdict) -> None:
    at = asked({"holdout_percent": 10}, policy=Policy(global_holdout_percent=10))
    profile = Profile(STORE, who)
    assert verdict(replace(at, profile=profile)) == found
    assert verdict(replace(at, profile=profile, subscription=replace(ROW, visitor=VisitorId("phone")))) == found
    assert verdict(replace(at, profile=None, subscription=replace(ROW, visitor=who))) == found
    for sending in ({"source": "test"}, {"message_class": "transactional"}):
        free = asked({"holdout_percent": 10, **sending}, policy=Policy(global_holdout_percent=10))
        assert verdict(replace(free, profile=profile)) == OPEN
