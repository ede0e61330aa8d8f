"""Count what sells from the stream of events, each record once however a batch is replayed, cut in two or widened.

The place of a source (the partition of a visitor's events, whose sequence numbers only rise) moves in the very
transaction that adds what lies before it, so that no crash can part them. A batch is a few transactions: the views of
a hundred visitors of one product are one row's addition beside a hundred places.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.domain.clock import DAY, Clock
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import EventItem
from shopbell.domain.ids import StoreId
from shopbell.domain.recommend.counting import portions
from shopbell.domain.recommend.portions import Addition, Place, Portion, Row
from shopbell.domain.recommend.together import follow, packed, unpacked
from shopbell.domain.store import Store
from shopbell.ports import DemandCounters

LARGEST: Final = 96
"""Rows, notes and places of one transaction; DynamoDB takes 100."""
TRIES: Final = 4
NOWHERE: Final = Place("")


@dataclass(frozen=True, slots=True)
class Record:
    """An item of the log as the stream told it."""

    item: EventItem
    source: str
    sequence: str


@dataclass(frozen=True, slots=True)
class CountDemand:
    counters: DemandCounters
    store: Callable[[StoreId], Store | None]
    now: Clock

    def __call__(self, records: Iterable[Record]) -> Mapping[str, int]:
        """In the order of the stream. Raises Unavailable; the same batch, or any cut of it, may come again."""
        by_store: dict[StoreId, list[Record]] = {}
        for record in records:
            by_store.setdefault(record.item.store, []).append(record)
        ends: Counter[str] = Counter()
        for name, mine in by_store.items():
            store = self.store(name)
            if store is None:
                ends["demand_store_gone"] += len(mine)
                continue
            now = self.now()
            said = [one for each in mine for one in portions(each.item, each.source, each.sequence, store, now)]
            if said:
                ends += self._count(name, said)
        return ends

    def _count(self, store: StoreId, said: Sequence[Portion]) -> Counter[str]:
        for _ in range(TRIES):
            places = dict(self.counters.places(store, {one.source for one in said}))
            fresh = [one for one in said if one.place > places.get(one.source, NOWHERE).at]
            if all(self._add(store, part, places) for part in _parts(fresh)):
                return Counter(demand_counted=len(fresh), demand_counted_before=len(said) - len(fresh))
        raise Unavailable("what sells was counted by someone else at the same time")

    def _add(self, store: StoreId, part: Sequence[Portion], places: dict[str, Place]) -> bool:
        """What a visitor did before is in the trail that moves with their place."""
        moved: dict[str, tuple[str | None, Place]] = {}
        told: list[Portion] = []
        for one in part:
            before = places.get(one.source)
            known = moved[one.source][1] if one.source in moved else before or NOWHERE
            trail, notes = follow(unpacked(known.trail), one.deeds) if one.deeds else (None, ())
            after = Place(one.place, known.trail if trail is None else packed(trail))
            moved[one.source] = (None if before is None else before.at, after)
            told.append(replace(one, notes=tuple(notes)))
        if not self.counters.add(store, Addition(told, moved, self.now() // DAY)):
            return False
        places.update({source: after for source, (_, after) in moved.items()})
        return True


def _parts(portions: Sequence[Portion]) -> Iterator[Sequence[Portion]]:
    """As many as fit into one transaction each, in their order."""
    part: list[Portion] = []
    sources: set[str] = set()
    rows: set[Row] = set()
    noted = 0
    for one in portions:
        noted += bool(one.deeds)
        if part and len(sources | {one.source}) + len(rows | one.rows.keys()) + noted > LARGEST:
            yield part
            part, sources, rows, noted = [], set(), set(), int(bool(one.deeds))
        part.append(one)
        sources.add(one.source)
        rows |= one.rows.keys()
    if part:
        yield part
