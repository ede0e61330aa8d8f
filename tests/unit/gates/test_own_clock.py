"""A message for a time of the visitor's own clock: not before it, not when it was over before anybody asked."""

from datetime import date

import pytest
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.gates import OPEN, Defer, Skip, Verdict, verdict
from shopbell.domain.scenarios.ownclock import OwnClock

from tests.unit.gates.moments import NOON, asked

TODAY = date(2026, 3, 2).toordinal()


def clock(minute: int, *, since: int = NOON - DAY, relevance: int = DAY) -> OwnClock:
    return OwnClock(TODAY, minute, since, relevance)


@pytest.mark.parametrize(
    ("own", "found"),
    [
        pytest.param(clock(18 * 60), Defer("local_time", NOON + 6 * HOUR, NOON + 6 * HOUR + DAY), id="this evening"),
        pytest.param(clock(12 * 60), OPEN, id="now"),
        pytest.param(
            clock(12 * 60 + 1), Defer("local_time", NOON + 60_000, NOON + 60_000 + DAY), id="a minute early"
        ),
        pytest.param(clock(9 * 60), OPEN, id="this morning, made up for"),
        pytest.param(clock(9 * 60, since=NOON - HOUR), Skip("missed"), id="before it was switched on"),
        pytest.param(clock(9 * 60, relevance=2 * HOUR), Skip("expired"), id="not worth it any more"),
    ],
)
def test_it_waits_for_the_visitors_own_clock(own: OwnClock, found: Verdict) -> None:
    assert verdict(asked({"own_clock": own})) == found


def test_a_message_that_has_waited_keeps_the_end_that_it_was_given() -> None:
    late = clock(9 * 60, relevance=2 * HOUR)
    assert verdict(asked({"own_clock": late, "due": NOON - 3 * HOUR, "expires_at": NOON + 1})) is OPEN
    assert verdict(asked({"own_clock": late, "due": NOON - 3 * HOUR, "expires_at": NOON})) == Skip("expired")


def test_who_has_moved_west_meanwhile_waits_again() -> None:
    assert isinstance(verdict(asked({"own_clock": clock(13 * 60), "due": NOON})), Defer)
