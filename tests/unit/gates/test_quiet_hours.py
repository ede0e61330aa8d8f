"""Quiet hours are the visitor's own, on the days on which the clocks change too."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, HOUR, MINUTE, format_instant
from shopbell.domain.gates import OPEN, Defer, Skip, verdict, zones
from shopbell.domain.ids import SubscriptionId, VapidKeyId
from shopbell.domain.localtime import hour_from, inside, minute_of, next_at, quiet_until
from shopbell.domain.policy import Policy, QuietHours
from shopbell.domain.profile import Profile, Trait
from shopbell.domain.subscriptions import SubscriptionFact

from tests.unit.gates.moments import ANN, NOON, STORE, asked, at

NIGHT, SIESTA, EARLY = QuietHours(22 * 60, 8 * 60), QuietHours(13 * 60, 15 * 60), QuietHours(60, 2 * 60 + 30)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Auckland", "Asia/Kolkata"]


@pytest.mark.parametrize(
    ("zone", "quiet", "now", "until"),
    [
        # over midnight
        ("Europe/Berlin", NIGHT, "2026-01-10T20:59:59Z", None),
        ("Europe/Berlin", NIGHT, "2026-01-10T21:00:00Z", "2026-01-11T07:00:00Z"),
        ("Europe/Berlin", NIGHT, "2026-01-11T06:59:59Z", "2026-01-11T07:00:00Z"),
        ("Europe/Berlin", NIGHT, "2026-01-11T07:00:00Z", None),
        ("Pacific/Auckland", NIGHT, "2026-01-10T09:00:00Z", "2026-01-10T19:00:00Z"),
        ("Pacific/Honolulu", NIGHT, "2026-01-10T09:00:00Z", "2026-01-10T18:00:00Z"),
        ("Asia/Kolkata", NIGHT, "2026-01-10T16:30:00Z", "2026-01-11T02:30:00Z"),
        # within one day
        ("UTC", SIESTA, "2026-01-10T12:59:00Z", None),
        ("UTC", SIESTA, "2026-01-10T13:00:00Z", "2026-01-10T15:00:00Z"),
        ("UTC", SIESTA, "2026-01-10T15:00:00Z", None),
        ("UTC", QuietHours(480, 480), "2026-01-10T08:00:00Z", None),
        # the night in which an hour is lost: 8 o'clock comes after 9 hours
        ("Europe/Berlin", NIGHT, "2026-03-28T21:00:00Z", "2026-03-29T06:00:00Z"),
        ("America/New_York", NIGHT, "2026-03-08T03:00:00Z", "2026-03-08T12:00:00Z"),
        # the night that has an hour twice: after 11 hours
        ("Europe/Berlin", NIGHT, "2026-10-24T20:00:00Z", "2026-10-25T07:00:00Z"),
        ("America/New_York", NIGHT, "2026-11-01T02:00:00Z", "2026-11-01T13:00:00Z"),
        # half an hour is enough for Lord Howe
        ("Australia/Lord_Howe", NIGHT, "2026-04-04T11:00:00Z", "2026-04-04T21:30:00Z"),
        ("Australia/Lord_Howe", NIGHT, "2026-10-03T11:30:00Z", "2026-10-03T21:00:00Z"),
        # an end that the clock leaps over: quiet hours are over when it has leapt
        ("Europe/Berlin", EARLY, "2026-03-29T00:15:00Z", "2026-03-29T01:00:00Z"),
        # an end that comes twice: the first one, and in the hour's second turn the second
        ("Europe/Berlin", EARLY, "2026-10-25T00:10:00Z", "2026-10-25T00:30:00Z"),
        ("Europe/Berlin", EARLY, "2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z"),
    ],
)
def test_quiet_hours_end_when_the_visitors_clock_says_so(
    zone: str, quiet: QuietHours, now: str, until: str | None
) -> None:
    found = quiet_until(at(now), quiet, ZoneInfo(zone))
    assert (None if found is None else format_instant(found)) == until


@given(
    now=st.integers(1_750_000_000_000, 1_850_000_000_000),
    start=st.integers(0, 1_439),
    end=st.integers(0, 1_439),
    zone=st.sampled_from(ZONES),
)
def test_whatever_the_hours_they_end_within_a_day_and_an_hour_and_are_over_then(
    now: int, start: int, end: int, zone: str
) -> None:
    quiet, there = QuietHours(start, end), ZoneInfo(zone)
    until = quiet_until(now, quiet, there)
    if until is None:
        assert not inside(minute_of(now, there), quiet)
    else:
        assert now < until <= now + DAY + HOUR
        assert not inside(minute_of(until, there), quiet)


@given(
    now=st.integers(1_750_000_000_000, 1_850_000_000_000), minute=st.integers(0, 1_439), zone=st.sampled_from(ZONES)
)
def test_the_next_time_of_a_minute_is_no_earlier_than_now_and_shows_it_unless_the_clock_leaps(
    now: int, minute: int, zone: str
) -> None:
    there = ZoneInfo(zone)
    found = next_at(now, minute, there)
    assert now <= found <= now + DAY + HOUR
    if minute_of(found, there) != minute:
        offsets = {(found + shift) // MINUTE - minute_of(found + shift, there) for shift in (-HOUR, 0)}
        assert len({one % (DAY // MINUTE) for one in offsets}) > 1, "the clock did not leap there"


@pytest.mark.parametrize(
    ("hour", "now", "begins"),
    [
        (18, "2026-03-02T12:00:00Z", "2026-03-02T17:00:00Z"),
        (13, "2026-03-02T12:20:00Z", "2026-03-02T12:20:00Z"),
        (9, "2026-03-02T12:00:00Z", "2026-03-03T08:00:00Z"),
        (2, "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"),
        (9, "2026-10-24T08:00:00Z", "2026-10-25T08:00:00Z"),
    ],
    ids=["later today", "it is on", "tomorrow", "the hour that is lost", "after the hour that comes twice"],
)
def test_an_hour_of_the_day_begins_on_the_visitors_clock(hour: int, now: str, begins: str) -> None:
    assert format_instant(hour_from(at(now), hour, ZoneInfo("Europe/Berlin"))) == begins


LATE = at("2026-03-02T22:30:00Z")


def test_a_message_in_quiet_hours_waits_and_its_relevance_moves_along() -> None:
    sending = {"expires_at": LATE + HOUR}
    found = verdict(asked(sending, now=LATE))
    assert found == Defer("quiet_hours", at("2026-03-03T08:00:00Z"), LATE + 10 * HOUR + 30 * MINUTE)


def test_a_message_that_means_its_day_is_not_sent_on_the_next() -> None:
    assert verdict(asked({"latest": 23 * 60}, now=LATE)) == Skip("quiet_hours")
    early = at("2026-03-02T06:00:00Z")
    found = verdict(asked({"latest": 21 * 60}, now=early))
    assert isinstance(found, Defer)
    assert found.until == at("2026-03-02T08:00:00Z")


@pytest.mark.parametrize(
    "sending",
    [{"message_class": "transactional"}, {"source": "test"}, {"respect_quiet_hours": False}],
    ids=["transactional", "a test", "told not to"],
)
def test_some_messages_know_no_quiet_hours(sending: dict[str, object]) -> None:
    assert verdict(asked(sending, now=LATE)) == OPEN


def test_a_store_without_quiet_hours_asks_for_no_zone() -> None:
    def unasked(_: object) -> ZoneInfo:
        raise AssertionError("a zone was looked up for nothing")

    assert verdict(asked(now=LATE, policy=Policy(), zone=unasked)) == OPEN


def fact(name: str, changed: int, zone: str | None, *, active: bool = True) -> SubscriptionFact:
    return SubscriptionFact(SubscriptionId(name), active, changed, "fcm", VapidKeyId("k1"), time_zone=zone)


SUBSCRIBED = {
    one.id: one
    for one in (
        fact("old", 1, "Asia/Tokyo"),
        fact("new", 2, "America/New_York"),
        fact("gone", 3, "Asia/Kolkata", active=False),
        fact("silent", 4, None),
    )
}
TRAIT = {"time_zone": Trait(NOON, "r", "Pacific/Auckland")}


@pytest.mark.parametrize(
    ("profile", "until"),
    [
        (Profile(STORE, ANN), "2026-03-03T07:00:00Z"),
        (None, "2026-03-03T07:00:00Z"),
        (Profile(STORE, ANN, subscriptions=SUBSCRIBED), None),
        (Profile(STORE, ANN, subscriptions=SUBSCRIBED, traits=TRAIT), None),
        (Profile(STORE, ANN, traits={"time_zone": Trait(NOON, "r", "Mars/Olympus")}), "2026-03-03T07:00:00Z"),
    ],
    ids=["the store's", "nobody's profile", "the newest active device's", "their own", "one that nobody knows"],
)
def test_the_zone_is_the_visitors_as_far_as_it_is_known(profile: Profile | None, until: str | None) -> None:
    found = verdict(asked(profile=profile, now=at("2026-03-02T21:30:00Z"), zone=zones("Europe/Berlin")))
    assert (format_instant(found.until) if isinstance(found, Defer) else None) == until


def test_two_visitors_of_a_store_wait_each_for_their_own_morning_on_the_day_clocks_change() -> None:
    find, now = zones("UTC"), at("2026-03-29T02:00:00Z")

    def until(zone: str) -> str:
        profile = Profile(STORE, ANN, traits={"time_zone": Trait(NOON, "r", zone)})
        found = verdict(replace(asked({"expires_at": None}, now=now), profile=profile, zone=find))
        assert isinstance(found, Defer)
        return format_instant(found.until)

    assert until("Europe/Berlin") == "2026-03-29T06:00:00Z"
    assert until("America/New_York") == "2026-03-29T12:00:00Z"
