"""Runs: written once for a firing, planned by shard without a look at a visitor, paged from checkpoints."""

from dataclasses import replace

import pytest
from shopbell.app.delivery.audience import RESERVE
from shopbell.app.delivery.plan import end_of, run_id
from shopbell.app.ends import Done, Handed, Later
from shopbell.app.work import PlanWork, read_chunk, read_shard
from shopbell.domain.campaigns import Campaign, CampaignAudience, CampaignStatus
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import CampaignId, SegmentId
from shopbell.domain.runs import CHUNK_SIZE, Audience, Chunk, DeliveryOptions, Run, ShardWork, Terms

from tests.unit.app.shop import HELLO, NOON, STORE, Shop

LOOKED: Json = {"event": "product_view"}
VISITED: Json = {"event": "page_view"}


def campaign(status: CampaignStatus = "sending", audience: CampaignAudience | None = None) -> Campaign:
    return Campaign(
        STORE,
        CampaignId("spring"),
        "Spring",
        status,
        audience or CampaignAudience(),
        HELLO,
        DeliveryOptions(),
        NOON,
        NOON,
    )


WORK = PlanWork(STORE, CampaignId("spring"), NOON)


def people(chunks: list[Chunk]) -> list[str]:
    return sorted(one.visitor for chunk in chunks for one in chunk.recipients)


def planned(shop: Shop, run: Run) -> tuple[int, dict[str, int]]:
    rows = shop.progress.shards(STORE, run.id)
    skipped: dict[str, int] = {}
    for row in rows:
        for reason, number in row.skipped.items():
            skipped[reason] = skipped.get(reason, 0) + number
    return sum(row.planned for row in rows), skipped


# planning


def test_a_campaign_becomes_one_run_with_a_message_for_each_shard() -> None:
    shop = Shop(shards=64)
    shop.campaigns.save(campaign(), expected=None)
    assert shop.plan(WORK) == Done({"runs_planned": 1})
    messages = [read_shard(message.body) for message in shop.audience_queue.take()]
    assert messages == [ShardWork(STORE, run_id(STORE, "campaign", "spring", NOON), n) for n in range(64)]


def test_a_second_firing_makes_no_second_run() -> None:
    shop = Shop()
    shop.campaigns.save(campaign(), expected=None)
    shop.subscribe("ann")
    shop.plan(WORK)
    assert shop.plan(WORK) == Done({"runs_planned_before": 1})
    assert len(shop.world.runs) == 1
    assert people(shop.page_all()) == ["ann"]


@pytest.mark.parametrize("status", ["draft", "cancelled", "sent"])
def test_a_campaign_that_nobody_started_is_not_planned(status: CampaignStatus) -> None:
    shop = Shop()
    shop.campaigns.save(campaign(status), expected=None)
    assert shop.plan(WORK) == Done({f"campaign_{status}": 1})
    assert Shop().plan(WORK) == Done({"campaign_gone": 1})


def test_a_campaign_waits_for_the_build_of_its_inline_rule() -> None:
    shop = Shop()
    shop.visit("ann")
    shop.segment("inline", VISITED, state="building")
    audience = CampaignAudience(rule=VISITED, rule_segment=SegmentId("inline"))
    shop.campaigns.save(campaign(audience=audience), expected=None)
    assert isinstance(shop.plan(WORK), Later)
    shop.drain_builds()
    assert shop.plan(WORK) == Done({"runs_planned": 1})


@pytest.mark.parametrize(
    ("ttl", "ends"),
    [
        pytest.param(MINUTE, HOUR, id="an hour at least to hand it over"),
        pytest.param(DAY, DAY, id="the message's own time"),
        pytest.param(28 * DAY, 13 * DAY, id="less than a queue keeps a message"),
    ],
)
def test_a_run_ends_when_its_message_is_stale(ttl: int, ends: int) -> None:
    assert end_of(NOON, DeliveryOptions(ttl=ttl)) == NOON + ends


# paging


def test_everyone_with_an_active_subscription_is_planned_on_each_device() -> None:
    shop = Shop(shards=64)
    for visitor in ("ann", "bob", "cleo"):
        shop.subscribe(visitor)
    shop.subscribe("ann", "mozilla", "b")
    run = shop.run()
    chunks = shop.page_all()
    assert people(chunks) == ["ann", "ann", "bob", "cleo"]
    assert {chunk.service for chunk in chunks} == {"fcm", "mozilla"}
    assert planned(shop, run) == (4, {})


def test_of_everyones_devices_only_the_newest_where_that_is_wanted() -> None:
    shop = Shop(shards=64)
    shop.subscribe("bob")
    for device in ("a", "b", "c"):
        shop.subscribe("ann", "mozilla" if device == "b" else "fcm", device)
        shop.clock.now += 1
    strange = shop.register("cleo")
    shop.subscriptions.put(strange, None)
    shop.run(terms=Terms(newest_device_only=True))
    chunks = shop.page_all()
    assert people(chunks) == ["ann", "bob", "cleo"]
    rows = [shop.subscriptions.find(STORE, one.subscription) for chunk in chunks for one in chunk.recipients]
    assert sorted(row.endpoint.rpartition("-")[2] for row in rows if row) == ["a", "a", "c"]


def test_members_of_several_segments_come_once_and_exclude_wins() -> None:
    shop = Shop()
    for name in ("visited", "looked", "bought"):
        shop.segment(name, {"event": {"visited": "page_view", "looked": "product_view", "bought": "purchase"}[name]})
    for visitor in ("ann", "bob", "cleo", "dave"):
        shop.subscribe(visitor)
    for visitor, event in (
        ("ann", "page_view"),
        ("ann", "product_view"),
        ("bob", "product_view"),
        ("cleo", "page_view"),
        ("cleo", "purchase"),
        ("eve", "page_view"),
    ):
        shop.fold(shop.event(visitor, event, None, {"order_id": "1"}))
    names = (SegmentId("visited"), SegmentId("looked"))
    run = shop.run(Audience(include=names, exclude=(SegmentId("bought"),)))
    assert people(shop.page_all()) == ["ann", "bob"]
    assert planned(shop, run) == (2, {"excluded": 1, "unsubscribed": 1})


def test_exclude_alone_takes_people_from_everyone() -> None:
    shop = Shop()
    shop.segment("visited", VISITED)
    for visitor in ("ann", "bob"):
        shop.subscribe(visitor)
    shop.visit("bob")
    run = shop.run(Audience(exclude=(SegmentId("visited"),)))
    assert people(shop.page_all()) == ["ann"]
    assert planned(shop, run) == (1, {"excluded": 1})


def test_large_audiences_are_cut_into_chunks_of_five_hundred() -> None:
    shop = Shop()
    for number in range(1_203):
        shop.subscribe(f"v{number:04d}", "fcm" if number % 2 else "mozilla")
    run = shop.run()
    chunks = shop.page_all()
    assert max(len(chunk.recipients) for chunk in chunks) == CHUNK_SIZE
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    assert people(chunks) == [f"v{number:04d}" for number in range(1_203)]
    assert planned(shop, run) == (1_203, {})


def test_merged_segments_longer_than_a_page_lose_and_repeat_nobody() -> None:
    shop = Shop()
    shop.segment("looked", LOOKED)
    shop.segment("visited", VISITED)
    everyone = [f"v{number:04d}" for number in range(1_500)]
    for place, visitor in enumerate(everyone):
        shop.subscribe(visitor)
        if place % 3:
            shop.visit(visitor)
        if place % 3 != 1:
            shop.fold(shop.event(visitor, "product_view", None, {"product_id": "boots"}))
    run = shop.run(Audience(include=(SegmentId("looked"), SegmentId("visited"))))
    assert people(shop.page_all()) == everyone
    assert planned(shop, run) == (1_500, {})


def test_a_shard_that_comes_again_before_its_checkpoint_makes_the_same_chunks() -> None:
    shop = Shop()
    for number in range(20):
        shop.subscribe(f"v{number}", "fcm" if number % 2 else "apple")
    run = shop.run()
    (message,) = shop.audience_queue.take()
    shop.page(read_shard(message.body), Handed(), shop.left)
    first = shop.chunks.take()
    shop.world.run_shards.clear()
    shop.page(read_shard(message.body), Handed(), shop.left)
    assert shop.chunks.take() == first
    assert shop.page(read_shard(message.body), Handed(), shop.left) == Done({"shards_done_before": 1})
    assert planned(shop, run) == (20, {})


def test_another_audience_makes_another_chunk_id_so_that_no_ledger_is_misread() -> None:
    shop = Shop()
    shop.subscribe("ann")
    shop.run()
    (message,) = shop.audience_queue.take()
    shop.page(read_shard(message.body), Handed(), shop.left)
    shop.world.run_shards.clear()
    shop.subscribe("bob")
    shop.page(read_shard(message.body), Handed(), shop.left)
    first, second = (read_chunk(one.body) for one in shop.chunks.take())
    assert first.id != second.id
    assert first.id.rsplit("-", 1)[0] == second.id.rsplit("-", 1)[0] == "000-000000"


def test_a_worker_without_time_hands_on_and_the_next_goes_on() -> None:
    shop = Shop()
    for number in range(1_200):
        shop.subscribe(f"v{number:04d}")
    run = shop.run()
    (message,) = shop.audience_queue.take()
    ticks = iter([60_000, RESERVE - 1])
    done = shop.page(read_shard(message.body), Handed(), lambda: next(ticks))
    assert done.counts["shards_handed_on"] == 1
    assert planned(shop, run)[0] == 1_000
    assert [read_shard(one.body).hops for one in shop.audience_queue.messages] == [1]
    shop.page_all()
    assert planned(shop, run) == (1_200, {})


def test_a_shard_that_goes_round_in_circles_is_refused() -> None:
    shop = Shop()
    shop.subscribe("ann")
    run = shop.run()
    with pytest.raises(Rejected):
        shop.page(ShardWork(STORE, run.id, 0, None, 100), Handed(), lambda: 0)


def test_a_run_that_is_over_or_paused_plans_nobody() -> None:
    shop = Shop()
    shop.subscribe("ann")
    run = shop.run()
    (message,) = shop.audience_queue.take()
    work = read_shard(message.body)
    shop.runs.set_state(STORE, run.id, "paused")
    assert isinstance(shop.page(work, Handed(), shop.left), Later)
    shop.runs.set_state(STORE, run.id, "cancelled")
    assert shop.page(work, Handed(), shop.left) == Done({"shards_cancelled": 1})
    assert shop.chunks.messages == []
    assert shop.page(replace(work, run=run_id(STORE, "test", "x", 0)), Handed(), shop.left) == Done({"run_gone": 1})


def test_planning_looks_at_no_visitor_whatever_the_audience() -> None:
    shop = Shop(shards=64)
    shop.segment("visited", VISITED)
    shop.world.profiles = None  # type: ignore[assignment]
    shop.world.subscriptions = None  # type: ignore[assignment]
    shop.world.members = None  # type: ignore[assignment]
    shop.campaigns.save(campaign(audience=CampaignAudience(include=(SegmentId("visited"),))), expected=None)
    assert shop.plan(WORK) == Done({"runs_planned": 1})
