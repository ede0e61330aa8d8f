"""Building live rules over visitors who were there before: everyone once, from checkpoints, active at the end."""

from dataclasses import replace

import pytest
from shopbell.app.building import build_id, percent
from shopbell.app.ends import Done
from shopbell.app.work import MAX_HOPS, BuildWork, read_build
from shopbell.domain.clock import DAY
from shopbell.domain.errors import NotFound, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.runs import ShardProgress

from tests.unit.app.shop import NOON, STORE, Shop

VISITED: Json = {"event": "page_view"}


def crowd(shop: Shop, size: int) -> list[str]:
    names = [f"v{number:03d}" for number in range(size)]
    for name in names:
        shop.visit(name, NOON - DAY)
    return names


def state(shop: Shop, segment: str) -> str:
    row = shop.segments.get(STORE, SegmentId(segment))
    assert row is not None
    return row.state


@pytest.mark.parametrize("shards", [1, 64])
def test_visitors_who_were_there_before_become_members(shards: int) -> None:
    shop = Shop(shards=shards)
    names = crowd(shop, 130)
    shop.segment("visited", VISITED)
    assert state(shop, "visited") == "active"
    assert all(shop.profile(name) == {"visited"} for name in names)
    assert {line.flip.cause for name in names for line in shop.log(name)} == {"definition"}


def test_a_store_without_visitors_is_built_at_once() -> None:
    shop = Shop(shards=64)
    shop.segment("visited", VISITED)
    assert state(shop, "visited") == "active"
    row = shop.segments.get(STORE, SegmentId("visited"))
    assert row is not None
    assert row.last_verified_at == NOON


def test_until_the_last_shard_is_done_the_segment_is_building() -> None:
    shop = Shop(shards=64)
    crowd(shop, 20)
    shop.segment("visited", VISITED, state="building")
    first, *others = shop.rebuild_queue.take()
    shop.rebuild(read_build(first.body), shop.left)
    assert state(shop, "visited") == "building"
    for message in others:
        shop.rebuild(read_build(message.body), shop.left)
    assert state(shop, "visited") == "active"


def test_a_worker_without_time_hands_on_and_the_next_goes_on_from_the_checkpoint() -> None:
    shop = Shop()
    crowd(shop, 120)
    shop.segment("visited", VISITED, state="building")
    ticks = iter([60_000, 60_000, 0])
    (message,) = shop.rebuild_queue.take()
    assert shop.rebuild(read_build(message.body), lambda: next(ticks)).counts["build_handed_on"] == 1
    row = shop.segments.get(STORE, SegmentId("visited"))
    assert row is not None
    assert (row.state, row.build_percent) == ("building", 80)
    (message,) = shop.rebuild_queue.take()
    work = read_build(message.body)
    assert work.hops == 1
    assert shop.rebuild(work, shop.left).counts["visitors_built"] == 20
    assert state(shop, "visited") == "active"


def test_a_message_that_comes_twice_builds_nothing_twice() -> None:
    shop = Shop()
    crowd(shop, 10)
    shop.segment("visited", VISITED, state="building")
    (message,) = shop.rebuild_queue.take()
    shop.rebuild(read_build(message.body), shop.left)
    assert shop.rebuild(read_build(message.body), shop.left) == Done({"shards_built": 1})


def test_a_newer_build_takes_the_place_of_an_older_one() -> None:
    shop = Shop()
    crowd(shop, 10)
    shop.segment("visited", VISITED, state="building")
    old = read_build(shop.rebuild_queue.take()[0].body)
    shop.segment("looked", {"event": "product_view"}, state="building")
    assert shop.rebuild(old, shop.left) == Done({"build_superseded": 1})
    shop.drain_builds()
    assert (state(shop, "visited"), state(shop, "looked")) == ("active", "active")


def test_a_build_goes_on_when_rules_changed_without_a_new_build() -> None:
    shop = Shop()
    crowd(shop, 10)
    shop.segment("looked", {"event": "product_view"})
    shop.segment("visited", VISITED, state="building")
    paused = shop.segments.get(STORE, SegmentId("looked"))
    assert paused is not None
    shop.segments.save(replace(paused, state="paused", revision=paused.revision + 1), expected=paused.revision)
    assert shop.segments.rules_version(STORE) > read_build(shop.rebuild_queue.messages[0].body).version
    shop.drain_builds()
    assert (state(shop, "visited"), state(shop, "looked")) == ("active", "paused")


def test_asking_again_for_a_build_asks_only_for_what_is_left() -> None:
    shop = Shop(shards=64)
    shop.segment("visited", VISITED, state="building")
    for message in shop.rebuild_queue.take()[:60]:
        shop.rebuild(read_build(message.body), shop.left)
    shop.build(STORE)
    assert len(shop.rebuild_queue.messages) == 4
    shop.drain_builds()
    assert state(shop, "visited") == "active"


def test_a_build_that_goes_round_in_circles_is_refused() -> None:
    shop = Shop()
    crowd(shop, 1)
    version = shop.segments.rules_version(STORE)
    with pytest.raises(Rejected):
        shop.rebuild(BuildWork(STORE, version, 0, None, MAX_HOPS), lambda: 0)


def test_nobody_builds_for_a_store_that_is_not_there() -> None:
    shop = Shop()
    with pytest.raises(NotFound):
        shop.build(StoreId("elsewhere0"))
    assert shop.rebuild(BuildWork(StoreId("elsewhere0"), 1, 0), shop.left) == Done({"build_store_gone": 1})


def test_percent_is_the_mean_over_the_shards() -> None:
    rows = [ShardProgress(0, 5, None, done=True), ShardProgress(1, 5, "500|x", done=False)]
    assert (percent(rows), percent([]), build_id(7)) == (75, 0, "build-7")
