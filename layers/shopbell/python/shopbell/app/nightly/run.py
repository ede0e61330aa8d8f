"""Carry out the nightly pass: shard by shard from checkpoint to checkpoint, and step after step."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from shopbell.app.ends import Done, End, Remaining
from shopbell.app.nightly.work import STEPS, NightWork, Note, Paged, Step, night_message, progress_id
from shopbell.app.work import MAX_HOPS
from shopbell.domain.clock import SECOND, Duration, Instant
from shopbell.domain.errors import Rejected
from shopbell.domain.runs import ShardProgress
from shopbell.domain.store import Store
from shopbell.ports import Queue, RunProgress, Stores
from shopbell.ports.nightly import StoreList

RESERVE: Final[Duration] = 90 * SECOND
"""What must be left of an invocation to begin another page; also keeps long nights below the alarm on slowness."""
Tally = Mapping[str, int]


class Walk(Protocol):
    """One step of the pass. Both may be done again after a crash, and then change nothing more."""

    def page(self, store: Store, work: NightWork, cursor: str | None, note: Note) -> Paged: ...

    def finish(self, store: Store, night: Instant, note: Note) -> Tally:
        """Once, after the last page of the last shard."""


@dataclass(frozen=True, slots=True)
class StartNight:
    """The schedule's work: a message for each shard of each store."""

    every: StoreList
    stores: Stores
    queue: Queue

    def __call__(self, night: Instant) -> Tally:
        found = 0
        for name in self.every.every():
            store = self.stores.get(name)
            if store is not None:
                begin(self.queue, store, night, STEPS[0])
                found += 1
        return {"stores_begun": found}


@dataclass(frozen=True, slots=True)
class Nightly:
    """Queue `nightly`."""

    stores: Stores
    progress: RunProgress
    queue: Queue
    walks: Mapping[Step, Walk]

    def __call__(self, work: NightWork, remaining: Remaining, note: Note) -> End:
        """Raises Unavailable; whoever takes the message up again goes on from the last checkpoint."""
        store = self.stores.get(work.store)
        if store is None:
            return Done({"night_store_gone": 1})
        counts: Counter[str] = Counter()
        place = self._place(work)
        while not place.done:
            if remaining() < RESERVE:
                return self._hand_on(work, counts)
            place = self._page(store, work, place, counts, note)
        return self._finish(store, work, counts, note)

    def _place(self, work: NightWork) -> ShardProgress:
        begun = self.progress.shards(work.store, progress_id(work.night, work.step))
        fresh = ShardProgress(work.shard, planned=0, cursor=None, done=False)
        return next((row for row in begun if row.shard == work.shard), fresh)

    def _page(
        self, store: Store, work: NightWork, place: ShardProgress, counts: Counter[str], note: Note
    ) -> ShardProgress:
        paged = self.walks[work.step].page(store, work, place.cursor, note)
        counts.update(paged.counts)
        handled = place.planned + paged.handled
        suspects = Counter(place.skipped) + Counter(paged.suspects)
        done = paged.cursor is None
        moved = replace(place, planned=handled, cursor=paged.cursor, done=done, skipped=dict(suspects))
        self.progress.save_shard(store.id, progress_id(work.night, work.step), moved)
        return moved

    def _hand_on(self, work: NightWork, counts: Counter[str]) -> End:
        if work.hops >= MAX_HOPS:
            raise Rejected.at("hops", f"shard {work.shard} of {work.step} was handed on {work.hops} times")
        self.queue.send([night_message(replace(work, hops=work.hops + 1))])
        return Done({**counts, "night_handed_on": 1})

    def _finish(self, store: Store, work: NightWork, counts: Counter[str], note: Note) -> End:
        rows = self.progress.shards(store.id, progress_id(work.night, work.step))
        if sum(row.done for row in rows) >= store.shards:
            counts.update(self.walks[work.step].finish(store, work.night, note))
            note(
                "a step of the night is done", store=store.id, outcomes={work.step: sum(row.planned for row in rows)}
            )
            after = STEPS.index(work.step) + 1
            if after < len(STEPS):
                begin(self.queue, store, work.night, STEPS[after])
            else:
                counts["nights_done"] += 1
        return Done(counts or {"night_shard_done": 1})


def begin(queue: Queue, store: Store, night: Instant, step: Step) -> None:
    queue.send([night_message(NightWork(store.id, night, step, shard)) for shard in range(store.shards)])
