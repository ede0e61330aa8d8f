"""A scenario that is on: whom it sends to, once for each firing, and whom it leaves alone."""

import pytest
from shopbell.app.delivery.plan import run_id
from shopbell.app.ends import Done, Handed
from shopbell.app.scenarios.enable import ScenarioChange
from shopbell.app.work import read_due, read_shard
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND
from shopbell.domain.errors import Conflict, NotFound, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.runs import Chunk

from tests.unit.app.shop import NOON, STORE, Shop

NAME = "we_missed_you"
SEGMENT = SegmentId("scenario-we_missed_you")
ON = ScenarioChange(enabled=True)


def enabled(shop: Shop, **parameters: Json) -> None:
    shop.enable(STORE, NAME, ScenarioChange(enabled=True, parameters={"send_time": "immediate", **parameters}))
    shop.drain_builds()


def tick(shop: Shop, at: int) -> None:
    """One minute's waking, then everything that arrives by `at`."""
    shop.wake()
    shop.clock.now = at
    for message in shop.due.take():
        shop.evaluate.wake(read_due(message.body))


def fire(shop: Shop, at: int) -> list[Chunk]:
    shop.run_scenario(NAME, at)
    return shop.page_all()


def test_what_this_release_cannot_run_cannot_be_switched_on() -> None:
    shop = Shop()
    with pytest.raises(Conflict):
        shop.enable(STORE, "bulk", ON)
    with pytest.raises(NotFound):
        shop.enable(STORE, "nothing", ON)
    with pytest.raises(NotFound):
        shop.enable(StoreId("elsewhere0"), NAME, ON)


@pytest.mark.parametrize("name", ["nothing", "bulk", "abandoned_cart"])
def test_only_scheduled_scenarios_are_run_by_a_schedule(name: str) -> None:
    with pytest.raises(Rejected):
        Shop().run_scenario(name, NOON)


def test_a_visitor_who_stays_away_is_sent_to_at_the_next_run_and_once() -> None:
    shop = Shop()
    enabled(shop)
    shop.subscribe("ann")
    shop.visit("ann", NOON - 30 * DAY + MINUTE)
    assert fire(shop, NOON) == []
    tick(shop, NOON + MINUTE)
    chunks = fire(shop, NOON + 5 * MINUTE)
    assert [one.visitor for chunk in chunks for one in chunk.recipients] == ["ann"]
    run = shop.runs.get(STORE, run_id(STORE, "scenario", NAME, NOON + 5 * MINUTE))
    assert run is not None
    assert (run.delivery.ttl, run.delivery.urgency, run.shards) == (2 * DAY, "low", 16)
    shop.send(chunks[0], Handed(), shop.left)
    assert len(shop.push.posts) == 1
    assert fire(shop, NOON + 10 * MINUTE) == []


def test_a_visitor_who_comes_a_second_before_is_never_sent_to() -> None:
    shop = Shop()
    enabled(shop)
    shop.subscribe("ann")
    shop.visit("ann", NOON - 30 * DAY + MINUTE)
    shop.clock.now = NOON + MINUTE - SECOND
    shop.visit("ann")
    tick(shop, NOON + MINUTE)
    assert fire(shop, NOON + 5 * MINUTE) == []
    assert shop.profile("ann") == set()


def test_whoever_comes_back_between_planning_and_sending_is_left_alone() -> None:
    shop = Shop()
    enabled(shop)
    shop.subscribe("ann")
    shop.visit("ann", NOON - 30 * DAY + MINUTE)
    tick(shop, NOON + MINUTE)
    (chunk,) = fire(shop, NOON + 5 * MINUTE)
    shop.visit("ann")
    assert shop.send(chunk, Handed(), shop.left) == Done({"skipped:exited": 1, "chunks_done": 1})
    assert shop.push.posts == []


def test_whoever_came_back_before_planning_is_counted_as_exited() -> None:
    shop = Shop()
    enabled(shop)
    shop.subscribe("ann")
    shop.visit("ann", NOON - 30 * DAY + MINUTE)
    tick(shop, NOON + MINUTE)
    shop.visit("ann")
    assert fire(shop, NOON + 5 * MINUTE) == []
    run = run_id(STORE, "scenario", NAME, NOON + 5 * MINUTE)
    assert sum(row.skipped.get("exited", 0) for row in shop.progress.shards(STORE, run)) == 1
    assert shop.candidates.stores(NAME, NOON + DAY) == frozenset()


def test_those_who_were_away_already_are_not_blasted_when_it_is_switched_on() -> None:
    shop = Shop()
    for number in range(20):
        shop.subscribe(f"v{number}")
        shop.visit(f"v{number}", NOON - 100 * DAY)
    enabled(shop)
    assert all(shop.profile(f"v{number}") == {SEGMENT} for number in range(20))
    tick(shop, NOON + MINUTE)
    assert fire(shop, NOON + 5 * MINUTE) == []


def test_those_who_were_away_already_are_sent_to_where_that_is_wanted_so_many_a_minute() -> None:
    shop = Shop()
    for number in range(20):
        shop.subscribe(f"v{number}")
        shop.visit(f"v{number}", NOON - 100 * DAY)
    enabled(shop, include_existing=True, ramp=2)
    due = [candidate.send_at - NOON for rows in shop.world.candidates.values() for candidate in rows.values()]
    assert len(due) == 20
    assert 0 <= min(due) < 5 * MINUTE < max(due) < 10 * MINUTE
    early = {one.visitor for chunk in fire(shop, NOON + 5 * MINUTE) for one in chunk.recipients}
    late = {one.visitor for chunk in fire(shop, NOON + 10 * MINUTE) for one in chunk.recipients}
    assert (len(early | late), early & late) == (20, set())
    enabled(shop, include_existing=True, ramp=2, priority=31)
    assert fire(shop, NOON + 15 * MINUTE) == []


@pytest.mark.parametrize("reason", ["bought", "unreachable"])
def test_recent_buyers_and_people_without_a_browser_make_no_candidate(reason: str) -> None:
    shop = Shop()
    enabled(shop)
    if reason == "bought":
        shop.subscribe("ann")
        shop.fold(shop.event("ann", "purchase", NOON - DAY, {"order_id": "1"}))
    shop.visit("ann", NOON - 30 * DAY + MINUTE)
    tick(shop, NOON + MINUTE)
    assert fire(shop, NOON + 5 * MINUTE) == []


def test_a_second_firing_for_the_same_time_makes_no_second_run() -> None:
    shop = Shop()
    enabled(shop)
    shop.subscribe("ann")
    shop.visit("ann", NOON - 30 * DAY + MINUTE)
    tick(shop, NOON + MINUTE)
    at = NOON + 5 * MINUTE
    assert shop.run_scenario(NAME, at) == Done({"runs_planned": 1})
    assert shop.run_scenario(NAME, at) == Done({"runs_planned_before": 1})
    assert len(shop.world.runs) == 1
    assert len(shop.page_all()) == 1


def test_a_crash_before_the_candidates_are_removed_sends_to_nobody_twice() -> None:
    shop = Shop()
    enabled(shop)
    shop.subscribe("ann")
    shop.visit("ann", NOON - 30 * DAY + MINUTE)
    tick(shop, NOON + MINUTE)
    waiting = dict(shop.world.candidates[NAME])
    assert len(fire(shop, NOON + 5 * MINUTE)) == 1
    shop.world.candidates[NAME].update(waiting)
    shop.run_scenario(NAME, NOON + 5 * MINUTE)
    assert shop.page_all() == []
    assert shop.candidates.stores(NAME, NOON + DAY) == frozenset()
    assert fire(shop, NOON + 10 * MINUTE) == []


def test_a_candidate_that_waited_for_a_day_is_dropped_as_expired() -> None:
    shop = Shop()
    enabled(shop)
    shop.subscribe("ann")
    shop.visit("ann", NOON - 30 * DAY + MINUTE)
    tick(shop, NOON + MINUTE)
    shop.clock.now = NOON + 25 * HOUR
    assert fire(shop, shop.clock.now) == []
    run = run_id(STORE, "scenario", NAME, shop.clock.now)
    assert sum(row.skipped.get("expired", 0) for row in shop.progress.shards(STORE, run)) == 1


def test_a_store_that_switched_it_off_is_passed_over() -> None:
    shop = Shop()
    enabled(shop)
    shop.subscribe("ann")
    shop.visit("ann", NOON - 30 * DAY + MINUTE)
    tick(shop, NOON + MINUTE)
    shop.enable(STORE, NAME, ScenarioChange(enabled=False))
    assert shop.run_scenario(NAME, NOON + 5 * MINUTE) == Done({"scenario_off": 1})


def test_each_shard_of_the_candidates_has_its_message() -> None:
    shop = Shop()
    enabled(shop)
    shop.subscribe("ann")
    shop.visit("ann", NOON - 30 * DAY + MINUTE)
    tick(shop, NOON + MINUTE)
    shop.run_scenario(NAME, NOON + 5 * MINUTE)
    assert [read_shard(one.body).shard for one in shop.audience_queue.messages] == list(range(16))
