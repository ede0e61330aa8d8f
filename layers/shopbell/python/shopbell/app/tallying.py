"""Count what streams report, exactly: sizes of segments from members, their days from the log (ruling 22).

A record is counted once however a batch is replayed, cut in two or widened: the sum of each (subject, source) goes in
with the sequence number of its last record, and records at or before the number that is stored are left out first.

The source is the partition key of the changed item. A record does not name its stream shard, but all items of one
partition key lie in one shard and in the lineage that follows it, so their sequence numbers only rise; numbers of
different shards say nothing about each other and are never compared. That asks for a mapping that hands each shard's
batches out one after the other (ParallelizationFactor 1), and for keys that DynamoDB does not split, which it does
beyond 1,000 writes/s on one key; ours stay under 500 (ruling 23). A count costs one read and one write for each
subject and source of a batch.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.coupons.redeeming import Redeem
from shopbell.app.demand import CountDemand
from shopbell.app.ends import Done
from shopbell.app.privacy.erased import Erased
from shopbell.app.reporting.count import CountReports
from shopbell.app.webhooks.announce import AnnounceFlips
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import EventItem
from shopbell.domain.ids import SegmentId, StoreId, VisitorId
from shopbell.domain.membership import Flip
from shopbell.domain.prompts.counting import SUBJECT, counted
from shopbell.domain.segments import history
from shopbell.ports import Counters

SEQUENCE_DIGITS: Final = 40


@dataclass(frozen=True, slots=True)
class Count:
    """What one record adds to one subject. `sequence` as the stream gives it: a number in text."""

    store: StoreId
    subject: str
    source: str
    sequence: str
    deltas: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Tally:
    counters: Counters
    zone: Callable[[StoreId], str] = lambda _: "UTC"
    """A store's time zone, for the days that the log is counted by."""
    demand: CountDemand | None = None
    """Counts what sells beside it."""
    redeem: Redeem | None = None
    """Finds the codes that orders came with."""
    reports: CountReports | None = None
    """Counts receipts, opt-outs and the orders that messages brought."""
    erased: Erased | None = None
    """Nothing is counted any more of who was erased: it would stand under their name."""
    webhooks: AnnounceFlips | None = None
    """Tells the store's own systems who entered and left."""

    def living(self, items: Iterable[EventItem]) -> Callable[[EventItem], bool]:
        """Which of these to count. Raises Unavailable."""
        if self.erased is None:
            return lambda _: True
        people: dict[StoreId, set[VisitorId]] = {}
        for item in items:
            people.setdefault(item.store, set()).add(item.visitor)
        gone = {(store, who) for store, ids in people.items() for who in self.erased.among(store, ids)}
        return lambda item: (item.store, item.visitor) not in gone

    def __call__(self, counts: Iterable[Count]) -> Done:
        """In the order of the stream. Raises Unavailable; the same batch, or any cut of it, may come again."""
        grouped: dict[tuple[StoreId, str, str], list[Count]] = {}
        for count in counts:
            grouped.setdefault((count.store, count.subject, count.source), []).append(count)
        ends: Counter[str] = Counter()
        for (store, subject, source), group in grouped.items():
            ends += self._add(store, subject, source, group)
        return Done(ends or {"nothing_to_count": 1})

    def _add(self, store: StoreId, subject: str, source: str, group: Sequence[Count]) -> Counter[str]:
        position = self.counters.position(store, subject, source) or ""
        fresh = [count for count in group if _padded(count.sequence) > position]
        if not fresh:
            return Counter(counted_before=len(group))
        total: Counter[str] = Counter()
        for count in fresh:
            total.update(count.deltas)
        last = max(_padded(count.sequence) for count in fresh)
        if not self.counters.add(store, subject, source, last, total):
            raise Unavailable(f"{subject} was counted by someone else at the same time")
        return Counter(counted=len(fresh), counted_before=len(group) - len(fresh))


def member_change(
    store: StoreId, segment: SegmentId, source: str, sequence: str, before: bool | None, after: bool | None
) -> Count | None:
    """From a member's reachability before and after; None on a side: not a member there."""
    total = (after is not None) - (before is not None)
    reachable = bool(after) - bool(before)
    if not total and not reachable:
        return None
    return Count(store, f"segment:{segment}", source, sequence, {"total": total, "reachable": reachable})


def turned(store: StoreId, partition: str, sequence: str, flip: Flip, time_zone: str) -> Count:
    """What a line of the log adds to its segment's day: that of the flip, which may be past, in the store's zone.

    Whoever moves the store to another zone while a batch comes again may see its lines under two dates.
    """
    place = history.source(history.day_of(flip.at, time_zone), partition)
    return Count(store, history.subject(flip.segment), place, sequence, {history.Turn.of(flip).name: 1})


def prompts(item: EventItem, partition: str, sequence: str, zone: Callable[[StoreId], str]) -> Sequence[Count]:
    """What an item's events say of the permission prompt, on the days of the store's zone."""
    counts = counted(item, partition, zone)
    return [Count(item.store, SUBJECT, source, sequence, steps) for source, steps in counts.items()]


def _padded(sequence: str) -> str:
    return sequence.zfill(SEQUENCE_DIGITS)
