"""A message means something for so long as it may go: whichever gate puts it off, quiet hours do not count."""

from dataclasses import replace
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.gates import OPEN, Defer, Skip, verdict
from shopbell.domain.gates.relevance import later, stale_from
from shopbell.domain.localtime import inside, minute_of, quiet_between
from shopbell.domain.policy import CAPS, Policy, QuietHours

from tests.unit.gates.moments import NOON, asked, at, sent

NIGHT: Final = QuietHours(22 * 60, 8 * 60)
HOURS: Final = st.sampled_from([NIGHT, QuietHours(13 * 60, 15 * 60), QuietHours(0, 6 * 60), QuietHours(600, 600)])
ZONES: Final = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kolkata"])
INSTANTS: Final = st.integers(1_790_000_000_000 // MINUTE, 1_810_000_000_000 // MINUTE)
EVENING: Final = at("2026-03-02T21:00:00Z")


def quiet_minutes(start: int, end: int, quiet: QuietHours, zone: ZoneInfo) -> int:
    """Counted one by one."""
    return sum(inside(minute_of(now, zone), quiet) for now in range(start, end, MINUTE))


@given(start=INSTANTS, length=st.integers(0, 3 * 1_440), quiet=HOURS, name=ZONES)
def test_quiet_time_is_what_the_visitors_clock_shows_of_it(
    start: int, length: int, quiet: QuietHours, name: str
) -> None:
    begin, end, zone = start * MINUTE, (start + length) * MINUTE, ZoneInfo(name)
    assert quiet_between(begin, end, quiet, zone) == quiet_minutes(begin, end, quiet, zone) * MINUTE


@given(
    start=INSTANTS,
    waits=st.lists(st.integers(1, 1_440), min_size=1, max_size=6),
    relevance=st.integers(1, 2_880),
    quiet=HOURS,
    name=ZONES,
)
def test_the_time_waited_outside_quiet_hours_alone_decides_when_it_is_stale(
    start: int, waits: list[int], relevance: int, quiet: QuietHours, name: str
) -> None:
    """Put off again and again, by any gates: it goes on to wait while it has waited less than its relevance."""
    begin, zone = start * MINUTE, ZoneInfo(name)
    now, expires = begin, begin + relevance * MINUTE
    for wait in waits:
        sending = {"due": now, "expires_at": expires}
        moment = asked(sending, now=now, policy=Policy(quiet_hours=quiet), zone=lambda _: zone)
        until = now + wait * MINUTE
        waited = until - begin - quiet_minutes(begin, until, quiet, zone) * MINUTE
        found = later(moment, "frequency_cap", until)
        if waited >= relevance * MINUTE:
            assert found == Skip("frequency_cap")
            return
        assert isinstance(found, Defer)
        assert found.expires_at is not None
        now, expires = until, found.expires_at


@pytest.mark.parametrize(
    ("ago", "expires", "found"),
    [
        pytest.param(HOUR, 2 * HOUR, Defer("frequency_cap", EVENING + 5 * HOUR, EVENING + 6 * HOUR), id="by a cap"),
        pytest.param(HOUR, HOUR, Skip("frequency_cap"), id="an hour before the night is all it means"),
        pytest.param(0, 3 * HOUR, Defer("frequency_cap", EVENING + 6 * HOUR, EVENING + 8 * HOUR), id="longer"),
    ],
)
def test_a_cap_that_is_free_in_the_night_costs_no_relevance(ago: int, expires: int, found: Any) -> None:
    sending = {"expires_at": EVENING + expires}
    assert verdict(asked(sending, now=EVENING, record=sent(ago, now=EVENING))) == found


def test_what_a_cap_put_off_into_the_night_goes_in_the_morning_and_keeps_what_it_had() -> None:
    first = verdict(asked({"expires_at": EVENING + 2 * HOUR}, now=EVENING, record=sent(HOUR, now=EVENING)))
    assert isinstance(first, Defer)
    night = asked({"due": first.until, "expires_at": first.expires_at}, now=first.until, record=sent())
    second = verdict(night)
    assert second == Defer("quiet_hours", at("2026-03-03T08:00:00Z"), at("2026-03-03T09:00:00Z"))
    sending = {"due": second.until, "expires_at": second.expires_at}
    assert verdict(asked(sending, now=at("2026-03-03T08:59:59.999Z"))) == OPEN
    assert verdict(asked(sending, now=at("2026-03-03T09:00:00Z"))) == Skip("expired")


def test_a_message_that_could_not_go_before_the_night_is_not_stale_in_it() -> None:
    """The sending was paused, or the push service away: it was due in the evening and is taken up at night."""
    sending = {"due": EVENING, "expires_at": EVENING + 90 * MINUTE}
    found = verdict(asked(sending, now=EVENING + 5 * HOUR))
    assert found == Defer("quiet_hours", at("2026-03-03T08:00:00Z"), at("2026-03-03T08:30:00Z"))


def test_for_what_keeps_to_no_quiet_hours_the_night_counts() -> None:
    sending = {"respect_quiet_hours": False, "expires_at": EVENING + 5 * HOUR}
    moment = asked(sending, now=EVENING, record=sent(HOUR, now=EVENING))
    assert verdict(moment) == Skip("frequency_cap")
    assert stale_from(moment, EVENING + 9 * HOUR) == EVENING + 5 * HOUR


def test_what_only_its_run_ends_is_never_stale() -> None:
    assert stale_from(asked({"expires_at": None}), NOON + DAY) is None
    assert verdict(replace(asked({"expires_at": None}), policy=Policy(CAPS))) == OPEN


@pytest.mark.parametrize(
    ("now", "free", "found"),
    [
        pytest.param("2026-03-02T20:59:59Z", None, OPEN, id="just in time"),
        pytest.param("2026-03-02T21:00:00Z", None, Skip("expired"), id="too late"),
        pytest.param("2026-03-02T18:00:00Z", 2, Defer("frequency_cap", EVENING - HOUR, NOON + 23 * HOUR), id="a cap"),
        pytest.param("2026-03-02T18:00:00Z", 3, Skip("frequency_cap"), id="a cap that is free too late"),
        pytest.param("2026-03-02T18:00:00Z", 6, Skip("frequency_cap"), id="a cap that is free on the next day"),
    ],
)
def test_what_means_its_day_does_not_go_late_in_it_nor_on_the_next(now: str, free: int | None, found: Any) -> None:
    """`free`: in so many hours a cap would let it go."""
    begin = at(now)
    record = sent() if free is None else sent((6 - free) * HOUR, now=begin)
    assert verdict(asked({"latest": 21 * 60}, now=begin, record=record)) == found
