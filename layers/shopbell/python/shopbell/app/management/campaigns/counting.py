"""Count who is in segments and not in others by their member rows: by all, or by whole shards where they are many."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import takewhile
from typing import Final

from shopbell.app.batch import SideBySide
from shopbell.domain.ids import SegmentId, StoreId, VisitorId, visitor_hash
from shopbell.domain.sampling import SAMPLE, Estimate, everyone, of_shards, within
from shopbell.domain.store import Store
from shopbell.ports import Counters, Memberships

ROWS: Final = 50_000
"""Member rows that are read while somebody waits; of more, as many whole shards as hold about so many."""
FULLEST: Final = 100_000
"""A single shard that holds more is not read at all."""
_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rows say. Each person and whether they can be reached; `excluded`: who could be, were they not."""

    inside: Mapping[VisitorId, bool]
    excluded: frozenset[VisitorId]
    out: int
    """How many are in the segments, and excluded, reachable or not."""
    rows: int
    read: int = 1
    of: int = 1
    """Shards."""

    @property
    def exact(self) -> bool:
        return self.read == self.of

    def scaled(self, found: int) -> Estimate:
        return of_shards(found, self.read, self.of)

    def drawn(self, store: StoreId) -> Sequence[VisitorId]:
        """A sample of those inside: the ones with the lowest hashes."""
        return nsmallest(SAMPLE, self.inside, key=lambda who: visitor_hash(store, who))


@dataclass(frozen=True, slots=True)
class Counted:
    """`reading` None: the rows of a single shard are too many, and `audience` and `reachable` are bounds alone."""

    audience: Estimate
    reachable: Estimate
    reading: Reading | None

    @property
    def kept_out(self) -> int:
        """About how many could be reached, were they not excluded."""
        return 0 if self.reading is None else self.reading.scaled(len(self.reading.excluded)).value


@dataclass(frozen=True, slots=True)
class CountMembers:
    memberships: Memberships
    counters: Counters
    side_by_side: SideBySide
    rows: int = ROWS
    fullest: int = FULLEST

    def __call__(
        self, store: Store, include: Sequence[SegmentId], exclude: Sequence[SegmentId], *, settled: bool = True
    ) -> Counted:
        """One segment is as large as the stream has counted it. Several are never more or fewer than their sizes
        allow. Raises Unavailable.

        `settled` False: one of them has only just been built, so that its rows know better than its counter.
        """
        reading = self._read(store, include, exclude)
        limits = [self.bounds(store.id, include, exclude, name) for name in ("total", "reachable")]
        if settled and len(include) == 1 and not exclude:
            audience, reachable = (everyone(most) for _, most in limits)
            return Counted(audience, reachable, reading)
        if reading is None:
            # there is more than could be read, though the stream may not have counted it yet
            limits = limits if settled else [(least, max(most, self.fullest)) for least, most in limits]
            audience, reachable = (Estimate(most, least, most) for least, most in limits)
            return Counted(audience, reachable, None)
        found, out = (len(reading.inside), sum(reading.inside.values())), (reading.out, len(reading.excluded))
        audience, reachable = (reading.scaled(one) for one in found)
        if settled and not reading.exact:
            # those who were seen to be inside are, and those who were seen to be excluded are not
            (least, most), (fewest, able) = limits
            audience = within(audience, max(least, found[0]), most - out[0])
            reachable = within(reachable, max(fewest, found[1]), able - out[1])
        return Counted(audience, reachable, reading)

    def bounds(
        self, store: StoreId, include: Sequence[SegmentId], exclude: Sequence[SegmentId], name: str
    ) -> tuple[int, int]:
        """Of `total` or `reachable`: the least and the most that the sizes of the segments allow."""
        inside, outside = (
            [max(0, self.counters.total(store, f"segment:{one}").get(name, 0)) for one in side]
            for side in (include, exclude)
        )
        return max(0, max(inside, default=0) - sum(outside)), sum(inside)

    def _read(self, store: Store, include: Sequence[SegmentId], exclude: Sequence[SegmentId]) -> Reading | None:
        first = self._shard(store.id, include, exclude, 0)
        if first is None:
            return None
        number = min(store.shards, max(1, self.rows // max(1, first.rows)))
        rest = self.side_by_side(lambda shard: self._shard(store.id, include, exclude, shard), range(1, number))
        parts = [first, *(part for part in takewhile(lambda one: one is not None, rest) if part is not None)]
        return Reading(
            {who: able for part in parts for who, able in part.inside.items()},
            frozenset().union(*(part.excluded for part in parts)),
            sum(part.out for part in parts),
            sum(part.rows for part in parts),
            len(parts),
            store.shards,
        )

    def _shard(
        self, store: StoreId, include: Sequence[SegmentId], exclude: Sequence[SegmentId], shard: int
    ) -> Reading | None:
        """None where it holds too many."""
        rows, meant, out = 0, dict[VisitorId, bool](), set[VisitorId]()
        for side, names in ((meant, include), (out, exclude)):
            for who, able in (row for name in names for row in self._members(store, name, shard)):
                rows += 1
                if rows > self.fullest:
                    return None
                if isinstance(side, set):
                    side.add(who)
                else:
                    side[who] = able
        inside = {who: able for who, able in meant.items() if who not in out}
        return Reading(inside, frozenset(who for who in out if meant.get(who)), len(meant) - len(inside), rows)

    def _members(self, store: StoreId, name: SegmentId, shard: int) -> Iterator[tuple[VisitorId, bool]]:
        cursor: str | None = None
        while True:
            page = self.memberships.page(store, name, shard, cursor, _PAGE)
            yield from ((row.visitor, row.reachable) for row in page.items)
            if (cursor := page.cursor) is None:
                return
