"""Runs, how far they are, and exact counters, in memory."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.clock import Duration, Instant
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import RunId, StoreId
from shopbell.domain.lasting import shifted
from shopbell.domain.pauses import FOREVER, TURN_SLACK, Pause
from shopbell.domain.runs import ChunkLedger, Run, RunState, RunWarning, ShardProgress, Source


@dataclass(frozen=True, slots=True)
class MemoryRuns:
    world: MemoryWorld

    def create(self, run: Run) -> bool:
        with self.world.lock:
            firings = {_firing(known) for known in self.world.runs.values()}
            if _firing(run) in firings or (run.store, run.id) in self.world.runs:
                return False
            self.world.runs[run.store, run.id] = run
        return True

    def get(self, store: StoreId, run: RunId) -> Run | None:
        with self.world.lock:
            return self.world.runs.get((store, run))

    def of_source(self, store: StoreId, source: Source, source_id: str) -> Sequence[Run]:
        with self.world.lock:
            mine = [run for run in self.world.runs.values() if _firing(run)[:3] == (store, source, source_id)]
        return sorted(mine, key=lambda run: run.scheduled_at, reverse=True)

    def set_state(
        self, store: StoreId, run: RunId, state: RunState, shift: Duration = 0, pause: Pause | None = None
    ) -> None:
        with self.world.lock:
            known = self.world.runs.get((store, run))
            if known is None:
                raise NotFound(run)
            turned = replace(known, state=state)
            if pause is not None:
                others = {since: until for since, until in known.pauses if since != pause[0] or until != FOREVER}
                shift = 0 if pause[0] in others else shift
                turned = replace(turned, pauses=tuple(sorted({pause[0]: pause[1], **others}.items())))
            self.world.runs[store, run] = shifted(turned, shift)

    def warn(self, store: StoreId, run: RunId, warning: RunWarning, at: Instant) -> None:
        with self.world.lock:
            known = self.world.runs.get((store, run))
            if known is None:
                raise NotFound(run)
            self.world.runs[store, run] = replace(known, warnings={**known.warnings, warning: at})

    def take_turn(self, store: StoreId, run: RunId, length: Duration, now: Instant) -> Duration:
        with self.world.lock:
            taken = self.world.turns.get((store, run), 0)
            if taken > now + TURN_SLACK:
                return taken - TURN_SLACK - now
            self.world.turns[store, run] = max(taken, now) + length
        return 0

    def told_at(self, store: StoreId, run: RunId) -> Instant | None:
        with self.world.lock:
            return self.world.told_runs.get((store, run))

    def tell(self, store: StoreId, run: RunId, at: Instant) -> None:
        with self.world.lock:
            if (store, run) not in self.world.runs:
                raise NotFound(run)
            self.world.told_runs.setdefault((store, run), at)

    def stop(self, store: StoreId, run: RunId, shift: Duration, at: Instant) -> None:
        with self.world.lock:
            known = self.world.runs.get((store, run))
            if known is None:
                raise NotFound(run)
            if known.state == "sending":
                self.set_state(store, run, "paused", pause=(at, FOREVER))
            self.world.untold_stops[store, run] = shift

    def untold_stop(self, store: StoreId, run: RunId) -> Duration | None:
        with self.world.lock:
            return self.world.untold_stops.get((store, run))

    def stop_told(self, store: StoreId, run: RunId, shift: Duration) -> None:
        with self.world.lock:
            if self.world.untold_stops.get((store, run)) == shift:
                del self.world.untold_stops[store, run]


@dataclass(frozen=True, slots=True)
class MemoryRunProgress:
    world: MemoryWorld

    def save_shard(self, store: StoreId, run: RunId, progress: ShardProgress) -> None:
        with self.world.lock:
            self.world.run_shards.setdefault((store, run), {})[progress.shard] = progress

    def shards(self, store: StoreId, run: RunId) -> Sequence[ShardProgress]:
        with self.world.lock:
            saved = self.world.run_shards.get((store, run), {})
            return [saved[number] for number in sorted(saved)]

    def ledger(self, store: StoreId, run: RunId, chunk: str) -> ChunkLedger | None:
        with self.world.lock:
            return self.world.run_ledgers.get((store, run), {}).get(chunk)

    def save_ledger(self, store: StoreId, run: RunId, ledger: ChunkLedger) -> None:
        with self.world.lock:
            self.world.run_ledgers.setdefault((store, run), {})[ledger.chunk] = ledger

    def ledgers(self, store: StoreId, run: RunId) -> Iterator[ChunkLedger]:
        with self.world.lock:
            saved = self.world.run_ledgers.get((store, run), {})
            return iter([saved[chunk] for chunk in sorted(saved)])


@dataclass(frozen=True, slots=True)
class MemoryCounters:
    world: MemoryWorld

    def position(self, store: StoreId, subject: str, source_shard: str) -> str | None:
        with self.world.lock:
            counted = self.world.counters.get((store, subject), {}).get(source_shard)
        return None if counted is None else counted[0]

    def add(self, store: StoreId, subject: str, source_shard: str, sequence: str, deltas: Mapping[str, int]) -> bool:
        with self.world.lock:
            by_shard = self.world.counters.setdefault((store, subject), {})
            last, tally = by_shard.get(source_shard, ("", {}))
            if sequence <= last:
                return False
            added = {name: tally.get(name, 0) + deltas.get(name, 0) for name in {*tally, *deltas}}
            by_shard[source_shard] = (sequence, added)
        return True

    def total(self, store: StoreId, subject: str) -> Mapping[str, int]:
        with self.world.lock:
            totals: Counter[str] = Counter()
            for _, tally in self.world.counters.get((store, subject), {}).values():
                totals.update(tally)
        return dict(totals)

    def by_source(
        self, store: StoreId, subject: str, first: str, last: str
    ) -> Iterator[tuple[str, Mapping[str, int]]]:
        with self.world.lock:
            rows = {name: dict(tally) for name, (_, tally) in self.world.counters.get((store, subject), {}).items()}
        return ((name, rows[name]) for name in sorted(rows) if first <= name <= last)


def _firing(run: Run) -> tuple[StoreId, Source, str, int, str]:
    return run.store, run.source, run.source_id, run.scheduled_at, run.part
