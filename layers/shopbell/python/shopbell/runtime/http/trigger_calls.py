"""Fly mode over HTTP: a marketer's own triggers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from shopbell.app.scenarios.following import TriggerView
from shopbell.app.scenarios.triggers import CreateTrigger, DeleteTrigger, EditTrigger, ReadTriggers
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.triggers import TriggerIn, TriggerPatchIn
from shopbell.domain.scenarios.fly import TriggerId
from shopbell.runtime.http import reading, trigger_shapes
from shopbell.runtime.http.answer import Answer, nothing
from shopbell.runtime.http.reading import idempotency_key
from shopbell.runtime.http.request import Request


@dataclass(frozen=True, slots=True)
class TriggerCalls:
    read: ReadTriggers
    create: CreateTrigger
    edit: EditTrigger
    delete: DeleteTrigger

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {
            "listTriggers": self._list,
            "createTrigger": self._create,
            "getTrigger": lambda store, request: _seen(self.read.one(store, _id(request))),
            "editTrigger": self._edit,
            "deleteTrigger": self._delete,
        }

    def _list(self, store: StoreId, request: Request) -> Answer:
        return reading.listed_by_place(request, partial(self.read.page, store), trigger_shapes.trigger)

    def _create(self, store: StoreId, request: Request) -> Answer:
        return _seen(self.create(store, reading.body(TriggerIn, request), idempotency_key(request)), 201)

    def _edit(self, store: StoreId, request: Request) -> Answer:
        given = reading.body(TriggerPatchIn, request)
        return _seen(self.edit(store, _id(request), given, reading.expected_revision(request)))

    def _delete(self, store: StoreId, request: Request) -> Answer:
        self.delete(store, _id(request), reading.expected_revision(request))
        return nothing()


def _seen(view: TriggerView, status: int = 200) -> Answer:
    return reading.tagged(trigger_shapes.trigger(view), view.row.revision, status)


def _id(request: Request) -> TriggerId:
    return TriggerId(request.params["trigger_id"])
