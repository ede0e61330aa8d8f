"""Webhooks over a day under a clock of their own: ten workers, receivers that are down or slow, notices that wait."""

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final

from shopbell.adapters.memory.webhooks import MemoryHookDeliveries
from shopbell.app.ends import Done
from shopbell.app.webhooks.deliver import Deliver
from shopbell.app.webhooks.work import notice_message, read_notice
from shopbell.domain.clock import SECOND, Duration, Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.webhooks.hook import Attempt, Deliveries, WebhookId
from shopbell.domain.webhooks.notice import Notice
from shopbell.ports.webhooks import HookAnswer

from tests.sim.broadcast.queues import SimQueue, Worker
from tests.unit.app.hooking import Hooked, webhook
from tests.unit.app.shop import STORE

WORKERS: Final = 10
OVERHEAD: Final[Duration] = 20
"""What an invocation takes beside its post."""


@dataclass
class Times:
    """The clock of whoever works: it goes on while he waits for an answer, and for nobody else."""

    now: Instant

    def __call__(self) -> Instant:
        return self.now


@dataclass
class Seen:
    """What one worker notes is seen by the others once he gets there."""

    stored: MemoryHookDeliveries
    at: Times
    coming: list[tuple[Instant, int, StoreId, WebhookId, Attempt]] = field(default_factory=list)

    def catch_up(self, now: Instant) -> None:
        while self.coming and self.coming[0][0] <= now:
            _, _, store, hook, attempt = heapq.heappop(self.coming)
            self.stored.note(store, hook, attempt)

    def of(self, store: StoreId, webhook: WebhookId) -> Deliveries:
        return self.stored.of(store, webhook)

    def note(self, store: StoreId, webhook: WebhookId, attempt: Attempt) -> None:
        heapq.heappush(self.coming, (self.at(), len(self.coming), store, webhook, attempt))

    def give_up(self, store: StoreId, webhook: WebhookId) -> None:
        self.stored.give_up(store, webhook)

    def forget(self, store: StoreId, webhook: WebhookId) -> None:
        self.stored.forget(store, webhook)


@dataclass
class Receivers:
    """Each answers with its status after its time; whoever is not named takes all at once."""

    at: Times
    answers: Mapping[str, tuple[int, Duration]]

    def post(self, url: str, _: Mapping[str, str], __: bytes) -> HookAnswer:
        status, took = self.answers.get(url.split("/")[2].split(".", maxsplit=1)[0], (204, 50))
        self.at.now += took
        return HookAnswer(status, None if status else "no answer in time", took=took)


class HookDay:
    def __init__(self, begin: Instant, answers: Mapping[str, tuple[int, Duration]], names: tuple[str, ...]) -> None:
        hooked, self.at = Hooked(), Times(begin)
        for name in names:
            hooked.add(webhook(name, "alarm"))
        self.seen = Seen(hooked.went, self.at)
        self.queue = SimQueue[None]("webhook", 1, lambda: None, [Worker(begin, None) for _ in range(WORKERS)])
        receivers = Receivers(self.at, answers)
        ports = (hooked.hooks, self.seen, hooked.secrets, receivers, hooked.bus, self.queue.inbox)
        self.deliver = Deliver(*ports, False, self.at, Random(7).random)  # noqa: S311
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in names}
        self.handed: Counter[str] = Counter()
        self.late: dict[str, Duration] = dict.fromkeys(names, 0)
        """From when it was told to when it was taken, the longest."""
        self.coming: list[tuple[Instant, str, Notice]] = []

    def tell(self, name: str, at: Instant, number: int) -> None:
        notice = Notice(STORE, WebhookId(name), f"msg_{name}_{number}", "alarm", at, {"number": number})
        heapq.heappush(self.coming, (at, notice.id, notice))

    def run(self) -> None:
        """Until nothing waits."""
        while True:
            start = self.queue.next_start()
            if self.coming and (start is None or self.coming[0][0] <= start):
                at, _, notice = heapq.heappop(self.coming)
                self.queue.inbox.send([notice_message(notice)])
                self.queue.collect(at)
            elif start is None:
                return
            else:
                self._work(start)

    def _work(self, start: Instant) -> None:
        worker, batch = self.queue.receive(start)
        for one in batch:
            self.seen.catch_up(start)
            self.at.now = start
            notice = read_notice(one.message.body)
            self.handed[notice.id] += 1
            end = self.deliver(notice, one.handed(start))
            assert isinstance(end, Done)
            self.counts[notice.webhook].update(end.counts)
            if "webhook_delivered" in end.counts:
                self.late[notice.webhook] = max(self.late[notice.webhook], self.at.now - notice.at)
            worker.free_at = self.at.now + OVERHEAD
            self.queue.settle(one, end, self.at.now)
            self.queue.collect(self.at.now)
        worker.free_at = max(worker.free_at, start + SECOND // 100)
