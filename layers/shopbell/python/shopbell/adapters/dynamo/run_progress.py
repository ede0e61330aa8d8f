"""How far each shard and chunk of a run is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

import orjson

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import (
    Item,
    b,
    binary,
    flag,
    keyed,
    maybe_text,
    n,
    number,
    s,
    seconds,
    text,
    truth,
)
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.clock import Clock
from shopbell.domain.ids import RunId, StoreId
from shopbell.domain.lasting import RUN_TTL
from shopbell.domain.runs import ChunkLedger, ShardProgress
from shopbell.domain.subscriptions import PushService

_SERVED_ON: Final = "served_on"
_SERVED_AT: Final = "served_at"
_ACCEPTED_AT: Final = "accepted_at"


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
