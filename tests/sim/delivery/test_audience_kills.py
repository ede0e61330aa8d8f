"""An audience worker killed anywhere: everybody is planned exactly once, and the numbers still add up."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.app.delivery.audience import PageAudience
from shopbell.app.ends import Done, End, Handed
from shopbell.app.work import read_chunk, read_shard
from shopbell.domain.clock import MINUTE
from shopbell.domain.ids import SegmentId, VisitorId
from shopbell.domain.membership import Member
from shopbell.domain.profile import Candidate, Profile
from shopbell.domain.runs import Audience, Chunk, ShardWork
from shopbell.domain.subscriptions import Subscription, SubscriptionFact
from shopbell.ports import Message

from tests.sim.delivery.fuse import Fuse, Killed, fused
from tests.unit.app.shop import NOON, STORE, Shop

SEGMENT = SegmentId("away")
SCENARIO = "we_missed_you"
KILLS = st.lists(st.integers(0, 30), max_size=6)
AUDIENCES = [
    pytest.param(Audience(), id="everyone"),
    pytest.param(Audience(include=(SEGMENT, SegmentId("nobody"))), id="segments"),
    pytest.param(Audience(include=(SEGMENT,), candidates=SCENARIO), id="candidates"),
]


def prepared(people: int) -> Shop:
    """As many reachable members as wished, each also a candidate, written straight into the tables."""
    shop = Shop()
    for number in range(people):
        row = shop.register(f"v{number:04d}", "fcm" if number % 2 else "mozilla")
        who = VisitorId(row.visitor)
        shop.world.profiles[STORE, who] = Profile(
            STORE, who, version=1, subscriptions={row.id: fact(row)}, memberships={SEGMENT: NOON}
        )
        shop.world.members.setdefault((STORE, SEGMENT), {})[who] = Member(who, NOON, reachable=True, version=1)
        candidate = Candidate(SCENARIO, NOON - MINUTE, NOON - MINUTE)
        shop.world.candidates.setdefault(SCENARIO, {})[candidate.send_at, STORE, who] = candidate
    return shop


def fact(row: Subscription) -> SubscriptionFact:
    return SubscriptionFact(row.id, active=True, changed_at=NOON, service=row.service, vapid_key=row.vapid_key)


def fragile(shop: Shop, fuse: Fuse) -> PageAudience:
    candidates = fused(shop.candidates, fuse)
    queue = fused(shop.chunks, fuse)
    return replace(
        shop.page,
        progress=fused(shop.progress, fuse),
        slicer=replace(shop.page.slicer, candidates=candidates, subscriptions=fused(shop.subscriptions, fuse)),
        candidates=candidates,
        audience=fused(shop.audience_queue, fuse),
        send=dict.fromkeys(shop.page.send, queue),
    )


def plan_all(shop: Shop, kills: list[int]) -> list[Chunk]:
    """Each shard message is handed out until it is done, and so are those that it puts there itself."""
    fuse = Fuse()
    page = fragile(shop, fuse)
    waiting: list[Message] = shop.audience_queue.take()
    while waiting:
        work = read_shard(waiting.pop(0).body)
        if not done(shop, page, work, fuse, kills):
            waiting.append(Message({**vars_of(work)}, STORE))
        waiting += shop.audience_queue.take()
    return [read_chunk(message.body) for message in shop.chunks.take()]


def done(shop: Shop, page: PageAudience, work: ShardWork, fuse: Fuse, kills: list[int]) -> bool:
    fuse.calls = kills.pop(0) if kills else None
    end: End | None = None
    try:
        end = page(work, Handed(), shop.left)
    except Killed:
        return False
    finally:
        fuse.calls = None
    return isinstance(end, Done)


def vars_of(work: ShardWork) -> dict[str, str | int | None]:
    return {"store": work.store, "run": work.run, "shard": work.shard, "cursor": work.cursor, "hops": work.hops}


@pytest.mark.parametrize("audience", AUDIENCES)
@settings(max_examples=15, deadline=None)
@given(kills=KILLS, people=st.sampled_from([0, 7, 260, 1_100]))
def test_everybody_is_planned_exactly_once(audience: Audience, kills: list[int], people: int) -> None:
    shop = prepared(people)
    run = shop.run(audience)
    chunks = {chunk.id: chunk for chunk in plan_all(shop, kills)}
    planned = [one.visitor for chunk in chunks.values() for one in chunk.recipients]
    assert sorted(planned) == [f"v{number:04d}" for number in range(people)]
    rows = shop.progress.shards(STORE, run.id)
    assert sum(row.planned for row in rows) == people
    assert all(row.done for row in rows)
    if audience.candidates:
        assert shop.candidates.stores(SCENARIO, NOON) == frozenset()
