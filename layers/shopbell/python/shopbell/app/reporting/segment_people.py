"""Who was in a segment in a stretch of time, found by its members and its log and never by looking at everybody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.batch import SideBySide
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Event
from shopbell.domain.ids import CUSTOMER_PREFIX, SegmentId, StoreId, VisitorId, visitor_hash
from shopbell.domain.membership import Flip
from shopbell.domain.part import PartName
from shopbell.domain.segments.stays import Stay, stays, touches
from shopbell.domain.store import Store
from shopbell.ports import Aliases, Counters, Events, Memberships, Visitors

PEOPLE: Final = 1_000
"""Of so many what they did is read: of all of them, or of a sample by their hashes."""
ROWS: Final = 20_000
"""Members that are read, in whole shards: a shard is a share of all visitors, drawn by their hashes."""
LINES: Final = 20_000
"""Entries and exits of one shard."""
_NAMED: Final[tuple[PartName, ...]] = ("P",)
"""The part of a profile that says whose it is."""
_PAGE: Final = 1_000
_FULLEST: Final = 5
"""A single shard that holds so many times more than is to be read is too much to wait for."""


@dataclass(frozen=True, slots=True)
class Person:
    """All that somebody is known by, and when they were in the segment under any of it."""

    ids: tuple[VisitorId, ...]
    stays: tuple[Stay, ...]


@dataclass(frozen=True, slots=True)
class Crowd:
    """`people` of about `of`; all of them where it is `exact`."""

    people: Sequence[Person]
    of: int
    exact: bool


@dataclass(frozen=True, slots=True)
class ReadPeople:
    memberships: Memberships
    counters: Counters
    visitors: Visitors
    aliases: Aliases
    events: Events
    side_by_side: SideBySide
    now: Clock
    people: int = PEOPLE
    rows: int = ROWS
    lines: int = LINES

    def __call__(self, store: Store, name: SegmentId, start: Instant, end: Instant) -> Crowd:
        """Who was a member at a moment from `start` up to `end`. Rejected at `from` where the log says too much."""
        size = max(1, self.counters.total(store.id, f"segment:{name}").get("total", 0))
        read = min(store.shards, max(1, store.shards * self.rows // size))

        def told(shard: int) -> Mapping[VisitorId, tuple[Stay, ...]]:
            return self._of_shard(store.id, name, shard, start)

        found = {who: mine for part in self.side_by_side(told, range(read)) for who, mine in part.items()}
        there = {who: mine for who, mine in found.items() if touches(mine, start, end)}
        lowest = sorted(there, key=lambda who: visitor_hash(store.id, who))[: self.people]
        people = self._persons(store.id, {who: there[who] for who in lowest})
        if read == store.shards and len(lowest) == len(there):
            return Crowd(people, len(people), exact=True)
        whole = len(there) * store.shards / read
        return Crowd(people, round(whole * len(people) / max(1, len(lowest))), exact=False)

    def told(self, store: StoreId, person: Person) -> Iterable[Event]:
        """Everything that the log still holds of them."""
        return (event for who in person.ids for item in self.events.of(store, who) for event in item.events)

    def _of_shard(
        self, store: StoreId, name: SegmentId, shard: int, start: Instant
    ) -> Mapping[VisitorId, tuple[Stay, ...]]:
        lines = self.memberships.log_of_shard(store, name, shard, start, self.lines + 1)
        if len(lines) > self.lines:
            raise Rejected.at("from", f"more than {self.lines} came and went since then: ask for fewer days")
        flips: dict[VisitorId, list[Flip]] = {}
        for line in reversed(lines):
            flips.setdefault(line.visitor, []).append(line.flip)
        inside, now = self._members(store, name, shard), self.now()
        return {who: tuple(stays(flips.get(who, ()), start, now, inside=who in inside)) for who in {*flips, *inside}}

    def _members(self, store: StoreId, name: SegmentId, shard: int) -> set[VisitorId]:
        found: set[VisitorId] = set()
        cursor: str | None = None
        while True:
            page = self.memberships.page(store, name, shard, cursor, _PAGE)
            found.update(row.visitor for row in page.items)
            cursor = page.cursor
            if cursor is None:
                return found
            if len(found) > _FULLEST * self.rows:
                raise Rejected.at("segment_id", f"has more than {_FULLEST * self.rows} members in one shard")

    def _persons(self, store: StoreId, there: Mapping[VisitorId, tuple[Stay, ...]]) -> list[Person]:
        """What a guest did before they logged in is the customer's, under whichever id they were a member."""
        known = self.visitors.load_many(store, [*there], _NAMED)
        whose: dict[VisitorId, list[VisitorId]] = {}
        for who in there:
            alias = known[who].alias if who in known else None
            whose.setdefault(alias.customer if alias else who, []).append(who)
        customers = [who for who in whose if who.startswith(CUSTOMER_PREFIX)]
        aliases = self.aliases.of_many(store, customers) if customers else {}
        return [
            Person(
                tuple(dict.fromkeys((person, *aliases.get(person, ()), *ids))),
                tuple(stay for who in ids for stay in there[who]),
            )
            for person, ids in whose.items()
        ]
