"""Times of a marketer's own: a recurrence, one instant, and what each visitor's own clock shows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.schedules import MemoryOwnSchedules
from shopbell.app.ends import Done, Handed
from shopbell.app.nowwork import read_now
from shopbell.app.scenarios.enable import ScenarioChange
from shopbell.app.work import read_due
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND, Instant, parse_instant
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import VisitorId
from shopbell.domain.incoming.stores import StorePatchIn
from shopbell.domain.profile import Trait
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.ownschedule import OwnSchedule

from tests.unit.app.enabling import calendar
from tests.unit.app.shop import NOON, STORE, Shop

NAME = "push_recommendation"
QUARTER = 15 * MINUTE
PLANNED, NOTHING = Done({"runs_planned": 1}), Done({"not_due": 1})


def at(text: str) -> Instant:
    return parse_instant(text)[0]


THURSDAY, FIRST = at("2026-03-05T17:00:00Z"), at("2026-03-05T04:00:00Z")
"""18:00 in Berlin, and where the day begins."""


def shop_with(**parameters: Any) -> Shop:
    """In Berlin, on since Monday noon, with quiet hours out of the way."""
    shop = Shop()
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], time_zone="Europe/Berlin", caps=())
    for visitor, zone in ZONES.items():
        shop.subscribe(visitor)
        profile = shop.world.profiles[STORE, VisitorId(visitor)]
        named = Trait(NOON, "zone", zone)
        shop.world.profiles[STORE, profile.visitor] = replace(profile, traits={"time_zone": named})
    put(shop, **parameters)
    return shop


ZONES: Mapping[str, str] = {
    "kiri": "Pacific/Kiritimati",
    "berta": "Europe/Berlin",
    "nora": "America/New_York",
    "hon": "Pacific/Honolulu",
}


def put(shop: Shop, *, enabled: bool = True, **parameters: Any) -> None:
    given = {"algorithm": "none", "fallback_max_level": 5, "quiet_hours": "ignore", **parameters}
    shop.enable(STORE, NAME, ScenarioChange(enabled=enabled, parameters=given))
    shop.drain_builds()


def fire(shop: Shop, when: Instant, *, own: bool = False) -> Done:
    shop.clock.now = when
    return shop.run_scenario(NAME, when, STORE if own else None)


def schedule(shop: Shop) -> tuple[str, str] | None:
    found = MemoryOwnSchedules(shop.world).get(STORE, NAME)
    return None if found is None else (found.expression, found.zone)


def runs(shop: Shop) -> list[Run]:
    return sorted(shop.world.runs.values(), key=lambda run: run.scheduled_at)


def work(shop: Shop) -> None:
    """Pages, sends, and wakes whoever waits."""
    for chunk in shop.page_all():
        shop.send(chunk, Handed(), shop.left)
    shop.wake()
    for message in shop.due.take():
        due = read_due(message.body)
        if due.at <= shop.clock.now:
            shop.evaluate.wake(due)
    for message in shop.send_now_queue.take():
        shop.send_now(read_now(message.body), Handed(), shop.left)


def pass_time(shop: Shop, start: Instant, end: Instant) -> list[tuple[Instant, int]]:
    """Each quarter of an hour from `start` to `end`: when how many pushes went."""
    went = []
    for when in range(start, end + 1, QUARTER):
        before = len(shop.push.posts)
        fire(shop, when)
        work(shop)
        if len(shop.push.posts) > before:
            went.append((when, len(shop.push.posts) - before))
    return went


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({"cron": "0 18 ? * THU *"}, ("cron(0 18 ? * THU *)", "Europe/Berlin"), id="a recurrence"),
        pytest.param(
            {"cron": "0 18 ? * THU *", "time_zone": "visitor"},
            ("cron(0 18 ? * THU *)", "Pacific/Kiritimati"),
            id="by the visitors' clocks: by the first of them",
        ),
        pytest.param({"at": "2026-03-05T18:00:00+01:00"}, ("at(2026-03-05T17:00:00)", "UTC"), id="one instant"),
        pytest.param(
            {"at": "2026-03-05T18:00:00+01:00", "time_zone": "visitor"},
            ("at(2026-03-05T04:00:00)", "UTC"),
            id="one time of everybody's day",
        ),
        pytest.param({"weekday": "thursday"}, None, id="a day of the week needs none"),
    ],
)
def test_a_time_of_ones_own_is_a_schedule_of_ones_own(
    parameters: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    assert schedule(shop_with(**parameters)) == expected


def test_it_goes_when_it_is_switched_off_and_moves_with_the_settings() -> None:
    shop = shop_with(cron="0 18 ? * THU *")
    put(shop, cron="30 9 1 * ? *")
    assert schedule(shop) == ("cron(30 9 1 * ? *)", "Europe/Berlin")
    put(shop, enabled=False, cron="30 9 1 * ? *")
    assert schedule(shop) is None
    put(shop, cron="30 9 1 * ? *")
    put(shop)
    assert schedule(shop) is None, "a day of the week again"


def test_a_store_that_moves_takes_its_schedules_along() -> None:
    shop = shop_with(cron="0 18 ? * THU *")
    moved = replace(shop.world.stores[STORE], time_zone="America/New_York")
    shop.world.stores[STORE] = moved
    calendar(shop.world, shop.clock).moved(moved)
    assert schedule(shop) == ("cron(0 18 ? * THU *)", "America/New_York")
    assert StorePatchIn(time_zone="America/New_York").time_zone == moved.time_zone


def test_a_schedule_of_its_own_starts_the_run_to_the_minute() -> None:
    shop = shop_with(cron="7 18 ? * THU *")
    when = THURSDAY + 7 * MINUTE
    assert fire(shop, when, own=True) == PLANNED
    work(shop)
    assert fire(shop, when + 8 * MINUTE) == NOTHING, "the schedule of all stores finds it there"
    assert [run.scheduled_at for run in runs(shop)] == [when]


def test_without_its_schedule_the_one_of_all_stores_starts_it_within_a_quarter_of_an_hour() -> None:
    shop = shop_with(cron="7 18 ? * THU *")
    MemoryOwnSchedules(shop.world).remove(STORE, NAME)  # whoever was to make it died
    assert fire(shop, THURSDAY) == NOTHING
    assert fire(shop, THURSDAY + QUARTER) == PLANNED
    assert [run.scheduled_at for run in runs(shop)] == [THURSDAY + 7 * MINUTE]


def test_an_instant_too_near_for_a_schedule_to_stand_in_time_is_caught_up_within_a_minute() -> None:
    shop = shop_with()
    shop.clock.now = THURSDAY - 40 * SECOND
    put(shop, at="2026-03-05T18:00:00+01:00")
    late = "2026-03-05T17:00:20"
    assert schedule(shop) == (f"at({late})", "UTC")
    assert fire(shop, at(late + "Z"), own=True) == PLANNED
    assert [run.scheduled_at for run in runs(shop)] == [THURSDAY]


def test_a_schedule_never_fires_before_its_instant() -> None:
    shop = shop_with()
    shop.clock.now = THURSDAY - 40 * SECOND + 1
    put(shop, at="2026-03-05T18:00:00+01:00")
    assert schedule(shop) == ("at(2026-03-05T17:00:21)", "UTC")


def test_a_schedule_that_was_left_behind_starts_nothing() -> None:
    shop = shop_with(cron="0 18 ? * THU *")
    put(shop, enabled=False)
    MemoryOwnSchedules(shop.world).put(OwnSchedule(STORE, NAME, "cron(0 18 ? * THU *)", "Europe/Berlin"))
    assert fire(shop, THURSDAY, own=True) == Done({"scenario_off": 1})
    put(shop, cron="0 9 ? * FRI *")
    assert fire(shop, THURSDAY, own=True) == NOTHING


def test_one_instant_is_planned_once() -> None:
    shop = shop_with(at="2026-03-05T18:00:00+01:00")
    assert fire(shop, THURSDAY, own=True) == PLANNED
    work(shop)
    assert len(shop.push.posts) == len(ZONES)
    assert fire(shop, THURSDAY + 7 * DAY) == NOTHING
    put(shop, at="2026-03-05T18:00:00+01:00", priority=30)
    assert schedule(shop) is None, "it is over, and may stay in the settings"


def test_a_recurrence_that_never_comes_is_not_asked_for() -> None:
    for never in ("0 18 ? * THU 2020", "0 12 24 DEC ? 2025"):
        with pytest.raises(Rejected, match=r"parameters\.cron"):
            shop_with(cron=never)


def test_one_instant_that_is_over_is_not_asked_for() -> None:
    with pytest.raises(Rejected, match=r"parameters\.at"):
        shop_with(at="2026-03-02T12:00:00Z")
    shop = shop_with(at="2026-03-05T18:00:00+01:00")
    with pytest.raises(Rejected, match=r"parameters\.at"):
        put(shop, at="2026-03-01T18:00:00Z")


def test_each_visitor_is_sent_to_when_their_own_clock_shows_it() -> None:
    shop = shop_with(time_zone="visitor")
    went = pass_time(shop, FIRST - HOUR, FIRST + 30 * HOUR)
    assert went == [
        (FIRST, 1),
        (at("2026-03-05T17:00:00Z"), 1),
        (at("2026-03-05T23:00:00Z"), 1),
        (at("2026-03-06T04:00:00Z"), 1),
    ]
    (run,) = runs(shop)
    assert run.scheduled_at == FIRST


def test_every_day_by_the_visitors_clocks_is_every_day_for_each() -> None:
    shop = shop_with(time_zone="visitor", weekday="daily", exclude_shown=None)
    pass_time(shop, FIRST, FIRST + 3 * DAY - QUARTER)
    to = [request.url for request in shop.push.posts]
    counted = {visitor: sum(visitor in url for url in to) for visitor in ZONES}
    assert counted == {"kiri": 3, "berta": 3, "nora": 3, "hon": 2}
    assert len({run.id for run in runs(shop)}) == len(runs(shop))


@pytest.mark.parametrize(
    ("zone", "time", "day", "expected"),
    [
        pytest.param("America/New_York", "02:30", "2026-03-08", "2026-03-08T07:00:00Z", id="a leap over it"),
        pytest.param("America/New_York", "01:30", "2026-11-01", "2026-11-01T05:30:00Z", id="shown twice: the first"),
        pytest.param("America/New_York", "18:00", "2026-03-08", "2026-03-08T22:00:00Z", id="an hour earlier"),
        pytest.param("Pacific/Auckland", "02:30", "2026-09-27", "2026-09-26T14:00:00Z", id="a leap in the east"),
        pytest.param("Asia/Kathmandu", "18:00", "2026-03-08", "2026-03-08T12:15:00Z", id="off the hour"),
    ],
)
def test_on_a_day_of_changing_clocks_each_visitor_gets_it_once(zone: str, time: str, day: str, expected: str) -> None:
    shop = shop_with()
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], time_zone="UTC")
    who = shop.world.profiles[STORE, VisitorId("nora")]
    shop.world.profiles = {(STORE, who.visitor): replace(who, traits={"time_zone": Trait(NOON, "z", zone)})}
    shop.clock.now = at(f"{day}T00:00:00Z") - 2 * DAY
    put(shop, at=f"{day}T{time}:00+00:00", time_zone="visitor")
    start = at(f"{day}T00:00:00Z") - DAY
    assert pass_time(shop, start, start + 3 * DAY) == [(at(expected), 1)]


def test_whose_time_was_over_when_it_was_switched_on_are_left_out() -> None:
    shop = shop_with()
    put(shop, enabled=False)
    shop.clock.now = at("2026-03-05T20:00:00Z")
    put(shop, time_zone="visitor")
    went = pass_time(shop, at("2026-03-05T20:00:00Z"), FIRST + 30 * HOUR)
    assert [when for when, _ in went] == [at("2026-03-05T23:00:00Z"), at("2026-03-06T04:00:00Z")]


@pytest.mark.parametrize("how", ["switched off", "moved"])
def test_who_still_waits_gets_nothing_once_it_is_not_asked_for(how: str) -> None:
    shop = shop_with(time_zone="visitor")
    assert len(pass_time(shop, FIRST, THURSDAY)) == 2
    if how == "switched off":
        put(shop, enabled=False, time_zone="visitor")
    else:
        put(shop, time_zone="visitor", weekday="monday")
    assert pass_time(shop, THURSDAY + QUARTER, FIRST + 30 * HOUR) == []


def test_other_settings_leave_who_waits_alone() -> None:
    shop = shop_with(time_zone="visitor")
    pass_time(shop, FIRST, THURSDAY)
    put(shop, time_zone="visitor", priority=30)
    assert len(pass_time(shop, THURSDAY + QUARTER, FIRST + 30 * HOUR)) == 2


def test_planned_late_it_goes_at_once_to_whose_time_is_not_long_over() -> None:
    shop = shop_with(time_zone="visitor")
    went = pass_time(shop, FIRST + 5 * HOUR, FIRST + 30 * HOUR)
    assert went[0] == (FIRST + 5 * HOUR, 1)
    shop = shop_with(time_zone="visitor")
    went = pass_time(shop, FIRST + 7 * HOUR, FIRST + 30 * HOUR)
    assert went[0][0] == THURSDAY, "seven hours late is too late for the first, and for no other"


def test_who_moves_west_while_waiting_waits_longer_and_gets_it_once() -> None:
    shop = shop_with(time_zone="visitor")
    pass_time(shop, FIRST, THURSDAY - QUARTER)
    who = shop.world.profiles[STORE, VisitorId("berta")]
    moved = replace(who, traits={"time_zone": Trait(THURSDAY, "x", "America/New_York")}, version=who.version + 1)
    shop.world.profiles[STORE, who.visitor] = moved
    pass_time(shop, THURSDAY, FIRST + 30 * HOUR)
    assert sum("berta" in request.url for request in shop.push.posts) == 1
