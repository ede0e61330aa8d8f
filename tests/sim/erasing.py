"""A shop in which somebody is erased while events, streams, a merge, broadcasts and exports are on their way."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random

from shopbell.adapters.memory.aliases import MemoryAliases
from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.adapters.memory.configuration import MemorySecrets
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.jobs import MemoryFiles, MemoryJobs, MemoryUploads
from shopbell.adapters.memory.once import MemoryOnceCalls
from shopbell.adapters.memory.personal import MemoryHoldings
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.adapters.memory.stones import MemoryTombstones
from shopbell.app.delivery.posting import read_posting
from shopbell.app.ends import Done, Handed
from shopbell.app.jobs import RunJobs, StartJob, Worker
from shopbell.app.privacy.asking import StartErasure, StartExport
from shopbell.app.privacy.erase import ERASE_VISITOR, EraseVisitor
from shopbell.app.privacy.erased import Erased
from shopbell.app.privacy.export import EXPORT_VISITOR, ExportVisitor
from shopbell.app.privacy.exported import Exported
from shopbell.app.privacy.people import FindPerson
from shopbell.app.tallying import Count
from shopbell.app.tracking.identify import Identify, IdentifySecrets
from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.subscribe import subscribed
from shopbell.app.tracking.track import Batch, Track
from shopbell.app.work import JobWork, read_rebuild, read_shard
from shopbell.domain.clock import HOUR, MINUTE, SECOND
from shopbell.domain.errors import Conflict, NotFound, Rejected
from shopbell.domain.events import Event, EventItem
from shopbell.domain.gates.minutes import unpack
from shopbell.domain.ids import EventId, VisitorId, customer, visitor_hash
from shopbell.domain.incoming.identify import IdentifyIn
from shopbell.domain.jobs import Job, JobId
from shopbell.domain.runs import Audience
from shopbell.domain.store import Principal
from shopbell.ports import Message
from shopbell.runtime.http.answer import answer
from shopbell.runtime.http.campaign_answers import TestOut
from shopbell.runtime.http.management_operations import OPERATIONS
from shopbell.runtime.http.once import HEADER, CallOnce
from shopbell.runtime.http.request import Request

from tests.sim.delivery.fuse import Fuse, Killed, fused
from tests.unit.app.shop import STORE, Shop

WHO, OTHER, BUYER = VisitorId("zoe-quill-77"), VisitorId("someone-else"), customer("zq-900117")
SERVER = Principal(STORE, "srv")
(TEST,) = (one for one in OPERATIONS if one.id == "testCampaign")


@dataclass(frozen=True)
class Streamed(MemoryEvents):
    """What is new is told, in its order."""

    stream: list[EventItem] = field(kw_only=True)

    def append(self, items: Sequence[EventItem]) -> Sequence[bool]:
        new = super().append(items)
        self.stream.extend(item for item, first in zip(items, new, strict=True) if first)
        return new


@dataclass(frozen=True, kw_only=True)
class Noted(MemoryUploads):
    """Others work just before a note is written."""

    meanwhile: Callable[[], None]

    def put(self, name: str, data: bytes) -> None:
        self.meanwhile()
        MemoryUploads.put(self, name, data)


@dataclass(frozen=True, kw_only=True)
class Written(MemoryFiles):
    """Others work just before a file is whole."""

    meanwhile: Callable[[], None]

    def finish(self, name: str, upload: str, marks: Sequence[str]) -> None:
        self.meanwhile()
        MemoryFiles.finish(self, name, upload, marks)


@dataclass
class Erasing:
    """Each function remembers by itself, up to a minute long, whether the store has erased anybody."""

    random: Random
    shop: Shop = field(default_factory=Shop)
    stream: list[EventItem] = field(default_factory=list)
    chunks: list[Message] = field(default_factory=list)
    work: MemoryQueue = field(default_factory=MemoryQueue)
    waiting: list[Message] = field(default_factory=list)
    job: JobId | None = None
    folded: int = 0
    tallied: int = 0
    number: int = 0
    deaths: int = 0

    def __post_init__(self) -> None:
        shop, now = self.shop, self.shop.clock
        self.stones, self.events = MemoryTombstones(shop.world), Streamed(shop.world, stream=self.stream)
        shop.segment("visited", {"event": "page_view"})
        self.evaluate = replace(shop.evaluate, erased=Erased(self.stones, now))
        self.tally = replace(shop.tally, erased=Erased(self.stones, now))
        self.gate = Erased(self.stones, now)
        self.track = Track(self.events, MemoryCatalogue(shop.world), now, erased=self.gate)
        secrets = IdentifySecrets(MemorySecrets(shop.world))
        self.identify = Identify(MemoryAliases(shop.world), self.events, secrets, now)
        self.find = FindPerson(shop.visitors, shop.aliases, self.events)
        self.start = StartJob(MemoryJobs(shop.world), self.work, self.random.randbytes, now)

    # what happens

    def visit(self, who: VisitorId) -> None:
        self.number += 1
        name = {
            "id": str(self.number),
            "type": "page_view",
            "visitor_id": who,
            "properties": {"url": "https://a.de/"},
        }
        self.track(SERVER, Batch([name]))

    def subscribe(self, who: VisitorId) -> None:
        if not self.gate.among(STORE, [who]):
            row = self.shop.register(who, device=str(self.number))
            self.events.append([system_item(STORE, subscribed(row, self.shop.clock.now))])

    def log_in(self) -> None:
        try:
            self.gate.check(STORE, WHO, BUYER)
            self.identify(SERVER, IdentifyIn(visitor_id=WHO, customer_id="zq-900117"))
        except (Rejected, Conflict):
            pass

    def click(self, who: VisitorId) -> None:
        """As a receipt is taken: of whoever the token still finds."""
        self.number += 1
        known = self.shop.visitors.by_hash(STORE, 0, visitor_hash(STORE, who))
        if known is not None:
            now = self.shop.clock.now
            clicked = Event(EventId(f"c{self.number}"), "push_clicked", who, now, now, {"run": "r1"}, trusted=True)
            self.events.append([system_item(STORE, clicked)])

    def broadcast(self) -> None:
        self.shop.clock.now += SECOND
        (segment,) = self.shop.segments.all(STORE)
        audience = Audience() if self.random.random() < 0.5 else Audience(include=(segment.id,))
        self.shop.run(audience)

    def ask(self) -> None:
        self.job = StartErasure(self.find, self.stones, self.start)(STORE, WHO)

    def export(self) -> None:
        with suppress(NotFound):
            StartExport(self.find, self.stones, self.start)(STORE, WHO)

    def test(self) -> None:
        """A test of a campaign, by a key under which its answer is kept."""
        if self.shop.visitors.load(STORE, WHO).version:
            self.number += 1
            body = json.dumps({"visitor_ids": [WHO, OTHER]})
            said = TestOut(sent=[OTHER], unreachable=[WHO])
            asked = Request("POST", "/v1/campaigns/c1/test", headers={HEADER: str(self.number)}, raw=body)
            once = CallOnce(MemoryOnceCalls(self.shop.world), self.random.randbytes, self.shop.clock)
            once(TEST, lambda *_: answer(said, 202), SERVER, asked)

    # what the platform does

    def fold(self) -> None:
        """A batch, perhaps one that was folded before; perhaps it comes again."""
        begin = self.random.randint(max(0, self.folded - 3), self.folded)
        batch = self.stream[begin : begin + self.random.randint(1, 6)]
        if batch and self.evaluate(batch).failed is None:
            self.folded = max(self.folded, begin + len(batch))

    def count(self) -> None:
        batch = self.stream[self.tallied : self.tallied + self.random.randint(1, 6)]
        living = self.tally.living(batch)
        said = [(place, item) for place, item in enumerate(batch, self.tallied + 1) if living(item)]
        self.tally(_count(place, item) for place, item in said)
        self.tallied += len(batch)

    def plan(self) -> None:
        for message in self.shop.audience_queue.take():
            self.shop.page(read_shard(message.body), Handed(), self.shop.left)
        self.chunks += self.shop.chunks.take()

    def send(self) -> None:
        """A message of a queue `send`; sometimes it is handed out once more later."""
        if self.chunks:
            message = self.chunks.pop(self.random.randrange(len(self.chunks)))
            end = self.shop.posting(read_posting(message.body), Handed(), self.shop.left)
            if not isinstance(end, Done) or self.random.random() < 0.3:
                self.chunks.append(message)

    def erase(self, mortal: bool = True) -> None:
        """Each job that waits, in any order."""
        self.waiting += self.work.take()
        for _ in range(len(self.waiting)):
            if not self.waiting:
                return
            message = self.waiting.pop(self.random.randrange(len(self.waiting)))
            asked = read_rebuild(message.body)
            assert isinstance(asked, JobWork)
            fuse = Fuse(self.random.randint(0, 60) if mortal and self.random.random() < 0.6 else None)
            try:
                self._jobs(fuse)(asked, lambda: HOUR)
            except Killed:
                self.deaths += 1
                self.work.send([message])

    def _jobs(self, fuse: Fuse) -> RunJobs:
        shop, world = self.shop, self.shop.world
        files = Written(world=world, meanwhile=self._meanwhile)
        exported = Exported(fused(Noted(world=world, meanwhile=self._meanwhile), fuse), fused(files, fuse))
        stones, holdings = fused(self.stones, fuse), fused(MemoryHoldings(world), fuse)
        worker = EraseVisitor(
            stones,
            holdings,
            self.find,
            fused(shop.visitors, fuse),
            shop.segments,
            exported,
            shop.clock,
        )
        export = ExportVisitor(stones, holdings, self.find, fused(files, fuse), exported, shop.clock)
        workers: dict[str, Worker] = {ERASE_VISITOR: worker, EXPORT_VISITOR: export}
        return RunJobs(fused(MemoryJobs(world), fuse), workers, self.work, shop.clock)

    def _meanwhile(self) -> None:
        """What others do while a file is being written."""
        if self.random.random() < 0.2:
            self.ask()
        if self.random.random() < 0.6:
            self.erase(mortal=False)

    # what is left

    @property
    def row(self) -> Job:
        assert self.job is not None
        return self.shop.world.jobs[STORE, self.job]

    def finish(self) -> None:
        """All that is on its way arrives, while the erased person's browser goes on."""
        for turn in range(400):
            self.visit(WHO)
            for _ in range(6):
                self.fold()
                self.count()
            self.plan()
            self.send()
            self.erase(mortal=turn < 100)
            self.shop.clock.now += 30 * SECOND
            if (
                all(job.over for job in self.shop.world.jobs.values())
                and self.folded == self.tallied == len(self.stream)
                and turn > 60
            ):
                break
        assert self.row.state == "done", self.row

    def replay(self) -> None:
        """The streams from their beginning, and every message of a queue once more."""
        self.shop.clock.now += MINUTE
        assert self.evaluate(self.stream).failed is None
        for message in [*self.chunks]:
            self.shop.posting(read_posting(message.body), Handed(), self.shop.left)

    def found(self, who: VisitorId) -> list[str]:
        """Tables that name them, as an id or as its hash; the stones are told apart.

        An upload that broke off is no file: the bucket lets it go after a day.
        """
        digest = visitor_hash(STORE, who)
        marks = (who, digest.hex(), repr(digest)[2:-1])
        world = self.shop.world
        names = [name for name in world.__dataclass_fields__ if name not in {"erased", "lock", "uploads"}]
        told = [one for rows in world.run_ledgers.values() for row in rows.values() for one in unpack(row.told)]
        there = [name for name in names if any(mark in repr(getattr(world, name)) for mark in marks)]
        return there + (["told"] if who in told else [])


def _count(place: int, item: EventItem) -> Count:
    """A count that stands under the name of whose event it is."""
    return Count(STORE, "prompt", f"2026-03-02#{STORE}#{item.visitor}", str(place), {"shown": 1})
