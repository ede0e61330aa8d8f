"""A marketer's own times: a recurrence, one instant, and what each visitor's own clock shows."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import HOUR, MINUTE, SECOND, Instant, format_instant, parse_instant
from shopbell.domain.errors import Rejected
from shopbell.domain.scenarios.calendar import ROUND, first_of_week, following, latest, wall_of
from shopbell.domain.scenarios.ownclock import OwnClock
from shopbell.domain.scenarios.parameters import effective
from shopbell.domain.scenarios.plan import OnCalendar
from shopbell.domain.scenarios.push_recommendation import ROW
from shopbell.domain.scenarios.weekly import check_calendar, on_calendar

BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
INHABITED = (
    "Pacific/Kiritimati",
    "Pacific/Chatham",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Europe/Berlin",
    "UTC",
    "America/St_Johns",
    "America/New_York",
    "Pacific/Honolulu",
    "Pacific/Pago_Pago",
    "Etc/GMT+12",
)


def at(text: str) -> Instant:
    return parse_instant(text)[0]


def shown(instant: Instant | None) -> str | None:
    return None if instant is None else format_instant(instant)


def recurring(cron: str, *, by_visitor: bool = False) -> OnCalendar:
    return OnCalendar(0, cron=cron, by_visitor=by_visitor)


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        pytest.param("0 18 ? * THU *", "2026-03-02T00:00:00Z", "2026-03-05T17:00:00Z", id="thursdays"),
        pytest.param("0 18 ? * 5 *", "2026-03-02T00:00:00Z", "2026-03-05T17:00:00Z", id="Sunday is 1"),
        pytest.param("0 18 ? * MON-FRI *", "2026-03-06T18:00:00Z", "2026-03-09T17:00:00Z", id="working days"),
        pytest.param("30 9 1 * ? *", "2026-03-02T00:00:00Z", "2026-04-01T07:30:00Z", id="the first of a month"),
        pytest.param("30 9 L * ? *", "2026-02-02T00:00:00Z", "2026-02-28T08:30:00Z", id="its last"),
        pytest.param("0 12 ? * FRI#2 *", "2026-03-01T00:00:00Z", "2026-03-13T11:00:00Z", id="the second Friday"),
        pytest.param("0 12 ? * FRIL *", "2026-03-01T00:00:00Z", "2026-03-27T11:00:00Z", id="the last Friday"),
        pytest.param(
            "0 12 15W * ? *", "2026-08-01T00:00:00Z", "2026-08-14T10:00:00Z", id="a working day near the 15th"
        ),
        pytest.param("0 9,17 * * ? *", "2026-03-02T08:00:00Z", "2026-03-02T16:00:00Z", id="twice a day"),
        pytest.param("0 12 24 DEC ? 2027", "2026-03-02T00:00:00Z", "2027-12-24T11:00:00Z", id="on one day"),
        pytest.param("30 2 * * ? *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", id="a leap over it"),
        pytest.param("30 2 * * ? *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", id="shown twice: the first"),
        pytest.param("30 2 * * ? *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", id="and no second"),
        pytest.param("0 12 24 DEC ? 2025", "2026-03-02T00:00:00Z", None, id="over"),
    ],
)
def test_a_recurrence_goes_by_the_clock_of_the_store(cron: str, after: str, expected: str | None) -> None:
    found = following(recurring(cron), BERLIN, at(after))
    assert shown(found) == expected
    if found is not None:
        assert latest(recurring(cron), BERLIN, found) == found
        assert latest(recurring(cron), BERLIN, found - 1) != found


def test_one_instant_comes_once() -> None:
    once = OnCalendar(0, once=at("2026-03-05T17:00:00Z"))
    moment = once.once
    assert moment is not None
    assert (following(once, BERLIN, moment - 1), following(once, BERLIN, moment)) == (moment, None)
    assert (latest(once, BERLIN, moment - 1), latest(once, BERLIN, moment)) == (None, moment)


def test_what_is_long_past_is_not_looked_for() -> None:
    assert latest(recurring("0 12 1 JAN ? *"), BERLIN, at("2026-03-02T00:00:00Z")) is None


@pytest.mark.parametrize(
    "trigger",
    [
        pytest.param(OnCalendar(18 * 60, 3, by_visitor=True), id="each Thursday"),
        pytest.param(recurring("0 18 ? * THU *", by_visitor=True), id="a recurrence"),
        pytest.param(OnCalendar(0, once=at("2026-03-05T17:00:00Z"), by_visitor=True), id="18:00 of the store, once"),
    ],
)
def test_by_the_visitors_clocks_it_begins_where_the_day_does(trigger: OnCalendar) -> None:
    first = following(trigger, BERLIN, at("2026-03-04T00:00:00Z"))
    assert first is not None
    assert shown(first) == "2026-03-05T04:00:00Z"
    day, minute = wall_of(trigger, BERLIN, first)
    assert (day, minute) == (date(2026, 3, 5), 18 * 60)
    own = OwnClock(day.toordinal(), minute, 0, HOUR)
    moments = {name: format_instant(own.moment(ZoneInfo(name))) for name in INHABITED}
    assert moments["Pacific/Kiritimati"] == "2026-03-05T04:00:00Z"
    assert moments["Europe/Berlin"] == "2026-03-05T17:00:00Z"
    assert moments["Etc/GMT+12"] == "2026-03-06T06:00:00Z"


@given(st.sampled_from(INHABITED), st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 1_439))
def test_no_clock_shows_it_before_the_first_or_after_the_last(name: str, day: date, minute: int) -> None:
    wall = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    first = int(wall.timestamp()) * SECOND - 14 * HOUR
    moment = OwnClock(day.toordinal(), minute, 0, HOUR).moment(ZoneInfo(name))
    assert first <= moment <= first + ROUND + HOUR
    there = datetime.fromtimestamp(moment // SECOND, ZoneInfo(name))
    assert there.replace(tzinfo=UTC) >= wall, "never before a clock there shows it"


@pytest.mark.parametrize(
    ("trigger", "of", "expected"),
    [
        pytest.param(OnCalendar(1080, 1), "2026-03-03T17:00:00Z", "2026-03-03T17:00:00Z", id="weekly: itself"),
        pytest.param(OnCalendar(1080), "2026-03-05T17:00:00Z", "2026-03-02T17:00:00Z", id="daily: Monday's"),
        pytest.param(recurring("0 18 ? * TUE,FRI *"), "2026-03-06T17:00:00Z", "2026-03-03T17:00:00Z", id="Tuesday's"),
        pytest.param(OnCalendar(0, once=1), "2026-03-06T17:00:00Z", "2026-03-06T17:00:00Z", id="once"),
    ],
)
def test_a_week_has_one_first_run(trigger: OnCalendar, of: str, expected: str) -> None:
    assert shown(first_of_week(trigger, BERLIN, at(of), 0)) == expected


def test_a_week_in_which_it_was_switched_on_begins_with_the_first_run_after_that() -> None:
    since, friday = at("2026-03-04T00:00:00Z"), at("2026-03-06T17:00:00Z")
    assert shown(first_of_week(OnCalendar(1080), BERLIN, friday, since)) == "2026-03-04T17:00:00Z"
    assert first_of_week(OnCalendar(1080), BERLIN, friday, friday) == friday


def test_the_parameters_say_when() -> None:
    values = effective(ROW.parameters, {"cron": "0 18 ? * thu *", "time_zone": "visitor", "max_lateness": "PT15M"})
    assert on_calendar(values) == OnCalendar(1080, 3, 15 * MINUTE, cron="0 18 ? * THU *", by_visitor=True)
    values = effective(ROW.parameters, {"at": "2026-03-05T18:00:00+01:00"})
    assert on_calendar(values).once == at("2026-03-05T17:00:00Z")
    both = effective(ROW.parameters, {"at": "2026-03-05T18:00:00Z", "cron": "0 18 ? * THU *"})
    assert [problem.path for problem in check_calendar(both)] == ["parameters.at"]


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        pytest.param("0 18 * * *", "six fields", id="of five fields"),
        pytest.param("0 18 * * THU *", "must be ?", id="two days"),
        pytest.param("0 18 ? * ? *", "must be ?", id="no day"),
        pytest.param("60 18 ? * THU *", "minutes: 60 is outside", id="minute 60"),
        pytest.param("0 24 ? * THU *", "hours: 24 is outside", id="hour 24"),
        pytest.param("0 18 ? 13 THU *", "month: 13 is outside", id="month 13"),
        pytest.param("0 18 ? * THX *", "day-of-week: THX cannot be read", id="no day of the week"),
        pytest.param("0 18 ? * FRI#6 *", "day-of-week", id="a sixth Friday"),
        pytest.param("0 18 32 * ? *", "day-of-month: 32 is outside", id="day 32"),
        pytest.param("0 18 30 2 ? *", "never comes", id="30 February"),
        pytest.param("0 18 ? * THU 1999", "never comes", id="long ago"),
        pytest.param("0/10 * * * ? *", "more than 24 times a day", id="each ten minutes"),
        pytest.param("0/0 18 ? * THU *", "minutes", id="each nothing"),
        pytest.param("rate(1 day)", "six fields", id="a rate"),
    ],
)
def test_nonsense_is_refused_with_the_field(cron: str, why: str) -> None:
    with pytest.raises(Rejected, match=why) as refused:
        effective(ROW.parameters, {"cron": cron})
    assert [problem.path for problem in refused.value.problems] == ["parameters.cron"]


@pytest.mark.parametrize(
    ("beside", "wrong"),
    [
        ({}, []),
        ({"time_zone": "visitor"}, ["parameters.per_minute"]),
        ({"send_time": "best_hour"}, ["parameters.per_minute"]),
    ],
    ids=["the store's clock", "each visitor's clock", "each visitor's hour"],
)
def test_a_pace_is_for_what_goes_to_all_at_one_time(beside: dict[str, str], wrong: list[str]) -> None:
    values = effective(ROW.parameters, {"per_minute": 60, **beside})

    assert [problem.path for problem in check_calendar(values)] == wrong
    assert on_calendar(values).per_minute == 60
