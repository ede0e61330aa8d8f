"""When a schedule fires next, over wildcards, zones and the two nights a year that are an hour off."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant, parse_instant
from shopbell.local.schedules.expression import next_fire

ROWS = [
    # id, expression, zone, after, fires
    ("each minute", "cron(* * * * ? *)", "UTC", "2026-03-01T00:00:30Z", "2026-03-01T00:01"),
    ("strictly later", "cron(0 * * * ? *)", "UTC", "2026-03-01T01:00", "2026-03-01T02:00"),
    ("five minutes", "cron(0/5 * * * ? *)", "UTC", "2026-03-01T00:57", "2026-03-01T01:00"),
    ("quarters from 7", "cron(7/15 * * * ? *)", "UTC", "2026-03-01T00:53", "2026-03-01T01:07"),
    ("list and range", "cron(15,45 8-9 * * ? *)", "UTC", "2026-03-01T09:45", "2026-03-02T08:15"),
    ("month by name", "cron(0 9 1 JAN-MAR ? *)", "UTC", "2026-03-01T09:00", "2027-01-01T09:00"),
    ("last day", "cron(0 9 L * ? *)", "UTC", "2028-02-01T00:00", "2028-02-29T09:00"),
    ("three before the last", "cron(0 9 L-3 * ? *)", "UTC", "2026-02-01T00:00", "2026-02-25T09:00"),
    ("the 31st skips short months", "cron(0 9 31 * ? *)", "UTC", "2026-03-31T09:00", "2026-05-31T09:00"),
    ("leap day", "cron(0 0 29 2 ? *)", "UTC", "2026-01-01T00:00", "2028-02-29T00:00"),
    ("weekday near a Saturday", "cron(0 9 15W * ? *)", "UTC", "2026-08-01T00:00", "2026-08-14T09:00"),
    ("weekday near a Sunday", "cron(0 9 15W * ? *)", "UTC", "2026-02-01T00:00", "2026-02-16T09:00"),
    ("weekday in the month", "cron(0 9 1W * ? *)", "UTC", "2026-08-01T00:00", "2026-08-03T09:00"),
    ("last weekday", "cron(0 9 LW * ? *)", "UTC", "2026-05-01T00:00", "2026-05-29T09:00"),
    ("working days", "cron(0 9 ? * MON-FRI *)", "UTC", "2026-11-20T09:00", "2026-11-23T09:00"),
    ("first of the week is Sunday", "cron(0 9 ? * 1 *)", "UTC", "2026-11-21T00:00", "2026-11-22T09:00"),
    ("third Monday", "cron(0 9 ? * 2#3 *)", "UTC", "2026-11-01T00:00", "2026-11-16T09:00"),
    ("fifth Friday, rare", "cron(0 9 ? * 6#5 *)", "UTC", "2026-11-01T00:00", "2027-01-29T09:00"),
    ("last Friday", "cron(0 9 ? * 6L *)", "UTC", "2026-11-01T00:00", "2026-11-27T09:00"),
    ("year", "cron(0 9 1 1 ? 2030)", "UTC", "2026-11-01T00:00", "2030-01-01T09:00"),
    ("years that are over", "cron(0 9 1 1 ? 2020)", "UTC", "2026-11-01T00:00", None),
    ("winter in Berlin", "cron(0 9 * * ? *)", "Europe/Berlin", "2026-01-01T00:00", "2026-01-01T08:00"),
    ("summer in Berlin", "cron(0 9 * * ? *)", "Europe/Berlin", "2026-07-01T00:00", "2026-07-01T07:00"),
    ("Berlin's gap is skipped", "cron(30 2 * * ? *)", "Europe/Berlin", "2026-03-28T12:00", "2026-03-30T00:30"),
    ("Berlin, double hour", "cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-25T00:00", "2026-10-25T00:30"),
    ("and not again", "cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-25T00:30", "2026-10-26T01:30"),
    ("nor each minute of it", "cron(* * * * ? *)", "Europe/Berlin", "2026-10-25T00:59", "2026-10-25T02:00"),
    ("New York's gap", "cron(30 2 * * ? *)", "America/New_York", "2026-03-08T00:00", "2026-03-09T06:30"),
    ("New York's double hour", "cron(30 1 * * ? *)", "America/New_York", "2026-11-01T00:00", "2026-11-01T05:30"),
    ("and not again there", "cron(30 1 * * ? *)", "America/New_York", "2026-11-01T05:30", "2026-11-02T06:30"),
    ("Lord Howe, gap", "cron(15 2 * * ? *)", "Australia/Lord_Howe", "2026-10-03T00:00", "2026-10-04T15:15"),
    ("outside its half hour", "cron(45 2 * * ? *)", "Australia/Lord_Howe", "2026-10-03T00:00", "2026-10-03T15:45"),
    ("Lord Howe, double", "cron(45 1 * * ? *)", "Australia/Lord_Howe", "2026-04-04T14:00", "2026-04-04T14:45"),
    ("and once", "cron(45 1 * * ? *)", "Australia/Lord_Howe", "2026-04-04T14:45", "2026-04-05T15:15"),
    ("Cairo's midnight does not exist", "cron(0 0 * * ? *)", "Africa/Cairo", "2026-04-23T12:00", "2026-04-24T21:00"),
    ("Cairo's last hour comes twice", "cron(30 23 * * ? *)", "Africa/Cairo", "2026-10-29T12:00", "2026-10-29T20:30"),
    ("and fires once", "cron(30 23 * * ? *)", "Africa/Cairo", "2026-10-29T20:30", "2026-10-30T21:30"),
    ("at, in its zone", "at(2026-07-01T09:00:00)", "Europe/Berlin", "2026-06-01T00:00", "2026-07-01T07:00"),
    ("at, over", "at(2026-07-01T09:00:00)", "Europe/Berlin", "2026-07-01T07:00", None),
    ("at, in the gap", "at(2026-03-29T02:30:00)", "Europe/Berlin", "2026-01-01T00:00", None),
    ("at, in the double hour", "at(2026-10-25T02:30:00)", "Europe/Berlin", "2026-01-01T00:00", "2026-10-25T00:30"),
    ("rate", "rate(1 minute)", "UTC", "2026-01-01T00:00:07Z", "2026-01-01T00:01"),
    ("rate of hours", "rate(5 hours)", "UTC", "2026-01-01T05:00", "2026-01-01T10:00"),
]  # fmt: skip


def instant(text: str) -> Instant:
    """An instant written to the second, or to the minute."""
    return parse_instant(f"{text}:00Z" if text.count(":") == 1 else text)[0]


@pytest.mark.parametrize(("expression", "zone", "after", "fires"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_the_next_firing(expression: str, zone: str, after: str, fires: str | None) -> None:
    found = next_fire(expression, zone, instant(after), anchor=instant("2026-01-01T00:00"))
    assert found == (None if fires is None else instant(fires))


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 9 * * ?)",
        "cron(0 9 * * * *)",
        "cron(0 9 ? * ? *)",
        "cron(60 9 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 9 0 * ? *)",
        "cron(0 9 * 13 ? *)",
        "cron(0 9 ? * FUNDAY *)",
        "cron(0/0 9 * * ? *)",
        "cron(30-10 9 * * ? *)",
        "rate(0 minutes)",
        "rate(5 weeks)",
        "at(tomorrow)",
        "every day",
    ],
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        next_fire(expression, "UTC", 0)


def test_a_rate_first_fires_one_width_after_its_anchor() -> None:
    assert next_fire("rate(1 hour)", "UTC", 0, anchor=10 * DAY) == 10 * DAY + HOUR


ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu", "UTC"]
TURNS = [
    "2026-03-08",
    "2026-03-29",
    "2026-04-04",
    "2026-04-23",
    "2026-10-03",
    "2026-10-24",
    "2026-10-29",
    "2026-11-01",
]


def _brute(zone: str, hours: set[int], minutes: set[int], after: Instant) -> Instant | None:
    """The first minute after `after` whose wall time matches and has not been shown before."""
    moment = datetime.fromtimestamp(after / 1000, UTC).replace(second=0, microsecond=0)
    for _ in range(4 * 24 * 60):
        moment += timedelta(minutes=1)
        wall = moment.astimezone(ZoneInfo(zone))
        if wall.hour in hours and wall.minute in minutes and wall.fold == 0:
            return int(moment.timestamp()) * 1000
    return None


@given(
    zone=st.sampled_from(ZONES),
    turn=st.sampled_from(TURNS),
    shift=st.integers(-2 * 24 * 60, 2 * 24 * 60),
    hours=st.sets(st.integers(0, 23), min_size=1, max_size=4),
    minutes=st.sets(st.integers(0, 59), min_size=1, max_size=4),
)
@example(zone="Africa/Cairo", turn="2026-04-23", shift=1200, hours={0}, minutes={0})
@example(zone="Australia/Lord_Howe", turn="2026-04-04", shift=870, hours={1}, minutes={30, 59})
def test_a_cron_fires_at_the_first_wall_minute_that_matches(
    zone: str, turn: str, shift: int, hours: set[int], minutes: set[int]
) -> None:
    after = instant(f"{turn}T00:00:00Z") + shift * MINUTE
    fields = f"{','.join(map(str, minutes))} {','.join(map(str, hours))} * * ? *"
    assert next_fire(f"cron({fields})", zone, after) == _brute(zone, hours, minutes, after)


@given(
    width=st.integers(1, 10_000),
    anchor=st.integers(0, 2_000_000_000_000),
    after=st.integers(0, 2_000_000_000_000),
)
def test_a_rate_fires_on_its_grid_within_one_width(width: int, anchor: int, after: int) -> None:
    fires = next_fire(f"rate({width} minutes)", "UTC", after, anchor=anchor)
    assert fires is not None
    assert fires > after
    assert (fires - anchor) % (width * MINUTE) == 0
    assert fires - max(after, anchor) <= width * MINUTE
