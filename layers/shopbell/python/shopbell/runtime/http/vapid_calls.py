"""VAPID keys and imports of subscribers over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from shopbell.app.importing.start import StartImport
from shopbell.app.jobs import StartJob
from shopbell.app.management.vapid import KeepVapidKey, ReadVapidKeys, RotateVapidKey, UsedKey
from shopbell.domain.clock import format_instant
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.faults import validated
from shopbell.domain.incoming.imports import MAX_BODY, ImportIn
from shopbell.runtime.http import reading
from shopbell.runtime.http import vapid_answers as out
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.management_ports import Ports
from shopbell.runtime.http.reading import idempotency_key
from shopbell.runtime.http.request import Request
from shopbell.runtime.http.shapes import instant

_FRESH = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class VapidCalls:
    read: ReadVapidKeys
    rotate: RotateVapidKey
    start: StartImport

    @classmethod
    def over(cls, ports: Ports) -> "VapidCalls":
        read = ReadVapidKeys(ports.stores, ports.keys.uses)
        keep = KeepVapidKey(ports.keys.row, ports.keys.secrets, ports.now)
        start = StartJob(ports.work.jobs, ports.queues.rebuild, ports.random, ports.now)
        begin = StartImport(ports.stores, ports.work.uploads, keep, ports.keys.pair_of, start)
        return cls(read, RotateVapidKey(read, keep, ports.keys.pair), begin)

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {
            "listVapidKeys": self._list,
            "rotateVapidKey": self._rotate,
            "importSubscriptions": self._import,
        }

    def _list(self, store: StoreId, request: Request) -> Answer:
        return reading.listed_by_place(request, partial(self.read.page, store), _key)

    def _rotate(self, store: StoreId, request: Request) -> Answer:
        return answer(_key(self.rotate(store, idempotency_key(request))), 201, headers=_FRESH)

    def _import(self, store: StoreId, request: Request) -> Answer:
        given = validated(ImportIn, request.json(MAX_BODY))
        job, key = self.start(store, given, reading.caller(request))
        return answer(out.ImportStartedOut(job_id=job.id, vapid_key_id=key), 202, headers=_FRESH)


def _key(row: UsedKey) -> out.VapidKeyUseOut:
    key, use = row.key, row.use
    return out.VapidKeyUseOut(
        id=key.id,
        public_key=key.public_key,
        state=key.state,
        subscriptions=use.active,
        parked=use.parked,
        refused=use.refused,
        last_refused_at=instant(use.last_refused_at),
        created_at=format_instant(key.created_at),
    )
