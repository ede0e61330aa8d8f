"""Steps on their way: a row each, written on condition, the end in one transaction with what it adds to the run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import orjson

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Item, b, binary, keyed, n, number, s, seconds, text
from shopbell.adapters.dynamo.database import ABSENT, Condition, Dynamo, equals, put_op, update_op
from shopbell.adapters.dynamo.keys.runs import dispatch as dispatch_key
from shopbell.adapters.dynamo.keys.runs import dispatch_shard
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.dispatch import Dispatch, DispatchState, accepted_of, counted
from shopbell.domain.gates import Told
from shopbell.domain.ids import RunId, StoreId, SubscriptionId, VisitorId
from shopbell.domain.lasting import RUN_TTL
from shopbell.domain.quarters import Quarters, quarter_of

_COUNT: Final = "n_"
"""Before the name of a count, as in the rows of all counters."""
_AT: Final = "at_"
"""Before the quarter of an hour in which so many were accepted."""
_BETWEEN: Final = "\n"


@dataclass(frozen=True, slots=True)
class DynamoDispatches:
    dynamo: Dynamo
    table: str
    now: Clock
    """For the TTL alone."""

    def get(self, store: StoreId, visitor: VisitorId, name: str) -> Dispatch | None:
        row = self.dynamo.get(self.table, dispatch_key(store, visitor, name))
        return None if row is None else _dispatch(store, visitor, name, row)

    def save(self, dispatch: Dispatch, counts: Mapping[str, int] | None = None, at: Instant = 0) -> bool:
        guard = equals("ver", n(dispatch.version)) if dispatch.version else ABSENT
        row = _row(dispatch, seconds(self.now() + RUN_TTL))
        if not counts:
            return self.dynamo.put(self.table, row, guard)
        return not self.dynamo.transact([put_op(self.table, row, guard), self._add(dispatch, counts, at)])

    def accepted(self, store: StoreId, run: RunId) -> Quarters:
        found: Counter[Instant] = Counter()
        for row in query(self.dynamo, self.table, Where(keys.counters(store, counted(run)))):
            found.update({int(name.removeprefix(_AT)): number(row, name) for name in row if name.startswith(_AT)})
        return found

    def _add(self, dispatch: Dispatch, counts: Mapping[str, int], at: Instant) -> Mapping[str, object]:
        place = keys.counter(dispatch.store, counted(dispatch.run), dispatch_shard(dispatch.store, dispatch.visitor))
        told = {_COUNT + name: count for name, count in counts.items()}
        if accepted := accepted_of(counts):
            told[f"{_AT}{quarter_of(at)}"] = accepted
        names = {f"#n{number}": name for number, name in enumerate(told)}
        values = {f":n{number}": n(count) for number, count in enumerate(told.values())}
        added = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
        return update_op(self.table, place, Condition(f"ADD {added}", names, values))


def _said(told: Sequence[Told]) -> str:
    return orjson.dumps([[one.gate, one.outcome, dict(one.values)] for one in told]).decode()


def _row(dispatch: Dispatch, ttl: Mapping[str, str]) -> Item:
    return {
        **keyed(dispatch_key(dispatch.store, dispatch.visitor, dispatch.name)),
        "run": s(dispatch.run),
        "state": s(dispatch.state),
        "until": n(dispatch.until),
        "devices": s(_BETWEEN.join(dispatch.devices)),
        "codes": b(dispatch.codes),
        "errors": n(dispatch.errors),
        "ver": n(dispatch.version + 1),
        "variant": n(dispatch.variant),
        **({"told": s(_said(dispatch.told))} if dispatch.told else {}),
        keys.TTL: ttl,
    }


def _dispatch(store: StoreId, visitor: VisitorId, name: str, row: Item) -> Dispatch:
    return Dispatch(
        store=store,
        visitor=visitor,
        name=name,
        run=RunId(text(row, "run")),
        state=cast("DispatchState", text(row, "state")),
        until=number(row, "until"),
        devices=tuple(map(SubscriptionId, filter(None, text(row, "devices").split(_BETWEEN)))),
        codes=binary(row, "codes"),
        errors=number(row, "errors"),
        version=number(row, "ver"),
        variant=number(row, "variant") if "variant" in row else 0,
        told=tuple(Told(*said) for said in orjson.loads(text(row, "told"))) if "told" in row else (),
    )
