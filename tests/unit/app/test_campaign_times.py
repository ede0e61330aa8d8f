"""Campaigns at their times: each instant one run, made up for if missed, and on every clock once."""

from dataclasses import replace

import pytest
from shopbell.app.ends import Done, Later
from shopbell.app.work import read_plan
from shopbell.domain.campaigns import CampaignAudience, Schedule
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.ids import SegmentId
from shopbell.domain.runs import Terms

from tests.unit.app.shop import NOON, STORE
from tests.unit.app.timed import NAME, QUARTER, Timed, at

THURSDAY, FIRST = at("2026-03-05T17:00:00Z"), at("2026-03-05T04:00:00Z")
"""18:00 in Berlin, and where the day begins."""
ONCE, WEEKLY = Schedule(at=THURSDAY), Schedule(cron="0 18 ? * THU *")
EVERYBODY = replace(ONCE, visitor_local=True)
ZONES = {
    "kiri": "Pacific/Kiritimati",
    "berta": "Europe/Berlin",
    "nora": "America/New_York",
    "hon": "Pacific/Honolulu",
}


def timed(schedule: Schedule, **changes: object) -> Timed:
    shop = Timed()
    shop.people(**ZONES)
    shop.schedule(schedule, **changes)
    return shop


def test_one_instant_is_one_run_however_often_it_fires() -> None:
    shop = timed(ONCE)
    assert shop.fire(THURSDAY - MINUTE) == "not_due"
    assert shop.now_is.status == "scheduled"
    assert shop.fire(THURSDAY) == "campaigns_started"
    assert (shop.now_is.status, shop.now_is.sent_at) == ("sending", THURSDAY)
    assert shop.fire(THURSDAY) == "not_due"
    shop.work()
    assert [run.scheduled_at for run in shop.mine()] == [THURSDAY]
    assert len(shop.push.posts) == len(ZONES)


def test_what_lost_its_plan_is_planned_twice_and_nobody_gets_it_twice() -> None:
    shop = timed(ONCE)
    shop.clock.now = THURSDAY
    assert shop.firing.one(STORE, NAME, THURSDAY) == "campaigns_started"
    shop.planning.take()
    for _ in range(2):
        shop.clock.now += QUARTER
        assert shop.firing.all(shop.clock.now) == Done({"campaigns_planned_again": 1})
    twice = shop.planning.take()
    for message in twice:
        shop.plan(read_plan(message.body))
        shop.work()
    assert (len(twice), len(shop.mine()), len(shop.push.posts)) == (2, 1, len(ZONES))


def test_each_instant_of_a_recurrence_is_a_run_of_its_own_until_it_ends() -> None:
    shop = timed(WEEKLY, ends_at=THURSDAY + 15 * DAY)
    for week in range(3):
        assert shop.fire(THURSDAY + week * 7 * DAY) == "campaigns_started"
        shop.work()
        assert shop.now_is.status == ("scheduled" if week < 2 else "sending"), "scheduled until its last time"
    assert shop.fire(THURSDAY + 21 * DAY) == "not_due"
    assert [run.scheduled_at for run in shop.mine()] == [THURSDAY + week * 7 * DAY for week in range(3)]
    assert shop.mine()[-1].ends_at == THURSDAY + 15 * DAY, "nothing of it is sent after its end"
    assert len(shop.push.posts) == 3 * len(ZONES)


def test_whoever_died_between_the_message_and_the_state_is_made_up_for() -> None:
    shop = timed(ONCE)
    shop.fire(THURSDAY)
    shop.world.campaigns[STORE, NAME] = replace(shop.now_is, status="scheduled", sent_at=None)
    assert shop.sweep(THURSDAY + QUARTER) == Done({"not_due": 1})
    assert (shop.now_is.status, len(shop.mine())) == ("sending", 1)


def test_a_lost_firing_is_made_up_for_within_a_quarter_of_an_hour_but_not_after_six_hours() -> None:
    shop = timed(ONCE)
    assert shop.sweep(THURSDAY + QUARTER) == Done({"campaigns_started": 1})
    assert shop.sweep(THURSDAY + 2 * QUARTER) == Done({"campaigns_seen_planned": 1})
    assert shop.sweep(THURSDAY + 3 * QUARTER) == Done({"nothing_due": 1})
    late = timed(ONCE)
    assert late.sweep(THURSDAY + 6 * HOUR) == Done({"missed": 1})
    (mark,) = late.mine()
    assert (mark.state, mark.given_up, late.now_is.status) == ("cancelled", "missed", "sending")


def test_two_runs_of_one_campaign_never_overlap() -> None:
    shop = timed(Schedule(cron="0 18,19 ? * THU *"))
    assert shop.fire(THURSDAY) == "campaigns_started"
    assert shop.fire(THURSDAY + HOUR) == "skipped_overlapping"
    assert shop.fire(THURSDAY + HOUR) == "not_due"
    shop.work()
    assert shop.fire(THURSDAY + 7 * DAY) == "campaigns_started"


@pytest.mark.parametrize("status", ["draft", "paused", "cancelled", "sent"])
def test_a_schedule_that_was_left_behind_starts_nothing(status: str) -> None:
    shop = timed(ONCE, status=status)
    assert shop.fire(THURSDAY) == f"campaign_{status}"
    assert shop.mine() == []
    shop.world.campaigns.clear()
    assert shop.fire(THURSDAY) == "campaign_gone"


def test_what_was_passed_over_in_a_pause_is_not_made_up_for() -> None:
    shop = timed(WEEKLY, since=THURSDAY + MINUTE)
    assert shop.sweep(THURSDAY + QUARTER) == Done({"not_due": 1})


def test_each_visitor_is_sent_to_when_their_own_clock_shows_it() -> None:
    shop = timed(EVERYBODY)
    went = shop.pass_time(FIRST - HOUR, FIRST + 30 * HOUR)
    assert went == [
        (FIRST, 1),
        (THURSDAY, 1),
        (at("2026-03-05T23:00:00Z"), 1),
        (at("2026-03-06T04:00:00Z"), 1),
    ]
    assert [run.scheduled_at for run in shop.mine()] == [FIRST]


def test_every_day_by_the_visitors_clocks_is_every_day_for_each() -> None:
    shop = timed(Schedule(cron="0 18 * * ? *", visitor_local=True), since=FIRST - HOUR)
    shop.pass_time(FIRST, FIRST + 3 * DAY - QUARTER)
    counted = {who: sum(who in request.url for request in shop.push.posts) for who in ZONES}
    assert counted == {"kiri": 3, "berta": 3, "nora": 3, "hon": 2}


def test_whose_moment_was_over_when_it_was_scheduled_are_left_out() -> None:
    shop = timed(EVERYBODY, since=THURSDAY - HOUR)
    went = shop.pass_time(THURSDAY - HOUR, FIRST + 30 * HOUR)
    assert [when for when, _ in went] == [THURSDAY, at("2026-03-05T23:00:00Z"), at("2026-03-06T04:00:00Z")]


@pytest.mark.parametrize(
    ("zone", "time", "day", "expected"),
    [
        pytest.param("America/New_York", "02:30", "2026-03-08", "2026-03-08T07:00:00Z", id="a leap over it"),
        pytest.param("America/New_York", "01:30", "2026-11-01", "2026-11-01T05:30:00Z", id="shown twice: the first"),
        pytest.param("Pacific/Auckland", "02:30", "2026-09-27", "2026-09-26T14:00:00Z", id="a leap in the east"),
        pytest.param("Asia/Kathmandu", "18:00", "2026-03-08", "2026-03-08T12:15:00Z", id="off the hour"),
    ],
)
def test_on_a_day_of_changing_clocks_each_visitor_gets_it_once(zone: str, time: str, day: str, expected: str) -> None:
    shop = Timed()
    shop.clock.now = at(f"{day}T00:00:00Z") - 2 * DAY
    shop.people(nora=zone)
    shop.schedule(Schedule(at=at(f"{day}T{time}:00Z"), time_zone="UTC", visitor_local=True))
    start = at(f"{day}T00:00:00Z") - DAY
    assert shop.pass_time(start, start + 3 * DAY) == [(at(expected), 1)]


@pytest.mark.parametrize(
    ("cron", "day", "expected"),
    [
        pytest.param("30 2 * * ? *", "2026-03-29", ["2026-03-29T01:00:00Z"], id="leapt over: just after it"),
        pytest.param("30 2 * * ? *", "2026-10-25", ["2026-10-25T00:30:00Z"], id="shown twice: the first"),
        pytest.param("0 18 * * ? *", "2026-10-25", ["2026-10-25T17:00:00Z"], id="an hour later in the world"),
    ],
)
def test_each_local_instant_of_a_recurrence_comes_once(cron: str, day: str, expected: list[str]) -> None:
    shop = Timed()
    start = at(f"{day}T00:00:00+01:00")
    shop.clock.now = start - DAY
    shop.people(berta="Europe/Berlin")
    shop.schedule(Schedule(cron=cron), since=start - 3 * HOUR)
    shop.pass_time(start - 3 * HOUR, start + 22 * HOUR)
    assert [run.scheduled_at for run in shop.mine()] == [at(one) for one in expected]


def test_each_goes_at_their_best_hour_within_the_day() -> None:
    shop = timed(replace(ONCE, best_hour=True))
    shop.fire(THURSDAY)
    (run,) = shop.mine()
    assert run.terms.best_hour


def test_nobody_gets_more_of_it_than_it_allows_them() -> None:
    terms = Terms(respect_caps=False, respect_quiet_hours=False, max_per_user=(2, 3 * DAY))
    shop = timed(Schedule(cron="0 18 * * ? *"), terms=terms, since=NOON)
    for day in range(4):
        assert shop.fire(THURSDAY + day * DAY) == "campaigns_started"
        shop.work()
    counted = {who: sum(who in request.url for request in shop.push.posts) for who in ZONES}
    assert counted == dict.fromkeys(ZONES, 3), "the first is three days old at the fourth"


def test_while_its_audience_is_built_it_waits_on_the_queue() -> None:
    shop = timed(ONCE, audience=CampaignAudience(include=(SegmentId("visited"),)))
    shop.segment("visited", {"event": "page_view"}, state="building")
    shop.clock.now = THURSDAY
    assert shop.firing.one(STORE, NAME, THURSDAY) == "campaigns_started"
    (message,) = shop.planning.take()
    assert shop.plan(read_plan(message.body)) == Later(10_000, "audience_building")
    assert shop.now_is.status == "sending"
    shop.drain_builds()
    assert shop.plan(read_plan(message.body)) == Done({"runs_planned": 1})
