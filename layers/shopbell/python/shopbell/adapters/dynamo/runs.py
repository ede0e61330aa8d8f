"""Runs: what each was planned as, and what was changed of it since."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import (
    Item,
    keyed,
    maybe_number,
    n,
    number,
    s,
    seconds,
    text,
)
from shopbell.adapters.dynamo.batches import get_many
from shopbell.adapters.dynamo.database import ABSENT, Condition, Dynamo, put_op
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.clock import SECOND, Duration, Instant
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import RunId, StoreId
from shopbell.domain.lasting import RUN_TTL, shifted
from shopbell.domain.pauses import FOREVER, TURN_SLACK, Pause
from shopbell.domain.runs import Run, RunState, RunWarning, Source

_WARNED: Final = "warned_"
_PAUSED: Final = "paused_"
"""Before when a pause began: until when it was."""
_TAKEN: Final = "taken"
"""Until when a run's turns are taken."""
_TOLD: Final = "told_at"
"""When it was told that the run is through."""
_UNTOLD: Final = "untold_stop"
"""How long it had been paused before the stop that is still to be told of."""


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

    def set_state(
        self, store: StoreId, run: RunId, state: RunState, shift: Duration = 0, pause: Pause | None = None
    ) -> None:
        names, values = {"#state": "state", "#shift": "shift"}, {":state": s(state), ":shift": n(shift)}
        if pause is not None:
            names, values = {**names, "#paused": f"{_PAUSED}{pause[0]}"}, {**values, ":until": n(pause[1])}
            change = Condition("SET #state = :state, #paused = :until ADD #shift :shift", names, values)
            unknown = "attribute_not_exists(#paused) OR #paused = :forever"
            guard = Condition(f"attribute_exists(#state) AND ({unknown})", {}, {":forever": n(FOREVER)})
            if self.dynamo.update(self.table, keys.run(store, run), change, guard):
                return
            names, values = {"#state": "state", "#shift": "shift"}, {":state": s(state), ":shift": n(0)}
        self._change(store, run, Condition("SET #state = :state ADD #shift :shift", names, values))

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

    def stop(self, store: StoreId, run: RunId, shift: Duration, at: Instant) -> None:
        untold = Condition("SET #untold = :shift", {"#untold": _UNTOLD}, {":shift": n(shift)})
        names = {**untold.names, "#state": "state", "#paused": f"{_PAUSED}{at}"}
        values = {**untold.values, ":state": s("paused"), ":forever": n(FOREVER)}
        noted = f"{untold.expression}, #state = :state, #paused = if_not_exists(#paused, :forever)"
        lives = Condition("#state = :sending", {}, {":sending": s("sending")})
        if not self.dynamo.update(self.table, keys.run(store, run), Condition(noted, names, values), lives):
            self._change(store, run, untold)

    def untold_stop(self, store: StoreId, run: RunId) -> Duration | None:
        row = self.dynamo.get(self.table, keys.run(store, run))
        return None if row is None else maybe_number(row, _UNTOLD)

    def stop_told(self, store: StoreId, run: RunId, shift: Duration) -> None:
        guard = Condition("#untold = :shift", {"#untold": _UNTOLD}, {":shift": n(shift)})
        self.dynamo.update(self.table, keys.run(store, run), Condition("REMOVE #untold", guard.names), guard)

    def _change(self, store: StoreId, run: RunId, change: Condition) -> None:
        if not self.dynamo.update(self.table, keys.run(store, run), change):
            raise NotFound(run)


def _run(row: Item) -> Run:
    run = documents.run(text(row, "body"), text(row, "state"))
    warned = [name for name in row if name.startswith(_WARNED)]
    paused = [name for name in row if name.startswith(_PAUSED)]
    shift = maybe_number(row, "shift")
    if not warned and not paused and not shift:
        return run
    known = {cast("RunWarning", name.removeprefix(_WARNED)): number(row, name) for name in warned}
    pauses = ((int(name.removeprefix(_PAUSED)), number(row, name)) for name in paused)
    return shifted(replace(run, warnings=known, pauses=tuple(sorted({*run.pauses, *pauses}))), shift or 0)
