"""Scenarios of the store's own calendar: planned once an instant, made up for, never two at a time."""

from dataclasses import replace

import pytest
from shopbell.app.delivery.plan import run_id
from shopbell.app.ends import Done, Handed
from shopbell.app.scenarios.enable import ScenarioChange
from shopbell.app.work import read_shard
from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant, format_instant, parse_instant
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.runs import Audience, Run
from shopbell.domain.scenarios.settings import ScenarioSettings

from tests.unit.app.shop import NOON, STORE, Shop

NAME = "new_arrivals"
QUARTER = 15 * MINUTE
PLANNED, NOTHING = Done({"runs_planned": 1}), Done({"not_due": 1})


def at(text: str) -> Instant:
    return parse_instant(text)[0]


TUESDAY = at("2026-03-03T17:00:00Z")
"""18:00 in Berlin."""


def shop_in(zone: str = "Europe/Berlin", *, shards: int = 1, since: Instant = NOON, **parameters: Json) -> Shop:
    """On since Monday noon, with one visitor who was here then."""
    shop = Shop(shards=shards)
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], time_zone=zone)
    shop.subscribe("ann")
    shop.visit("ann")
    switch_on(shop, since, **parameters)
    return shop


def switch_on(shop: Shop, since: Instant, **parameters: Json) -> None:
    shop.enable(STORE, NAME, ScenarioChange(enabled=True, parameters=parameters))
    shop.drain_builds()
    settings = shop.scenarios.get(STORE, NAME)
    assert settings is not None
    shop.scenarios.save(replace(settings, since=since))


def fire(shop: Shop, when: Instant) -> Done:
    shop.clock.now = when
    return shop.run_scenario(NAME, when)


def firings(shop: Shop, start: Instant, end: Instant) -> dict[str, Done]:
    """What each quarter of an hour answered, those left out that had nothing to do."""
    found = {format_instant(when): fire(shop, when) for when in range(start, end + 1, QUARTER)}
    return {when: done for when, done in found.items() if done != NOTHING}


def the_run(shop: Shop, when: Instant) -> Run | None:
    return shop.runs.get(STORE, run_id(STORE, "scenario", NAME, when))


def finish(shop: Shop) -> None:
    for chunk in shop.page_all():
        shop.send(chunk, Handed(), shop.left)


def test_the_members_of_the_hidden_segment_are_planned_when_the_local_time_has_come() -> None:
    shop = shop_in()
    assert fire(shop, TUESDAY - QUARTER) == NOTHING
    assert fire(shop, TUESDAY) == PLANNED
    run = the_run(shop, TUESDAY)
    assert run is not None
    assert run.audience == Audience(include=(SegmentId(f"scenario-{NAME}"),))
    assert (run.terms.message_class, run.terms.priority, run.terms.cooldown) == ("promo", 25, 6 * DAY)
    assert run.terms.products.algorithm == "new_arrivals"
    assert [one.visitor for chunk in shop.page_all() for one in chunk.recipients] == ["ann"]


def test_a_second_firing_of_the_same_instant_makes_nothing() -> None:
    shop = shop_in()
    assert fire(shop, TUESDAY) == PLANNED
    shop.page_all()
    assert fire(shop, TUESDAY) == NOTHING
    assert len(shop.world.runs) == 1
    assert not shop.audience_queue.messages


def test_whoever_died_between_the_run_and_its_messages_is_followed_by_one_who_puts_them_out() -> None:
    shop = shop_in(shards=64)
    assert fire(shop, TUESDAY) == PLANNED
    shop.audience_queue.take()
    assert fire(shop, TUESDAY + QUARTER) == Done({"runs_planned_before": 1})
    assert [read_shard(one.body).shard for one in shop.audience_queue.messages] == list(range(64))
    shop.page_all()
    assert fire(shop, TUESDAY + 2 * QUARTER) == NOTHING


@pytest.mark.parametrize(
    ("zone", "time", "weekday", "day", "expected"),
    [
        pytest.param("Europe/Berlin", "18:00", "daily", "2026-03-29", "2026-03-29T16:00:00Z", id="berlin, spring"),
        pytest.param("Europe/Berlin", "02:30", "daily", "2026-03-29", "2026-03-29T01:00:00Z", id="berlin, no 02:30"),
        pytest.param(
            "Europe/Berlin", "02:30", "daily", "2026-10-25", "2026-10-25T00:30:00Z", id="berlin, 02:30 twice"
        ),
        pytest.param(
            "America/New_York", "18:00", "sunday", "2026-03-08", "2026-03-08T22:00:00Z", id="new york, spring"
        ),
        pytest.param(
            "America/New_York", "01:30", "daily", "2026-11-01", "2026-11-01T05:30:00Z", id="new york, 01:30 twice"
        ),
        pytest.param("Asia/Kathmandu", "18:10", "daily", "2026-03-10", "2026-03-10T12:25:00Z", id="off the quarter"),
    ],
)
def test_on_a_day_of_changing_clocks_there_is_one_run(
    zone: str, time: str, weekday: str, day: str, expected: str
) -> None:
    start = at(f"{day}T00:00:00Z") + (4 * HOUR if zone == "America/New_York" else 0)
    shop = shop_in(zone, since=start, time=time, weekday=weekday)
    firings(shop, start, start + 23 * HOUR)
    (run,) = shop.world.runs.values()
    assert format_instant(run.scheduled_at) == expected


def test_a_run_that_was_missed_is_made_up_for_within_its_lateness() -> None:
    shop = shop_in()
    late = TUESDAY + 6 * HOUR - QUARTER
    assert fire(shop, late) == PLANNED
    run = the_run(shop, TUESDAY)
    assert run is not None
    assert (run.scheduled_at, run.created_at, run.ends_at) == (TUESDAY, late, TUESDAY + DAY)


def test_later_than_that_it_is_counted_as_missed_once_and_sends_nothing() -> None:
    shop = shop_in()
    found = firings(shop, TUESDAY + 6 * HOUR, TUESDAY + 7 * DAY)
    assert found == {
        format_instant(TUESDAY + 6 * HOUR): Done({"missed": 1}),
        format_instant(TUESDAY + 7 * DAY): PLANNED,
    }
    missed = the_run(shop, TUESDAY)
    assert missed is not None
    assert (missed.state, missed.given_up, missed.shards) == ("cancelled", "missed", 0)


def test_a_marketer_says_how_late_is_too_late() -> None:
    shop = shop_in(max_lateness="PT30M")
    assert fire(shop, TUESDAY + 2 * QUARTER) == Done({"missed": 1})


def test_a_firing_that_is_itself_handed_over_late_is_late() -> None:
    shop = shop_in()
    shop.clock.now = TUESDAY + 7 * HOUR
    assert shop.run_scenario(NAME, TUESDAY) == Done({"missed": 1})


def test_what_was_due_before_it_was_switched_on_is_not_made_up_for() -> None:
    shop = shop_in(since=TUESDAY + MINUTE)
    assert firings(shop, TUESDAY + QUARTER, TUESDAY + DAY) == {}
    assert shop.world.runs == {}


def test_while_the_hidden_segment_is_built_it_waits_for_the_next_quarter() -> None:
    shop = shop_in()
    segment = shop.segments.get(STORE, SegmentId(f"scenario-{NAME}"))
    assert segment is not None
    shop.segments.save(replace(segment, state="building", revision=segment.revision + 1), expected=segment.revision)
    assert fire(shop, TUESDAY) == Done({"audience_building": 1})
    shop.build(STORE)
    shop.drain_builds()
    assert fire(shop, TUESDAY + QUARTER) == PLANNED


@pytest.mark.parametrize("planned", [False, True], ids=["not planned yet", "planned and not sent"])
def test_a_run_that_is_still_sending_makes_the_next_one_stand_back(*, planned: bool) -> None:
    shop = shop_in(weekday="daily", ttl="P7D")
    assert fire(shop, TUESDAY) == PLANNED
    if planned:
        assert shop.page_all()
    else:
        shop.audience_queue.take()
    tomorrow = TUESDAY + DAY
    assert fire(shop, tomorrow) == Done({"skipped_overlapping": 1})
    assert fire(shop, tomorrow + QUARTER) == NOTHING
    skipped = the_run(shop, tomorrow)
    assert skipped is not None
    assert (skipped.state, skipped.given_up) == ("cancelled", "skipped_overlapping")


@pytest.mark.parametrize("how", ["sent", "cancelled", "ended"])
def test_a_run_that_is_over_lets_the_next_one_go(how: str) -> None:
    shop = shop_in(weekday="daily", ttl="P1D" if how == "ended" else "P7D")
    assert fire(shop, TUESDAY) == PLANNED
    run = the_run(shop, TUESDAY)
    assert run is not None
    if how == "sent":
        finish(shop)
    if how == "cancelled":
        shop.runs.set_state(STORE, run.id, "cancelled")
    assert fire(shop, TUESDAY + DAY) == PLANNED


def test_stores_are_planned_each_by_its_own_clock_and_one_with_wrong_settings_stops_no_other() -> None:
    shop = shop_in()
    home, settings = shop.world.stores[STORE], shop.scenarios.get(STORE, NAME)
    segment = shop.segments.get(STORE, SegmentId(f"scenario-{NAME}"))
    assert settings is not None
    assert segment is not None
    for name, zone in (("newyork001", "America/New_York"), ("wrong00001", "UTC")):
        there = StoreId(name)
        shop.world.stores[there] = replace(home, id=there, time_zone=zone)
        wrong = {"time": "late"} if name.startswith("wrong") else {}
        shop.scenarios.save(ScenarioSettings(there, NAME, enabled=True, parameters=wrong, since=NOON))
        shop.segments.save(replace(segment, store=there, revision=1), expected=None)
    assert fire(shop, TUESDAY) == Done({"settings_refused": 1, "runs_planned": 1, "not_due": 1})
    assert fire(shop, at("2026-03-03T23:00:00Z")).counts["runs_planned"] == 1


def test_a_store_that_switched_it_off_has_no_firing() -> None:
    shop = shop_in()
    shop.enable(STORE, NAME, ScenarioChange(enabled=False))
    assert fire(shop, TUESDAY) == Done({"nothing_due": 1})


def saved_since(shop: Shop, when: Instant, *, enabled: bool = True, **parameters: Json) -> Instant:
    shop.clock.now = when
    shop.enable(STORE, NAME, ScenarioChange(enabled=enabled, parameters=parameters))
    settings = shop.scenarios.get(STORE, NAME)
    assert settings is not None
    return settings.since


def test_instants_count_from_when_it_was_switched_on_or_its_calendar_changed() -> None:
    shop = Shop()
    assert saved_since(shop, NOON) == NOON
    assert saved_since(shop, NOON + HOUR, n_days=20) == NOON
    assert saved_since(shop, NOON + 2 * HOUR, time="10:00") == NOON + 2 * HOUR
    assert saved_since(shop, NOON + 3 * HOUR, time="10:00", weekday="daily") == NOON + 3 * HOUR
    saved_since(shop, NOON + 4 * HOUR, enabled=False)
    assert saved_since(shop, NOON + 5 * HOUR, time="10:00", weekday="daily") == NOON + 5 * HOUR


def paused(shop: Shop, since: Instant, until: Instant | None = None) -> None:
    """The store sends nothing from then on, or has sent nothing until then."""
    row = shop.world.stores[STORE]
    now = replace(row, sending="paused", paused_at=since)
    if until is not None:
        now = replace(row, sending="on", paused_at=None, pauses=((since, until),))
    shop.world.stores[STORE] = now


@pytest.mark.parametrize("late", [HOUR, 6 * HOUR - QUARTER])
def test_in_a_pause_of_the_store_it_waits_and_is_made_up_for_as_ever(late: int) -> None:
    shop = shop_in()
    paused(shop, TUESDAY - HOUR)
    for when in range(TUESDAY, TUESDAY + late, QUARTER):
        assert fire(shop, when) == Done({"sending_paused": 1})
    assert the_run(shop, TUESDAY) is None
    paused(shop, TUESDAY - HOUR, TUESDAY + late)
    assert fire(shop, TUESDAY + late) == PLANNED


@pytest.mark.parametrize("over", [False, True], ids=["it goes on", "it is over"])
def test_what_a_pause_of_the_store_made_too_late_is_given_up_for_it(over: bool) -> None:
    shop = shop_in()
    paused(shop, TUESDAY - HOUR, TUESDAY + 7 * HOUR if over else None)
    assert fire(shop, TUESDAY + 7 * HOUR) == Done({"skipped_paused": 1})
    found = the_run(shop, TUESDAY)
    assert found is not None
    assert (found.state, found.given_up) == ("cancelled", "skipped_paused")
    assert fire(shop, TUESDAY + 8 * HOUR) == NOTHING


def test_of_the_days_of_a_pause_at_most_the_last_one_is_made_up_for() -> None:
    shop = shop_in(cron="0 18 * * ? *")
    paused(shop, TUESDAY - HOUR)
    outcomes = firings(shop, TUESDAY, TUESDAY + 3 * DAY + HOUR)
    assert {name for done in outcomes.values() for name in done.counts} == {"sending_paused", "skipped_paused"}
    paused(shop, TUESDAY - HOUR, TUESDAY + 3 * DAY + HOUR)
    assert fire(shop, TUESDAY + 3 * DAY + HOUR) == PLANNED
    assert [run.given_up for run in shop.world.runs.values()] == ["skipped_paused"] * 3 + [None]
