"""How many are in segments and not in others: exact where their rows are few, and never beyond what is sure."""

from dataclasses import replace
from random import Random

import pytest
from shopbell.adapters.memory.configuration import MemoryStores
from shopbell.adapters.memory.memberships import MemoryMemberships
from shopbell.adapters.memory.runs import MemoryCounters
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.management.campaigns.counting import CountMembers
from shopbell.domain.ids import SegmentId, VisitorId
from shopbell.domain.membership import Member
from shopbell.domain.sampling import Estimate, of_shards
from shopbell.domain.store import Store

from tests.unit.app.shop import NOON, STORE, Shop

A, B, C = SegmentId("a"), SegmentId("b"), SegmentId("c")


def world_of(shards: int, **segments: range) -> tuple[MemoryWorld, Store]:
    """Members by number, every second of whom can be reached, counted as the stream counts them."""
    shop = Shop()
    store = shop.world.stores[STORE] = replace(shop.world.stores[STORE], shards=shards)
    for name, numbers in segments.items():
        rows = [Member(VisitorId(f"v{one}"), NOON, reachable=one % 2 == 0, version=1) for one in numbers]
        shop.world.members[STORE, SegmentId(name)] = {row.visitor: row for row in rows}
        counted = {"total": len(rows), "reachable": sum(row.reachable for row in rows)}
        MemoryCounters(shop.world).add(STORE, f"segment:{name}", "000", "1".zfill(40), counted)
    found = MemoryStores(shop.world).get(STORE)
    assert found == store
    return shop.world, store


def counting(world: MemoryWorld, **bounds: int) -> CountMembers:
    return CountMembers(MemoryMemberships(world), MemoryCounters(world), map, **bounds)


@pytest.mark.parametrize("shards", [1, 64])
def test_a_union_without_an_exclusion_is_counted_one_by_one(shards: int) -> None:
    world, store = world_of(shards, a=range(100), b=range(50, 120), c=range(10))
    found = counting(world)(store, (A, B), (C,))
    assert (found.audience, found.reachable) == (Estimate(110, 110, 110), Estimate(55, 55, 55))
    assert found.kept_out == 5


def test_one_segment_is_what_the_stream_has_counted() -> None:
    world, store = world_of(1, a=range(10))
    del world.members[STORE, A][VisitorId("v0")]
    assert counting(world)(store, (A,), ()).reachable == Estimate(5, 5, 5)
    assert counting(world)(store, (A,), (), settled=False).reachable == Estimate(4, 4, 4), "its rows know better"


@pytest.mark.parametrize("seed", range(20))
def test_of_many_rows_whole_shards_are_read_and_the_truth_lies_within_what_is_sure(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - the same people at every run
    a, b, c = (range(start := chance.randrange(500), start + chance.randrange(1, 3_000)) for _ in range(3))
    world, store = world_of(64, a=a, b=b, c=c)
    found = counting(world, rows=400)(store, (A, B), (C,))
    truth = len((set(a) | set(b)) - set(c))
    assert found.reading is not None
    assert found.reading.rows < 1_200
    wide = found.audience
    assert max(0, max(len(a), len(b)) - len(c)) <= wide.low <= wide.value <= wide.high <= len(a) + len(b)
    assert wide.low * 0.9 <= truth <= wide.high * 1.1 + 5, "twenty seeds, of which one may miss its 95 %"


def test_a_shard_that_is_too_full_leaves_what_the_sizes_allow() -> None:
    world, store = world_of(1, a=range(100), b=range(100), c=range(30))
    found = counting(world, fullest=150)(store, (A, B), (C,))
    assert (found.audience, found.reading) == (Estimate(200, 70, 200), None)
    fresh = counting(world, fullest=250)(store, (A, B, C), (A, B, C), settled=False)
    assert fresh.audience.high == 250, "more than could be read, whatever is counted by now"


@pytest.mark.parametrize("people", [0, 1, 5, 40, 1_000, 3_000])
def test_the_interval_of_shards_holds_the_truth_19_times_of_20(people: int) -> None:
    chance = Random(people)  # noqa: S311 - the same people at every run
    tries = 200
    met = 0
    for _ in range(tries):
        seen = sum(chance.random() < 4 / 64 for _ in range(people))
        row = of_shards(seen, 4, 64)
        met += row.low <= people <= row.high
        assert row.low <= row.value <= row.high
    assert met >= tries * 0.93


def test_all_shards_are_no_sample() -> None:
    assert of_shards(7, 64, 64) == Estimate(7, 7, 7)
