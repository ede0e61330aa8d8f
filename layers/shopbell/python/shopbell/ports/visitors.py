"""What is known of visitors: their events, profiles, wake-ups, candidates, subscriptions and memberships."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from shopbell.domain.clock import Instant
from shopbell.domain.events import EventItem
from shopbell.domain.ids import SegmentId, StoreId, SubscriptionId, VisitorId
from shopbell.domain.membership import LogLine, Member
from shopbell.domain.part import PARTS, PartName
from shopbell.domain.profile import Alias, Commit, Profile
from shopbell.domain.subscriptions import Subscription
from shopbell.ports.paging import Page


class Events(Protocol):
    def append(self, items: Sequence[EventItem]) -> Sequence[bool]:
        """Durable when it returns. For each item: True if it is new, False if it was there (ruling 6)."""

    def of(self, store: StoreId, visitor: VisitorId) -> Iterator[EventItem]:
        """All items of the visitor that the log still holds, in key order."""


class Visitors(Protocol):
    def load(self, store: StoreId, visitor: VisitorId) -> Profile:
        """Strongly consistent; version 0 if never stored."""

    def load_many(
        self, store: StoreId, visitors: Sequence[VisitorId], parts: Collection[PartName] = PARTS
    ) -> Mapping[VisitorId, Profile]:
        """Those that exist; of fewer `parts`, those who have one of them.

        Without L or V that part of the ledger comes empty, without P all else does. Such a profile is to be looked
        at: it has version 0, so that no commit of it passes.
        """

    def commit(self, commit: Commit) -> bool:
        """The one transaction (ruling 1). False: another write came first, or a newer rule set folded it.

        What was sent to an alias is handed over to the customer just before the commit that joins it (`Sends`).
        """

    def walk(self, store: StoreId, shard: int, cursor: str | None, limit: int) -> Page[VisitorId]:
        """Every visitor of a shard once, in the order of their hashes (ruling 23); no alias that is joined."""

    def by_hash(self, store: StoreId, shard: int, digest: bytes) -> VisitorId | None:
        """Whom a message token means (ruling 29)."""


class Aliases(Protocol):
    def link(self, store: StoreId, visitor: VisitorId, alias: Alias) -> Alias:
        """Say whose a visitor is; answers what stands, which is the first that was said. Counts as a commit."""

    def of(self, store: StoreId, customer: VisitorId) -> Sequence[VisitorId]:
        """All visitors who are this customer, joined or not yet, strongly consistent."""

    def of_many(self, store: StoreId, customers: Sequence[VisitorId]) -> Mapping[VisitorId, Sequence[VisitorId]]:
        """The same of several; each of them is there."""


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

    def get_many(self, store: StoreId, wanted: Sequence[SubscriptionId]) -> Mapping[SubscriptionId, Subscription]:
        """Those that exist, read fresh, whoever has them by now."""

    def find(self, store: StoreId, subscription: SubscriptionId) -> Subscription | None:
        """By the endpoint's hash alone."""

    def retire(self, subscription: Subscription, at: Instant, reason: str) -> bool:
        """Delete if its endpoint is unchanged, leaving a tombstone of 30 days; False: it had changed."""

    def page(self, store: StoreId, shard: int, cursor: str | None, limit: int) -> Page[Subscription]:
        """All of a shard, grouped by push service."""


class Memberships(Protocol):
    def page(self, store: StoreId, segment: SegmentId, shard: int, cursor: str | None, limit: int) -> Page[Member]:
        """Members in the order of visitor ids."""

    def of_visitor(
        self, store: StoreId, visitor: VisitorId, segments: Collection[SegmentId]
    ) -> Mapping[SegmentId, Member]:
        """The visitor's rows in these segments, strongly consistent; those that exist."""

    def log_of_shard(
        self, store: StoreId, segment: SegmentId, shard: int, since: Instant, limit: int
    ) -> Sequence[LogLine]:
        """Lines of one shard of that instant or later, newest first, `limit` at the most."""

    def log_of_segment(self, store: StoreId, segment: SegmentId, cursor: str | None, limit: int) -> Page[LogLine]:
        """Newest first, merged over the shards."""

    def log_of_visitor(self, store: StoreId, visitor: VisitorId, cursor: str | None, limit: int) -> Page[LogLine]:
        """Newest first."""
