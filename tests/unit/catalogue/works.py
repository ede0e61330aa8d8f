"""A catalogue with everything that feeds need, over memory; it counts what is asked of its tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shopbell.adapters.memory.catalogue import MemoryAssortment, MemoryCatalogue, MemoryStockroom
from shopbell.adapters.memory.jobs import MemoryJobs, MemoryUploads
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.catalogue.feeds import LOAD_FEED, upload_name
from shopbell.app.catalogue.loading import LoadFeed
from shopbell.app.catalogue.stocking import StockUp
from shopbell.app.catalogue.sweeping import Sweep
from shopbell.app.jobs import RunJobs, StartJob
from shopbell.app.work import JobWork
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import HOUR, Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.jobs import Job
from shopbell.domain.versions import Change, Shelved, Version
from shopbell.ports import Page

STORE = StoreId("store00001")
NOW: Instant = 1_772_452_800_000


@dataclass
class Counting:
    """A stockroom that counts products read and written."""

    inner: MemoryStockroom
    read: int = 0
    written: int = 0

    def standing(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Shelved]:
        self.read += len(products)
        return self.inner.standing(store, products)

    def gone(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Version]:
        return self.inner.gone(store, products)

    def save(self, store: StoreId, changes: Sequence[Change]) -> Sequence[bool]:
        self.written += len(changes)
        return self.inner.save(store, changes)

    def versions(self, store: StoreId, product: ProductId, cursor: str | None, limit: int) -> Page[Version]:
        return self.inner.versions(store, product, cursor, limit)


@dataclass(frozen=True)
class CountingUploads(MemoryUploads):
    """Files that count what is read of them."""

    pieces: list[int] = field(default_factory=list)

    def read(self, name: str, start: int = 0) -> Iterator[bytes]:
        for piece in super().read(name, start):
            self.pieces.append(len(piece))
            yield piece

    @property
    def read_bytes(self) -> int:
        return sum(self.pieces)


@dataclass
class Works:
    world: MemoryWorld = field(default_factory=MemoryWorld)
    now: Instant = NOW
    pace: int = 0
    """By how much the clock goes on at each look."""

    def __post_init__(self) -> None:
        self.stockroom = Counting(MemoryStockroom(self.world))
        self.stock = StockUp(self.stockroom, self.clock)
        self.uploads = CountingUploads(self.world)
        self.queue = MemoryQueue()

    def clock(self) -> Instant:
        self.now += self.pace
        return self.now

    def load(self, text: str | bytes, **asked: Json) -> Job:
        """The job as it ended."""
        self.world.jobs.clear()
        return self.work(self.give(text, **asked))

    def give(self, text: str | bytes, **asked: Json) -> Job:
        data = text.encode() if isinstance(text, str) else text
        name = f"up{len(self.world.jobs)}"
        self.uploads.put(upload_name(STORE, name), data)
        row: dict[str, Json] = {"format": "jsonl", "mode": "partial", "least_percent": 50, "currency": "EUR"}
        start = StartJob(
            MemoryJobs(self.world), self.queue, lambda size: len(self.world.jobs).to_bytes(size, "big"), self.clock
        )
        return start(STORE, LOAD_FEED, {**row, "upload": name, "bytes": len(data), **asked})

    def work(self, job: Job) -> Job:
        self.now += 1
        sweep = Sweep(MemoryAssortment(self.world), self.stock, self.clock)
        worker = LoadFeed.of(self.uploads, self.stock, sweep, self.clock)
        jobs = RunJobs(MemoryJobs(self.world), {LOAD_FEED: worker}, self.queue, self.clock)
        jobs(JobWork(STORE, job.id), lambda: HOUR)
        return self.world.jobs[STORE, job.id]

    def active(self) -> list[str]:
        rows = [one for (store, _), one in self.world.products.items() if store == STORE]
        return sorted(one.id for one in rows if one.active)

    def get(self, name: str) -> Product:
        return MemoryCatalogue(self.world).get_many(STORE, [ProductId(name)])[ProductId(name)]
