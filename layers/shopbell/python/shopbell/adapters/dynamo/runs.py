"""Runs, how far each shard and chunk of them is, and exact counters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

import orjson

from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import (
    Item,
    b,
    binary,
    flag,
    keyed,
    maybe_number,
    maybe_text,
    n,
    number,
    s,
    seconds,
    text,
    truth,
)
from shopbell.adapters.dynamo.batches import get_many
from shopbell.adapters.dynamo.database import ABSENT, Condition, Dynamo, put_op
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.clock import SECOND, Clock, Duration, Instant
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import RunId, StoreId
from shopbell.domain.lasting import RUN_TTL, shifted
from shopbell.domain.runs import TURN_SLACK, ChunkLedger, Run, RunState, RunWarning, ShardProgress, Source
from shopbell.domain.subscriptions import PushService

_WARNED: Final = "warned_"
_TAKEN: Final = "taken"
"""Until when a run's turns are taken."""
_TOLD: Final = "told_at"
"""When it was told that the run is through."""
_UNTOLD: Final = "untold_stop"
"""How long it had been paused before the stop that is still to be told of."""
_SERVED_ON: Final = "served_on"
_SERVED_AT: Final = "served_at"
_ACCEPTED_AT: Final = "accepted_at"


@dataclass(frozen=True, slots=True)
class DynamoRuns:
    dynamo: Dynamo
    table: str

    def create(self, run: Run) -> bool:
        """The firing and the run in one transaction: the firing is what can happen only once."""
        ttl = seconds(max(run.ends_at, run.created_at) + RUN_TTL)
        firing = keyed(keys.firing(run.store, run.source, run.source_id, run.scheduled_at, run.part))
        body = {"state": s(run.state), "body": s(documents.dump(run).decode())}
        operations = [
            put_op(self.table, {**firing, "run": s(run.id), keys.TTL: ttl}, ABSENT),
            put_op(self.table, {**keyed(keys.run(run.store, run.id)), **body, keys.TTL: ttl}, ABSENT),
        ]
        return not self.dynamo.transact(operations)

    def get(self, store: StoreId, run: RunId) -> Run | None:
        row = self.dynamo.get(self.table, keys.run(store, run))
        return None if row is None else _run(row)

    def of_source(self, store: StoreId, source: Source, source_id: str) -> Sequence[Run]:
        where = Where(keys.runs_of(store, source, source_id))
        ids = [RunId(text(row, "run")) for row in query(self.dynamo, self.table, where)]
        rows = get_many(self.dynamo, self.table, (keys.run(store, run) for run in ids))
        return sorted(map(_run, rows), key=lambda run: run.scheduled_at, reverse=True)

    def set_state(self, store: StoreId, run: RunId, state: RunState, shift: Duration = 0) -> None:
        names, values = {"#state": "state", "#shift": "shift"}, {":state": s(state), ":shift": n(shift)}
        change = Condition("SET #state = :state ADD #shift :shift", names, values)
        self._change(store, run, change)

    def warn(self, store: StoreId, run: RunId, warning: RunWarning, at: Instant) -> None:
        change = Condition("SET #warned = :at", {"#warned": f"{_WARNED}{warning}"}, {":at": n(at)})
        self._change(store, run, change)

    def take_turn(self, store: StoreId, run: RunId, length: Duration, now: Instant) -> Duration:
        key = keys.run(store, run)
        row = self.dynamo.get(self.table, key)
        taken = None if row is None else maybe_number(row, _TAKEN)
        if (taken or 0) > now + TURN_SLACK:
            return (taken or 0) - TURN_SLACK - now
        names = {"#taken": _TAKEN}
        guard = Condition("attribute_not_exists(#taken)", names)
        if taken is not None:
            guard = Condition("#taken = :was", names, {":was": n(taken)})
        change = Condition("SET #taken = :until", names, {":until": n(max(taken or 0, now) + length)})
        return 0 if row is None or self.dynamo.update(self.table, key, change, guard) else SECOND

    def told_at(self, store: StoreId, run: RunId) -> Instant | None:
        row = self.dynamo.get(self.table, keys.run(store, run))
        return None if row is None else maybe_number(row, _TOLD)

    def tell(self, store: StoreId, run: RunId, at: Instant) -> None:
        change = Condition("SET #told = if_not_exists(#told, :at)", {"#told": _TOLD}, {":at": n(at)})
        self._change(store, run, change)

    def stop(self, store: StoreId, run: RunId, shift: Duration) -> None:
        names, values = {"#state": "state", "#untold": _UNTOLD}, {":state": s("paused"), ":shift": n(shift)}
        self._change(store, run, Condition("SET #state = :state, #untold = :shift", names, values))

    def untold_stop(self, store: StoreId, run: RunId) -> Duration | None:
        row = self.dynamo.get(self.table, keys.run(store, run))
        return None if row is None else maybe_number(row, _UNTOLD)

    def stop_told(self, store: StoreId, run: RunId, shift: Duration) -> None:
        guard = Condition("#untold = :shift", {"#untold": _UNTOLD}, {":shift": n(shift)})
        self.dynamo.update(self.table, keys.run(store, run), Condition("REMOVE #untold", guard.names), guard)

    def _change(self, store: StoreId, run: RunId, change: Condition) -> None:
        if not self.dynamo.update(self.table, keys.run(store, run), change):
            raise NotFound(run)


@dataclass(frozen=True, slots=True)
class DynamoRunProgress:
    dynamo: Dynamo
    table: str
    now: Clock
    """For the TTL alone: a row goes when nothing was written to it for as long as a run is kept."""

    def save_shard(self, store: StoreId, run: RunId, progress: ShardProgress) -> None:
        row = {
            **keyed(keys.run_shard(store, run, progress.shard)),
            "shard": n(progress.shard),
            "planned": n(progress.planned),
            "done": flag(progress.done),
            "skipped": s(orjson.dumps(progress.skipped).decode()),
            keys.TTL: seconds(self.now() + RUN_TTL),
        }
        self.dynamo.put(self.table, row if progress.cursor is None else {**row, "cursor": s(progress.cursor)})

    def shards(self, store: StoreId, run: RunId) -> Sequence[ShardProgress]:
        return [_shard(row) for row in self._rows(store, run, keys.SHARDS)]

    def ledger(self, store: StoreId, run: RunId, chunk: str) -> ChunkLedger | None:
        row = self.dynamo.get(self.table, keys.run_chunk(store, run, chunk))
        return None if row is None else _ledger(row)

    def save_ledger(self, store: StoreId, run: RunId, ledger: ChunkLedger) -> None:
        row = {
            **keyed(keys.run_chunk(store, run, ledger.chunk)),
            "service": s(ledger.service),
            "codes": b(ledger.codes),
            "errors": n(ledger.errors),
            keys.TTL: seconds(self.now() + RUN_TTL),
        }
        for name, more in (("variants", ledger.variants), ("told", ledger.told)):
            if more:
                row[name] = b(more)
        if ledger.served is not None:
            row[_SERVED_ON], row[_SERVED_AT] = map(n, ledger.served)
        if ledger.accepted_at:
            row[_ACCEPTED_AT] = s(orjson.dumps([*ledger.accepted_at.items()]).decode())
        self.dynamo.put(self.table, row)

    def ledgers(self, store: StoreId, run: RunId) -> Iterator[ChunkLedger]:
        return map(_ledger, self._rows(store, run, keys.CHUNKS))

    def _rows(self, store: StoreId, run: RunId, prefix: str) -> Iterator[Item]:
        return query(self.dynamo, self.table, Where(keys.run(store, run)[keys.PK], "prefix", prefix))


def _run(row: Item) -> Run:
    run = documents.run(text(row, "body"), text(row, "state"))
    warned = [name for name in row if name.startswith(_WARNED)]
    shift = maybe_number(row, "shift")
    if not warned and not shift:
        return run
    known = {cast("RunWarning", name.removeprefix(_WARNED)): number(row, name) for name in warned}
    return shifted(replace(run, warnings=known), shift or 0)


def _shard(row: Item) -> ShardProgress:
    return ShardProgress(
        shard=number(row, "shard"),
        planned=number(row, "planned"),
        cursor=maybe_text(row, "cursor"),
        done=truth(row, "done"),
        skipped=orjson.loads(text(row, "skipped")),
    )


def _ledger(row: Item) -> ChunkLedger:
    return ChunkLedger(
        chunk=text(row, keys.SK).removeprefix(keys.CHUNKS),
        service=cast("PushService", text(row, "service")),
        codes=binary(row, "codes"),
        errors=number(row, "errors") if "errors" in row else 0,
        variants=binary(row, "variants") if "variants" in row else b"",
        told=binary(row, "told") if "told" in row else b"",
        served=(number(row, _SERVED_ON), number(row, _SERVED_AT)) if _SERVED_ON in row else None,
        accepted_at=dict(orjson.loads(text(row, _ACCEPTED_AT))) if _ACCEPTED_AT in row else {},
    )
