"""One broadcast by the code of the product over the simulated services, queues and workers, by a clock of its own."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from shopbell.app.delivery.audience import PageAudience
from shopbell.app.delivery.send import Send
from shopbell.app.delivery.throttle import Throttle
from shopbell.app.ends import End
from shopbell.app.work import read_chunk, read_shard
from shopbell.domain.clock import MINUTE, SECOND, Duration, Instant
from shopbell.domain.ids import VapidKeyId, VisitorId, subscription_id
from shopbell.domain.outcomes import count
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Run
from shopbell.domain.subscriptions import PushService, Subscription, SubscriptionFact

from tests.sim.broadcast.queues import TIMEOUT, SimQueue, Waiting, Worker, ramped
from tests.sim.broadcast.services import ENDPOINTS, MIX, Browser, Outage, Services
from tests.sim.delivery.fuse import Fuse, Killed, fused
from tests.unit.app.pushing import paced
from tests.unit.app.shop import NOON, STORE, Shop

POST: Final[Duration] = 3
"""A round of 50 posts at once takes 150 ms."""
GONE: Final = 0.01
ONLINE: Final = 0.6
RESTART: Final[Duration] = SECOND
Queues = dict[str, SimQueue[Throttle]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a run is to be like; everything else follows from the seed. `kills`: share of invocations that die."""

    seed: int
    people: int
    shards: int = 2
    workers: int = 10
    kills: float = 0.15
    down: PushService = "fcm"


@dataclass(slots=True)
class Broadcast:
    """`play` it once, then look."""

    wish: Wish
    random: Random = field(init=False)
    shop: Shop = field(init=False)
    services: Services = field(init=False)
    run: Run = field(init=False)
    queues: Queues = field(init=False)
    kills: int = 0
    killed_chunks: int = 0
    invocations: int = 0
    ended_at: Instant = NOON

    def __post_init__(self) -> None:
        self.random = Random(self.wish.seed)  # noqa: S311 - the same run again, not a secret
        self.shop = Shop(shards=self.wish.shards)
        outage = Outage(self.wish.down, NOON + self.random.randrange(3 * SECOND))
        caps = {service: max(5, self.wish.people * share // 300) for service, share in MIX.items()}
        self.services = Services(self.shop.clock, self.random, outage, caps)
        self.shop.push.answer = self.services.answer
        self._subscribe()
        begins: list[SimQueue[Throttle]] = [self._queue("audience", 1)]
        self.queues = {one.name: one for one in [*begins, *(self._queue(service, 8) for service in MIX)]}
        self.shop.launch = replace(self.shop.launch, audience=self.queues["audience"].inbox)
        self.run = self.shop.run()

    def play(self) -> None:
        """To the end of the last message. What was planned is planned twice, as schedulers do."""
        self.shop.launch(self.run)
        self._collect()
        while (queue := self._first()) is not None:
            self._invoke(queue)
        self.ended_at = max(worker.free_at for queue in self.queues.values() for worker in queue.workers)
        for browser in self.services.browsers.values():
            browser.wake()

    @property
    def ends(self) -> dict[str, int]:
        return count(ledger.codes for ledger in self.shop.progress.ledgers(STORE, self.run.id))

    @property
    def planned(self) -> int:
        return sum(row.planned for row in self.shop.progress.shards(STORE, self.run.id))

    @property
    def taken_again(self) -> int:
        """Messages that a push service took once more than it should."""
        return sum(max(0, browser.taken - 1) for browser in self.services.browsers.values())

    def _subscribe(self) -> None:
        names = [service for service, share in MIX.items() for _ in range(share)]
        for number in range(self.wish.people):
            row = _row(VisitorId(f"v{number:06d}"), self.random.choice(names))
            self.shop.subscriptions.put(row, None)
            fact = SubscriptionFact(
                row.id, active=True, changed_at=NOON, service=row.service, vapid_key=row.vapid_key
            )
            profile = Profile(STORE, row.visitor, version=1, subscriptions={row.id: fact})
            self.shop.world.profiles[STORE, row.visitor] = profile
            browser = Browser(self.random.random() < ONLINE, self.random.random() < GONE)
            self.services.browsers[row.endpoint] = browser

    def _queue(self, name: str, batch: int) -> SimQueue[Throttle]:
        return SimQueue(name, batch, Throttle, ramped(self.wish.workers, NOON, Throttle))

    def _first(self) -> SimQueue[Throttle] | None:
        starts = {name: start for name, queue in self.queues.items() if (start := queue.next_start()) is not None}
        return self.queues[min(starts, key=lambda name: starts[name])] if starts else None

    def _invoke(self, queue: SimQueue[Throttle]) -> None:
        start = queue.next_start()
        assert start is not None
        worker, got = queue.receive(start)
        self.shop.clock.now = start
        self.invocations += 1
        fuse = Fuse()
        fuse.calls = int(400 ** self.random.random()) if self.random.random() < self.wish.kills else None
        died = not self._work(queue, got, self._handler(queue.name, worker, fuse, start))
        if died:
            self.kills += 1
            self.killed_chunks += len(got) if queue.name in MIX else 0
            worker.memory = queue.new_worker()
        worker.free_at = self.shop.clock.now + (RESTART if died else 0)
        self._collect()

    def _work(self, queue: SimQueue[Throttle], got: list[Waiting], handle: Callable[[Waiting], End]) -> bool:
        """False: killed on the way. Whatever was done by then is not deleted, as it is only at the end."""
        ends: list[End | None] = [None] * len(got)
        try:
            for place, one in enumerate(got):
                ends[place] = handle(one)
        except Killed:
            for one in got:
                queue.settle(one, None, self.shop.clock.now)
            return False
        for one, end in zip(got, ends, strict=True):
            queue.settle(one, end, self.shop.clock.now)
        return True

    def _handler(self, name: str, worker: Worker[Throttle], fuse: Fuse, start: Instant) -> Callable[[Waiting], End]:
        clock = self.shop.clock

        def left() -> Duration:
            return start + TIMEOUT - clock.now

        if name == "audience":
            page = self._pager(fuse)
            return lambda one: page(read_shard(one.message.body), one.handed(clock.now), left)
        send = self._sender(worker, fuse)
        return lambda one: send(read_chunk(one.message.body), one.handed(clock.now), left)

    def _pager(self, fuse: Fuse) -> PageAudience:
        shop, send = self.shop, {name: fused(self.queues[name].inbox, fuse) for name in ENDPOINTS}
        return replace(
            shop.page,
            progress=fused(shop.progress, fuse),
            slicer=replace(shop.page.slicer, subscriptions=fused(shop.subscriptions, fuse)),
            audience=fused(self.queues["audience"].inbox, fuse),
            send=send,
            uniform=self.random.random,
        )

    def _sender(self, worker: Worker[Throttle], fuse: Fuse) -> Send:
        shop = self.shop

        def before() -> None:
            shop.clock.now += POST
            fuse.burn()

        shop.push.before = before
        post = replace(
            shop.send.post,
            subscriptions=fused(shop.subscriptions, fuse),
            events=fused(shop.events, fuse),
            pacing=paced(shop.clock, worker.memory),
        )
        return replace(
            shop.send,
            runs=fused(shop.runs, fuse),
            progress=fused(shop.progress, fuse),
            post=post,
            uniform=self.random.random,
        )

    def _collect(self) -> None:
        for queue in self.queues.values():
            queue.collect(self.shop.clock.now)


def _row(visitor: VisitorId, service: PushService) -> Subscription:
    endpoint = f"{ENDPOINTS[service]}{visitor}"
    return Subscription(
        store=STORE,
        visitor=visitor,
        id=subscription_id(endpoint),
        service=service,
        endpoint=endpoint,
        p256dh=b"\4" + bytes(64),
        auth=bytes(16),
        vapid_key=VapidKeyId("k1"),
        created_at=NOON - MINUTE,
        seen_at=NOON - MINUTE,
    )


def faults_of(played: Broadcast) -> list[str]:
    """What must not be; each by name."""
    ends, browsers = Counter(played.ends), played.services.browsers.values()
    gone = ends["retired"] + ends["skipped:unsubscribed"]
    checks = {
        "somebody is missed": any(browser.taken == 0 and not browser.gone for browser in browsers),
        "accepted is not what was taken": ends["accepted"] != sum(browser.taken > 0 for browser in browsers),
        "gone is not who is gone": gone != sum(browser.gone for browser in browsers),
        "the report does not add up": not played.planned == sum(ends.values()) == played.wish.people,
        "shown twice": any(sum(browser.shown.values()) > 1 for browser in browsers),
        "not shown": any(not browser.shown for browser in browsers if not browser.gone),
        "two tags": any(len(browser.tags) > 1 for browser in browsers),
        "more than 50 again for a kill": played.taken_again > 50 * played.kills + played.services.lost_answers,
        "a dead letter": any(queue.dead for queue in played.queues.values()) or played.shop.parked.messages,
    }
    return [name for name, found in checks.items() if found]
