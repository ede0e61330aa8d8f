"""What the calendar is about to send a visitor, as a less important message sees it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND, Instant, parse_instant
from shopbell.domain.ids import SegmentId
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.falling import AFTER
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.scenarios.plan import OnCalendar, Plan
from shopbell.domain.scenarios.upcoming import AHEAD, Upcoming
from shopbell.domain.sends import EMPTY, SendRecord, Sent

from tests.sim.worlds import STORE, VISITOR
from tests.unit.scenarios.person import plan

SIX = parse_instant("2026-03-03T18:00:00Z")[0]
"""A Tuesday."""
NAME = "new_arrivals"
HERE = SegmentId(f"scenario-{NAME}")
TUESDAY = OnCalendar(18 * 60, weekday=1)


def weekly(trigger: OnCalendar = TUESDAY, **more: object) -> Plan:
    return replace(plan(trigger, [0], name=NAME), **{"priority": 25, **more})  # type: ignore[arg-type]


def seen(
    now: Instant,
    known: Plan | None = None,
    *,
    profile: Profile | None = None,
    record: SendRecord = EMPTY,
    ended: bool = False,
    above: int = 20,
    zone: str = "UTC",
) -> list[Instant]:
    """When a message at `now` finds them due."""
    plans: Mapping[str, Plan] = {NAME: known or weekly()}
    upcoming = Upcoming.of(plans, above, ZoneInfo("UTC"), now, lambda *_: ended)
    return [one.due for one in upcoming(profile or member(), lambda: ZoneInfo(zone), record)]


def member(**more: Any) -> Profile:
    return Profile(STORE, VISITOR, version=1, memberships={HERE: 0}, **more)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param(SIX - AHEAD - 1, [], id="more than half an hour before"),
        pytest.param(SIX - AHEAD, [SIX], id="half an hour before"),
        pytest.param(SIX, [SIX], id="at that instant"),
        pytest.param(SIX + 20 * SECOND, [SIX], id="while it is on its way"),
        pytest.param(SIX + 4 * MINUTE, [SIX + 7 * MINUTE], id="late by four minutes: asked again in four"),
        pytest.param(SIX + AHEAD - 1, [SIX + AHEAD - AFTER], id="the last time that it is waited for"),
        pytest.param(SIX + AHEAD, [], id="half an hour later"),
        pytest.param(SIX + 7 * DAY, [SIX + 7 * DAY], id="each week"),
    ],
)
def test_a_run_of_the_calendar_is_waited_for_from_half_an_hour_before_to_half_an_hour_after(
    now: Instant, due: list[Instant]
) -> None:
    assert seen(now) == due


def test_who_waits_for_a_run_that_never_gets_to_them_asks_six_times_at_most() -> None:
    now, asked = SIX, 0
    while due := seen(now):
        now, asked = max(due[0], now) + AFTER, asked + 1
    assert asked == 6
    assert now == SIX + AHEAD


RECORD = SendRecord((Sent(SIX + SECOND, b"12345678", NAME),))
OTHERS = SendRecord((Sent(SIX - DAY, b"12345678", NAME), Sent(SIX + SECOND, b"23456789", "top_sellers")))
WAITS = PendingStep("scenario", NAME, "run/device", 0, SIX + 14 * HOUR, SIX, SIX + DAY)
OFF = weekly()


@pytest.mark.parametrize(
    ("more", "waits"),
    [
        pytest.param({}, True, id="on its way"),
        pytest.param({"record": RECORD}, False, id="it has been sent"),
        pytest.param({"record": OTHERS}, True, id="last week's and others have"),
        pytest.param({"profile": member(steps=(WAITS,))}, False, id="it was put off, and is a step by now"),
        pytest.param({"profile": Profile(STORE, VISITOR, version=1)}, False, id="not for this visitor"),
        pytest.param({"ended": True}, False, id="its run has ended, or was cancelled"),
        pytest.param({"above": 25}, False, id="no more important"),
        pytest.param({"known": weekly(since=SIX + 1)}, False, id="not asked for at that instant"),
        pytest.param({"known": weekly(replace(TUESDAY, max_lateness=20_000))}, False, id="not made up for so late"),
        pytest.param({"known": replace(OFF, steps=(replace(OFF.steps[0], enabled=False),))}, False, id="step off"),
    ],
)
def test_half_a_minute_later(more: dict[str, Any], waits: bool) -> None:
    assert bool(seen(SIX + 30 * SECOND, **more)) == waits


def test_before_its_instant_no_run_is_asked_for() -> None:
    assert seen(SIX - MINUTE, ended=True) == [SIX]


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        pytest.param("Pacific/Kiritimati", [SIX - 14 * HOUR], id="the first clock of the world"),
        pytest.param("UTC", [SIX], id="hours later: too far off to be minded"),
    ],
)
def test_by_the_visitors_clocks_a_run_comes_when_it_is_that_time_where_they_are(
    zone: str, due: list[Instant]
) -> None:
    """When the first clock shows it the run is planned; a moment later whoever must wait has a step."""
    own = weekly(replace(TUESDAY, by_visitor=True))
    assert [*{*seen(SIX - 14 * HOUR, own, zone=zone)}] == due
    assert seen(SIX - MINUTE, own, zone="UTC") == []


def test_what_waited_for_the_visitors_clock_is_on_its_way_for_a_minute() -> None:
    own = weekly(replace(TUESDAY, by_visitor=True))
    assert seen(SIX, own) == [SIX]
    assert seen(SIX + MINUTE, own) == []
    assert seen(SIX, own, record=RECORD) == []
    only = weekly(replace(TUESDAY, once=SIX, by_visitor=True))
    assert seen(SIX, only) == [SIX]
    assert seen(SIX + 2 * HOUR, only, zone="America/Sao_Paulo") == []
    assert seen(SIX + 3 * HOUR, only, zone="America/Sao_Paulo") == [SIX + 3 * HOUR]


def test_a_day_of_the_week_is_planned_with_the_next_quarter_of_an_hour() -> None:
    twenty = SIX + 20 * MINUTE
    assert seen(SIX, weekly(replace(TUESDAY, minute=18 * 60 + 20))) == [SIX + 30 * MINUTE]
    assert seen(SIX, weekly(replace(TUESDAY, cron="20 18 ? * TUE *"))) == [twenty]
