"""The store's own calendar: each day or week one instant, also where clocks are put forward or back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, HOUR, SECOND, Instant, format_instant, parse_instant
from shopbell.domain.scenarios.calendar import following, latest
from shopbell.domain.scenarios.plan import OnCalendar

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "America/St_Johns",
    "Africa/Casablanca",
)
INSTANTS = st.integers(parse_instant("2020-01-01T00:00:00Z")[0], parse_instant("2030-01-01T00:00:00Z")[0])


def at(text: str) -> Instant:
    return parse_instant(text)[0]


def shown(instant: Instant | None) -> str | None:
    return None if instant is None else format_instant(instant)


def local(instant: Instant, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(instant // SECOND, UTC).astimezone(zone)


@pytest.mark.parametrize(
    ("zone", "minute", "until", "expected"),
    [
        pytest.param("Europe/Berlin", 1080, "2026-03-28T23:00:00Z", "2026-03-28T17:00:00Z", id="berlin, winter"),
        pytest.param("Europe/Berlin", 1080, "2026-03-29T23:00:00Z", "2026-03-29T16:00:00Z", id="berlin, put forward"),
        pytest.param(
            "Europe/Berlin", 150, "2026-03-29T12:00:00Z", "2026-03-29T01:00:00Z", id="berlin, 02:30 is leapt over"
        ),
        pytest.param("Europe/Berlin", 150, "2026-10-25T12:00:00Z", "2026-10-25T00:30:00Z", id="berlin, 02:30 twice"),
        pytest.param(
            "Europe/Berlin", 150, "2026-10-25T01:30:00Z", "2026-10-25T00:30:00Z", id="berlin, its second 02:30"
        ),
        pytest.param(
            "America/New_York", 1080, "2026-03-08T23:59:00Z", "2026-03-08T22:00:00Z", id="new york, put forward"
        ),
        pytest.param(
            "America/New_York", 150, "2026-03-08T23:00:00Z", "2026-03-08T07:00:00Z", id="new york, a leap over 02:30"
        ),
        pytest.param(
            "America/New_York", 90, "2026-11-01T23:00:00Z", "2026-11-01T05:30:00Z", id="new york, 01:30 twice"
        ),
        pytest.param(
            "America/New_York", 90, "2026-11-01T05:29:59Z", "2026-10-31T05:30:00Z", id="new york, the day before"
        ),
    ],
)
def test_each_day_has_one_instant_whatever_its_clocks_do(zone: str, minute: int, until: str, expected: str) -> None:
    assert shown(latest(OnCalendar(minute), ZoneInfo(zone), at(until))) == expected


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        pytest.param("2026-03-31T15:59:59.999Z", "2026-03-24T17:00:00Z", id="a millisecond before: last week's"),
        pytest.param("2026-03-31T16:00:00Z", "2026-03-31T16:00:00Z", id="to the millisecond"),
        pytest.param("2026-04-07T15:59:59Z", "2026-03-31T16:00:00Z", id="for the whole week"),
    ],
)
def test_a_weekly_one_has_its_day_across_the_change_of_clocks(until: str, expected: str) -> None:
    tuesday = OnCalendar(1080, weekday=1)
    assert shown(latest(tuesday, ZoneInfo("Europe/Berlin"), at(until))) == expected


def test_the_next_one_is_the_one_after() -> None:
    tuesday = OnCalendar(1080, weekday=1)
    zone = ZoneInfo("America/New_York")
    first = following(tuesday, zone, at("2026-03-03T00:00:00Z"))
    assert first is not None
    assert [shown(first), shown(following(tuesday, zone, first))] == ["2026-03-03T23:00:00Z", "2026-03-10T22:00:00Z"]


@given(
    st.sampled_from(ZONES),
    st.integers(0, 1_439),
    st.one_of(st.none(), st.integers(0, 6)),
    INSTANTS,
)
def test_between_an_instant_and_the_next_there_is_no_other(
    name: str, minute: int, weekday: int | None, now: Instant
) -> None:
    zone, trigger = ZoneInfo(name), OnCalendar(minute, weekday)
    before, after = latest(trigger, zone, now), following(trigger, zone, now)
    assert before is not None
    assert after is not None
    assert before <= now < after
    period = DAY if weekday is None else 7 * DAY
    assert abs(after - before - period) <= 2 * HOUR
    assert latest(trigger, zone, after - 1) == before
    assert following(trigger, zone, before) == after


@given(st.sampled_from(ZONES), st.integers(0, 1_439), INSTANTS)
def test_a_daily_one_comes_once_on_each_date(name: str, minute: int, now: Instant) -> None:
    zone, trigger = ZoneInfo(name), OnCalendar(minute)
    dates, instant = [], now
    for _ in range(10):
        found = following(trigger, zone, instant)
        assert found is not None
        instant = found
        dates.append(local(instant, zone).date())
    assert dates == [dates[0] + timedelta(days) for days in range(10)]
