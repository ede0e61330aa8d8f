"""What the use cases need of the world, as Protocols written for their callers; every one has a memory twin."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from shopbell.domain.campaigns import Campaign
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.events import EventItem, Json
from shopbell.domain.ids import CampaignId, ProductId, RunId, SegmentId, StoreId, SubscriptionId, VisitorId
from shopbell.domain.membership import LogLine, Member
from shopbell.domain.profile import Commit, Profile
from shopbell.domain.push.values import BadReceiver, PushAnswer, PushRequest, ReceiverKeys
from shopbell.domain.runs import ChunkLedger, Run, RunState, ShardProgress, Source
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.segments.definition import Segment, StoredRules
from shopbell.domain.store import Key, Store
from shopbell.domain.subscriptions import Subscription

T = TypeVar("T")
RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items in key order, and where the next page begins; None: there is none."""

    items: tuple[T, ...]
    cursor: str | None = None


class Events(Protocol):
    def append(self, items: Sequence[EventItem]) -> Sequence[bool]:
        """Durable when it returns. For each item: True if it is new, False if it was there (ruling 6)."""

    def of(self, store: StoreId, visitor: VisitorId) -> Iterator[EventItem]:
        """All items of the visitor that the log still holds, in key order."""


class Visitors(Protocol):
    def load(self, store: StoreId, visitor: VisitorId) -> Profile:
        """Strongly consistent; version 0 if never stored."""

    def load_many(self, store: StoreId, visitors: Sequence[VisitorId]) -> Mapping[VisitorId, Profile]:
        """Those that exist."""

    def commit(self, commit: Commit) -> bool:
        """The one transaction (ruling 1). False: another write came first, or a newer rule set folded it."""

    def walk(self, store: StoreId, shard: int, cursor: str | None, limit: int) -> Page[VisitorId]:
        """Every visitor of a shard once, in the order of their hashes (ruling 23)."""

    def by_hash(self, store: StoreId, shard: int, digest: bytes) -> VisitorId | None:
        """Whom a message token means (ruling 29)."""


class DueIndex(Protocol):
    def due(self, shard: int, until: Instant) -> Iterator[tuple[StoreId, VisitorId, Instant]]:
        """Wake-ups of one of the 32 shards up to `until`, earliest first (ruling 11)."""


class Candidates(Protocol):
    def stores(self, scenario: str, until: Instant) -> frozenset[StoreId]:
        """Stores that have candidates due by then (16 key ranges, read once)."""

    def page(
        self, scenario: str, store: StoreId, shard: int, until: Instant, cursor: str | None, limit: int
    ) -> Page[tuple[VisitorId, Instant]]:
        """(visitor, send_at) of one of the 16 shards."""

    def remove(self, scenario: str, store: StoreId, taken: Sequence[tuple[VisitorId, Instant]]) -> None: ...


class Subscriptions(Protocol):
    def put(self, subscription: Subscription, replaces: SubscriptionId | None) -> None:
        """Insert or update by id; the replaced one goes in the same transaction. A tombstone does not stop it."""

    def get_many(
        self, store: StoreId, wanted: Sequence[tuple[VisitorId, SubscriptionId]]
    ) -> Mapping[SubscriptionId, Subscription]:
        """Those that exist, read fresh."""

    def find(self, store: StoreId, subscription: SubscriptionId) -> Subscription | None:
        """By the endpoint's hash alone."""

    def retire(self, subscription: Subscription, at: Instant, reason: str) -> bool:
        """Delete on condition that the endpoint is unchanged, leaving a tombstone of 30 days; False if it had changed."""

    def page(self, store: StoreId, shard: int, cursor: str | None, limit: int) -> Page[Subscription]:
        """All of a shard, grouped by push service."""


class Memberships(Protocol):
    def page(
        self, store: StoreId, segment: SegmentId, shard: int, cursor: str | None, limit: int
    ) -> Page[Member]:
        """Members in the order of visitor ids."""

    def log_of_segment(
        self, store: StoreId, segment: SegmentId, cursor: str | None, limit: int
    ) -> Page[LogLine]:
        """Newest first, merged over the shards."""

    def log_of_visitor(
        self, store: StoreId, visitor: VisitorId, cursor: str | None, limit: int
    ) -> Page[LogLine]:
        """Newest first."""


class Segments(Protocol):
    def get(self, store: StoreId, segment: SegmentId) -> Segment | None: ...

    def all(self, store: StoreId) -> Sequence[Segment]: ...

    def save(self, segment: Segment, *, expected: int | None) -> bool:
        """Write a new version and, when the live rules change with it, the next `StoredRules`, in one transaction.

        `expected` is the revision that was read, None to create; False: someone else was faster.
        """

    def rules(self, store: StoreId) -> StoredRules:
        """The live rules with their version, strongly consistent."""

    def rules_version(self, store: StoreId) -> int: ...


class Stores(Protocol):
    def get(self, store: StoreId) -> Store | None: ...

    def save(self, store: Store, *, create: bool = False) -> bool: ...

    def key(self, store: StoreId, digest: str) -> Key | None: ...

    def save_key(self, key: Key) -> None: ...

    def used(self, key: Key, at: Instant) -> None:
        """Note the last use, at most once a minute per process."""


class Secrets(Protocol):
    def get(self, name: str) -> bytes:
        """A SecureString under the stage's prefix, such as `<store>/vapid/<id>`; NotFound if there is none."""

    def put(self, name: str, value: bytes) -> None: ...


class Catalogue(Protocol):
    def put(self, store: StoreId, products: Sequence[Product]) -> Sequence[Product | None]:
        """Store each; answers what stood there before, in the same order."""

    def get_many(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Product]: ...

    def delete(self, store: StoreId, product: ProductId) -> bool: ...


class Campaigns(Protocol):
    def get(self, store: StoreId, campaign: CampaignId) -> Campaign | None: ...

    def page(self, store: StoreId, cursor: str | None, limit: int) -> Page[Campaign]: ...

    def save(self, campaign: Campaign, *, expected: int | None) -> bool: ...


class Scenarios(Protocol):
    def get(self, store: StoreId, scenario: str) -> ScenarioSettings | None: ...

    def save(self, settings: ScenarioSettings) -> None: ...

    def enabled(self, scenario: str) -> Iterator[StoreId]:
        """Stores that have it switched on (index `scen#<scenario>`, ruling 14)."""


class Runs(Protocol):
    def create(self, run: Run) -> bool:
        """False if this firing already made it."""

    def get(self, store: StoreId, run: RunId) -> Run | None: ...

    def of_source(self, store: StoreId, source: Source, source_id: str) -> Sequence[Run]:
        """Newest first."""

    def set_state(self, store: StoreId, run: RunId, state: RunState) -> None: ...


class RunProgress(Protocol):
    def save_shard(self, store: StoreId, run: RunId, progress: ShardProgress) -> None: ...

    def shards(self, store: StoreId, run: RunId) -> Sequence[ShardProgress]: ...

    def ledger(self, store: StoreId, run: RunId, chunk: str) -> ChunkLedger | None: ...

    def save_ledger(self, store: StoreId, run: RunId, ledger: ChunkLedger) -> None: ...

    def ledgers(self, store: StoreId, run: RunId) -> Iterator[ChunkLedger]: ...


class Counters(Protocol):
    def add(
        self, store: StoreId, subject: str, source_shard: str, sequence: str, deltas: Mapping[str, int]
    ) -> bool:
        """Add once per (subject, stream shard, sequence number): False if this batch was already counted (ruling 22)."""

    def total(self, store: StoreId, subject: str) -> Mapping[str, int]:
        """Exact sums over all stream shards, such as total and reachable of `segment:<id>`."""


@dataclass(frozen=True, slots=True)
class Message:
    """What goes on a queue. `group` is the store (fair queues); `delay` whole seconds, 0 to 900."""

    body: Mapping[str, Json]
    group: str
    delay: int = 0


class Queue(Protocol):
    def send(self, messages: Sequence[Message]) -> None:
        """All are on the queue when it returns; Unavailable if any could not be put after retries."""


class PushCodec(Protocol):
    def encrypt(
        self, plaintexts: Sequence[bytes], keys: Sequence[ReceiverKeys]
    ) -> Sequence[bytes | BadReceiver]:
        """RFC 8291 bodies in the same order; one bad receiver spoils only its own."""


class PushTransport(Protocol):
    def post(self, requests: Sequence[PushRequest]) -> Iterator[tuple[int, PushAnswer]]:
        """(index, answer) in the order of completion; never raises for a single push."""
