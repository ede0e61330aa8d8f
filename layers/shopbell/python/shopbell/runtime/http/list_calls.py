"""Static lists over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from shopbell.app.management.list_members import PutMembers
from shopbell.app.management.lists import CreateList, DeleteList, ReadLists
from shopbell.domain.clock import format_instant
from shopbell.domain.ids import ListId, StoreId
from shopbell.domain.incoming.faults import validated
from shopbell.domain.incoming.lists import MAX_BODY, ListIn, ListMembersIn
from shopbell.domain.jobs import JobError
from shopbell.domain.lists import VisitorList
from shopbell.runtime.http import list_answers as out
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer, answer, nothing
from shopbell.runtime.http.reading import idempotency_key
from shopbell.runtime.http.request import Request

_FRESH: Final = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class ListCalls:
    read: ReadLists
    create: CreateList
    put: PutMembers
    delete: DeleteList

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {
            "listLists": self._list,
            "createList": self._create,
            "getList": lambda store, request: answer(_shape(self.read.one(store, _id(request))), headers=_FRESH),
            "putListMembers": self._put,
            "deleteList": self._delete,
        }

    def _list(self, store: StoreId, request: Request) -> Answer:
        return reading.listed_by_place(request, partial(self.read.page, store), _shape)

    def _create(self, store: StoreId, request: Request) -> Answer:
        made = self.create(store, reading.body(ListIn, request), idempotency_key(request))
        return answer(_shape(self.read.one(store, made.id)), 201, _FRESH)

    def _put(self, store: StoreId, request: Request) -> Answer:
        filled = self.put(store, _id(request), validated(ListMembersIn, request.json(MAX_BODY)))
        errors = [_fault(one) for one in filled.errors]
        if filled.job is not None:
            begun = out.FillingOut(
                job_id=filled.job.id, accepted=filled.accepted, rejected=filled.rejected, errors=errors
            )
            return answer(begun, 202, _FRESH)
        done = out.FilledOut(
            accepted=filled.accepted,
            rejected=filled.rejected,
            errors=errors,
            added=filled.added,
            removed=filled.removed,
            size=filled.size,
        )
        return answer(done, headers=_FRESH)

    def _delete(self, store: StoreId, request: Request) -> Answer:
        self.delete(store, _id(request))
        return nothing()


def _shape(found: tuple[VisitorList, int]) -> out.VisitorListOut:
    row, used_by = found
    return out.VisitorListOut(
        id=row.id,
        name=row.name,
        description=row.description,
        size=row.size,
        used_by=used_by,
        created_at=format_instant(row.created_at),
        last_changed_at=format_instant(row.changed_at),
    )


def _fault(error: JobError) -> out.LineFaultOut:
    return out.LineFaultOut(line=error.line, message=error.message)


def _id(request: Request) -> ListId:
    return ListId(request.params["list_id"])
