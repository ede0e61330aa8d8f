"""So many messages a minute and no more: when each chunk has its turn, and what a pause does to them."""

from collections import Counter
from dataclasses import replace
from heapq import heapify, heappop, heappush
from random import Random

import pytest
from shopbell.app.delivery.releasing import chunk_size, paced
from shopbell.app.ends import Done, Handed, Later
from shopbell.app.work import read_chunk, read_shard
from shopbell.domain.clock import HOUR, MINUTE, SECOND
from shopbell.domain.ids import SubscriptionId, VisitorId
from shopbell.domain.runs import Chunk, DeliveryOptions, Recipient, Run, ShardProgress

from tests.unit.app.shop import NOON, STORE, Shop


def limited(run: Run, per_minute: int, shards: int = 1) -> Run:
    return replace(run, delivery=DeliveryOptions(per_minute=per_minute), shards=shards)


def turns(run: Run, of_each_shard: int) -> Counter[int]:
    """How many messages of all shards have their turn at each instant."""
    found, size = Counter[int](), chunk_size(run)
    for shard in range(run.shards):
        planned = 0
        while planned < of_each_shard:
            people = min(size, of_each_shard - planned)
            who = (Recipient(VisitorId("v"), SubscriptionId("s")),) * people
            row = ShardProgress(shard, planned, None, done=False)
            for chunk in paced(run, row, [Chunk(STORE, run.id, "c", "fcm", who)]):
                found[chunk.not_before] += people
            planned += people
    return found


@pytest.mark.parametrize(
    ("per_minute", "shards", "each"),
    [(1, 1, 5), (60, 1, 900), (1_000, 64, 2_000), (10, 64, 3), (7, 16, 40), (100_000, 256, 3_000), (499, 4, 1_203)],
)
def test_no_minute_sees_more_than_the_limit_and_one_chunk_and_the_whole_takes_no_longer_than_it_must(
    per_minute: int, shards: int, each: int
) -> None:
    run = limited(Shop().run(), per_minute, shards)
    found = turns(run, each)
    instants = sorted(found)
    for begin in instants:
        inside = sum(found[at] for at in instants if begin <= at < begin + MINUTE)
        assert inside <= per_minute + chunk_size(run)
    assert sum(found.values()) == shards * each
    latest = shards * each / per_minute * MINUTE + shards * chunk_size(run) / per_minute * MINUTE
    assert instants[0] == run.created_at
    assert instants[-1] <= run.created_at + latest


def planned(per_minute: int, people: int) -> tuple[Shop, Run]:
    shop = Shop()
    for number in range(people):
        shop.subscribe(f"v{number:03d}")
    run = shop.run()
    shop.world.runs[STORE, run.id] = limited(run, per_minute)
    return shop, run


def test_the_queue_holds_a_chunk_back_for_as_long_as_it_can_and_the_worker_for_the_rest() -> None:
    shop, _ = planned(1, 20)
    for message in shop.audience_queue.take():
        shop.page(read_shard(message.body), Handed(), shop.left)
    messages = shop.chunks.take()
    assert [message.delay for message in messages] == [min(900, place * 60) for place in range(20)]
    last = read_chunk(messages[-1].body)
    end = shop.send(last, Handed(), shop.left)
    assert isinstance(end, Later)
    assert (end.reason, end.wait, shop.push.posts) == ("not_its_turn", 19 * MINUTE, [])
    shop.clock.now += 19 * MINUTE
    assert isinstance(shop.send(last, Handed(), shop.left), Done)


def test_a_run_that_was_paused_does_not_make_up_for_it_all_at_once() -> None:
    shop, run = planned(60, 1)
    chunk = replace(shop.page_all()[0], not_before=NOON + MINUTE)
    shop.runs.set_state(STORE, run.id, "paused")
    shop.clock.now += HOUR
    shop.runs.set_state(STORE, run.id, "sending", HOUR)
    end = shop.send(chunk, Handed(), shop.left)
    assert isinstance(end, Later)
    assert (end.reason, end.wait) == ("not_its_turn", MINUTE)


def test_a_store_that_was_paused_does_not_make_up_for_it_all_at_once() -> None:
    shop, run = planned(60, 1)
    chunk = replace(shop.page_all()[0], not_before=NOON + MINUTE)
    before, within = (NOON - 2 * HOUR, NOON - HOUR), (NOON - MINUTE, NOON + HOUR)
    shop.clock.now += HOUR + MINUTE // 2
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], pauses=(before, within))
    end = shop.send(chunk, Handed(), shop.left)
    assert isinstance(end, Later)
    assert (end.reason, end.wait) == ("not_its_turn", MINUTE // 2)
    shop.clock.now += MINUTE // 2
    assert isinstance(shop.send(chunk, Handed(), shop.left), Done)
    assert run.shift == 0


@pytest.mark.parametrize("paused", [7, 60], ids=["some minutes", "an hour"])
def test_after_a_pause_of_the_store_no_minute_sees_more_than_before_it(paused: int) -> None:
    shop, run = planned(60, 30)
    shop.world.runs[STORE, run.id] = limited(run, 3)
    begin, end, draw = NOON + 2 * MINUTE, NOON + (2 + paused) * MINUTE, Random(7)  # noqa: S311 - no secret
    send = replace(shop.send, uniform=draw.random)
    waiting = [(NOON, at, 1, chunk) for at, chunk in enumerate(shop.page_all())]
    heapify(waiting)
    sent = list[int]()
    while waiting:
        now, at, receives, chunk = heappop(waiting)
        shop.clock.now, off, before = now, begin <= now < end, len(shop.push.posts)
        pauses = ((begin, end),) if now >= end else ()
        row = replace(shop.world.stores[STORE], sending="paused" if off else "on", pauses=pauses)
        shop.world.stores[STORE] = row
        came = send(chunk, Handed(receives, now - NOON), shop.left)
        sent += [now] * (len(shop.push.posts) - before)
        if isinstance(came, Later):
            heappush(waiting, (now + came.seconds * SECOND, at, receives + 1, chunk))
    assert len(sent) == 30
    assert not [at for at in sent if begin <= at < end]
    busiest = max(sum(at <= one < at + MINUTE for one in sent) for at in sent)
    assert busiest <= 3 + 3 + 1
    assert max(sent) < end + HOUR


def test_without_a_limit_everything_goes_at_once() -> None:
    shop, run = planned(60, 3)
    shop.world.runs[STORE, run.id] = run
    assert [chunk.not_before for chunk in shop.page_all()] == [0]
