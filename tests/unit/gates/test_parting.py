"""Whom a moment of decision tells apart: by a hash alone, whatever else the gates say."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.attribution.parting import Side
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.gates import GATES, Moment, Skip, verdict
from shopbell.domain.gates.holdout import EVERYTHING, held_out
from shopbell.domain.gates.parting import parts, sides
from shopbell.domain.ids import VisitorId
from shopbell.domain.policy import Policy
from shopbell.domain.profile import Profile

from tests.unit.gates.moments import NOON, ROW, STORE, asked, sent

SOURCE = "we_missed_you"


def person(*, of_all: bool, of_one: bool) -> Profile:
    """Somebody whom these hold out, and no other."""
    wanted = (of_all, of_one)
    for number in range(10_000):
        who = VisitorId(f"v{number}")
        if tuple(held_out(STORE, who, source, 10) for source in (EVERYTHING, SOURCE)) == wanted:
            return Profile(STORE, who, version=1)
    raise AssertionError("nobody is")


FREE, OWN, ALL = (
    person(of_all=False, of_one=False),
    person(of_all=False, of_one=True),
    person(of_all=True, of_one=True),
)


def parted(at: Moment) -> tuple[Side, ...]:
    return sides(at, verdict(at), 3 * DAY)


def of(profile: Profile, policy: Policy, **changes: Any) -> Moment:
    return asked({"holdout_percent": 10, **changes.pop("sending", {})}, profile=profile, policy=policy, **changes)


OF_ONE, OF_BOTH = Policy(), Policy(global_holdout_percent=10)
TREATED, HELD = Side(SOURCE, 10, held=False, window=3 * DAY), Side(SOURCE, 10, held=True, window=3 * DAY)
TREATED_OF_ALL = Side(EVERYTHING, 10, held=False, window=30 * DAY)
HELD_OF_ALL = TREATED_OF_ALL._replace(held=True)


@pytest.mark.parametrize(
    ("profile", "policy", "expected"),
    [
        pytest.param(FREE, OF_ONE, (TREATED,), id="treated"),
        pytest.param(OWN, OF_ONE, (HELD,), id="held out"),
        pytest.param(FREE, OF_BOTH, (TREATED_OF_ALL, TREATED), id="treated, of a store that holds out too"),
        pytest.param(OWN, OF_BOTH, (TREATED_OF_ALL, HELD), id="held out of one alone"),
        pytest.param(ALL, OF_BOTH, (HELD_OF_ALL,), id="held out of all: not asked about the one"),
    ],
)
def test_a_person_is_of_the_group_that_the_hash_says(
    profile: Profile, policy: Policy, expected: tuple[Side, ...]
) -> None:
    assert parted(of(profile, policy)) == expected


@pytest.mark.parametrize(
    "later",
    [
        pytest.param({"has_content": lambda: False}, id="nothing to say"),
        pytest.param({"repeated": True}, id="the same device twice"),
        pytest.param({"paused": True}, id="the store pauses"),
        pytest.param({"record": sent(HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR)}, id="often enough today"),
        pytest.param({"now": NOON + 10 * HOUR}, id="at night"),
    ],
)
def test_what_gates_after_the_holdout_say_takes_nobody_out_of_a_group(later: dict[str, Any]) -> None:
    policy = Policy(asked().policy.caps, asked().policy.quiet_hours)
    assert parted(of(FREE, policy, **later)) == (TREATED,)
    assert parted(of(OWN, policy, **later)) == (HELD,)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param({"subscription": None}, id="the device is gone"),
        pytest.param({"subscription": replace(ROW, state="parked")}, id="the device is left alone"),
        pytest.param({"now": NOON + 30 * DAY}, id="it is stale"),
    ],
)
def test_whom_a_gate_before_the_holdout_is_closed_to_is_in_no_group(before: dict[str, Any]) -> None:
    for profile in (FREE, OWN):
        assert parted(of(profile, OF_ONE, **before)) == ()


def test_a_later_gate_that_gives_the_reason_of_an_earlier_one_takes_nobody_out() -> None:
    at = of(FREE, OF_ONE)
    assert sides(at, Skip("expired"), 3 * DAY) == (TREATED,)
    assert sides(replace(at, now=NOON + 30 * DAY), Skip("expired"), 3 * DAY) == ()


@given(st.integers(0, 100), st.integers(0, 100), st.sampled_from(["scenario", "test"]))
def test_nobody_is_told_apart_where_nobody_can_be_held_out(of_all: int, of_one: int, source: str) -> None:
    sending = {"holdout_percent": of_one, "source": source}
    at = asked(sending, policy=Policy(global_holdout_percent=of_all))
    assert parts(at) == (source != "test" and bool(of_all or of_one))


def test_who_was_erased_meanwhile_is_in_no_group() -> None:
    assert parted(replace(of(FREE, OF_ONE), profile=None)) == ()


def test_the_gates_before_the_holdout_are_those_that_all_are_asked() -> None:
    names = [gate.name for gate in GATES]
    assert names.index("scenario_holdout") == names.index("global_holdout") + 1
