"""Page through one shard of a run's audience and queue its recipients in chunks, by push service."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.delivery import place as places
from shopbell.app.delivery.place import Place
from shopbell.app.delivery.releasing import chunk_size, delay_of, paced
from shopbell.app.delivery.slices import Slice, Slicer
from shopbell.app.delivery.unsent import Unsent
from shopbell.app.ends import Done, End, Handed, Later, Remaining, Uniform, back_off
from shopbell.app.work import MAX_HOPS, chunk_message, shard_message
from shopbell.domain.clock import SECOND, Clock, Duration
from shopbell.domain.errors import Rejected
from shopbell.domain.gates import over
from shopbell.domain.runs import Chunk, Recipient, Run, ShardProgress, ShardWork
from shopbell.domain.subscriptions import PushService
from shopbell.domain.variants import counted_of
from shopbell.ports import Candidates, Queue, RunProgress, Runs

RESERVE: Final[Duration] = 15 * SECOND
"""What must be left of an invocation to begin another slice."""


@dataclass(frozen=True, slots=True)
class PageAudience:
    """Queue `audience`.

    The checkpoint is the row of the shard; the message only says which. A worker that dies between a slice's
    chunks and its checkpoint is followed by one that cuts the same slice again: the same chunks with the same
    ids, which the ledger knows. A chunk's id holds a digest of its recipients, so that if the audience has
    changed meanwhile, no chunk is taken for another.
    """

    runs: Runs
    progress: RunProgress
    slicer: Slicer
    candidates: Candidates
    audience: Queue
    send: Mapping[PushService, Queue]
    now: Clock
    uniform: Uniform
    unsent: Unsent

    def __call__(self, work: ShardWork, handed: Handed, remaining: Remaining) -> End:
        run = self.runs.get(work.store, work.run)
        if run is None:
            return Done({"run_gone": 1})
        row = self._row(run, work.shard)
        place = places.read(row.cursor) if row.cursor else self.slicer.first(run, work.shard)
        self._sweep(run, work.shard, place)
        if row.done:
            return Done({"shards_done_before": 1})
        if run.state == "paused":
            return Later(back_off(handed, self.uniform), "run_paused")
        if (reason := over(run, self.now())) is not None:
            return self._give_up(run, row, reason)
        return self._go_on(run, work, (row, place), remaining)

    def _row(self, run: Run, shard: int) -> ShardProgress:
        fresh = ShardProgress(shard, planned=0, cursor=None, done=False)
        return next((row for row in self.progress.shards(run.store, run.id) if row.shard == shard), fresh)

    def _go_on(self, run: Run, work: ShardWork, at: tuple[ShardProgress, Place], remaining: Remaining) -> End:
        row, place = at
        counts: Counter[str] = Counter()
        while not row.done:
            if remaining() < RESERVE:
                return self._hand_on(work, counts)
            if not self._goes_on(run):
                return Later(SECOND, "run_stopped", counts)
            cut = self.slicer(run, work.shard, place, self.now())
            row, place = self._take(run, row, cut, counts)
            self._sweep(run, work.shard, place, cut)
        return Done({**counts, "shards_planned": 1})

    def _goes_on(self, run: Run) -> bool:
        """It may have been paused or cancelled while its audience is being read."""
        known = self.runs.get(run.store, run.id)
        return known is not None and known.state == "sending"

    def _take(self, run: Run, row: ShardProgress, cut: Slice, counts: Counter[str]) -> tuple[ShardProgress, Place]:
        chunks = list(chunks_of(run, row.shard, cut))
        for chunk in paced(run, row, chunks):
            self.send[chunk.service].send([chunk_message(chunk, delay_of(chunk, self.now()))])
        if run.audience.candidates is not None:
            self.unsent.of_candidates(run, cut.left)
        place = replace(cut.next, chunks=cut.next.chunks + len(chunks))
        moved = ShardProgress(
            shard=row.shard,
            planned=row.planned + len(cut.recipients),
            cursor=places.write(place),
            done=place.ended,
            skipped=Counter(row.skipped) + Counter(cut.skipped),
        )
        self.progress.save_shard(run.store, run.id, moved)
        counts.update({"chunks": len(chunks), "planned": len(cut.recipients)})
        for reason, number in cut.skipped.items():
            counts[f"skipped_{counted_of(reason)[0]}"] += number
        return moved, place

    def _sweep(self, run: Run, shard: int, place: Place, cut: Slice | None = None) -> None:
        """Candidates go only after the checkpoint that counts them (see `Sweep`)."""
        if place.sweep is None or run.audience.candidates is None:
            return
        taken = cut.taken if cut is not None else self.slicer.swept(run, shard, place.sweep)
        if taken:
            self.candidates.remove(run.audience.candidates, run.store, taken)

    def _hand_on(self, work: ShardWork, counts: Counter[str]) -> End:
        if work.hops >= MAX_HOPS:
            raise Rejected.at("hops", f"shard {work.shard} was handed on {work.hops} times")
        self.audience.send([shard_message(replace(work, hops=work.hops + 1))])
        return Done({**counts, "shards_handed_on": 1})

    def _give_up(self, run: Run, row: ShardProgress, reason: str) -> End:
        self.progress.save_shard(run.store, run.id, replace(row, done=True))
        return Done({f"shards_{reason.partition(':')[2]}": 1})


def chunks_of(run: Run, shard: int, cut: Slice) -> Iterator[Chunk]:
    """A slice's recipients, of one push service each."""
    ordinal, size = cut.next.chunks, chunk_size(run)
    by_service: dict[PushService, list[Recipient]] = {}
    for service, recipient in cut.recipients:
        by_service.setdefault(service, []).append(recipient)
    for service in sorted(by_service):
        whole = by_service[service]
        for start in range(0, len(whole), size):
            part = tuple(whole[start : start + size])
            name = places.digest(service, *(f"{one.visitor} {one.subscription}" for one in part))
            yield Chunk(run.store, run.id, f"{shard:03d}-{ordinal:06d}-{name}", service, part)
            ordinal += 1
