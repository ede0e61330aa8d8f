"""Pools of coupons over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from shopbell.app.coupons.exporting import StartCodeExport
from shopbell.app.coupons.filling import AddCodes
from shopbell.app.coupons.pools import CreatePool, DeletePool, EditPool, PoolView, ReadPools
from shopbell.domain.clock import Instant, format_instant
from shopbell.domain.codes import Code
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import PoolId, StoreId
from shopbell.domain.incoming.coupons import MAX_BODY, CodesIn, PoolIn, PoolPatchIn
from shopbell.domain.incoming.faults import validated
from shopbell.runtime.http import coupon_answers as out
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer, answer, nothing
from shopbell.runtime.http.coupon_operations import STATES
from shopbell.runtime.http.life_answers import JobStartedOut
from shopbell.runtime.http.list_answers import LineFaultOut
from shopbell.runtime.http.reading import idempotency_key
from shopbell.runtime.http.request import Request

_FRESH: Final = {"cache-control": "no-store"}
_CSV: Final = "text/csv"


@dataclass(frozen=True, slots=True)
class CouponCalls:
    read: ReadPools
    create: CreatePool
    edit: EditPool
    delete: DeletePool
    add: AddCodes
    export: StartCodeExport

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {
            "listCouponPools": self._list,
            "createCouponPool": self._create,
            "getCouponPool": lambda store, request: _seen(self.read.one(store, _id(request))),
            "editCouponPool": self._edit,
            "deleteCouponPool": self._delete,
            "listCouponCodes": self._codes,
            "addCouponCodes": self._add,
        }

    def _list(self, store: StoreId, request: Request) -> Answer:
        return reading.listed_by_place(request, partial(self.read.page, store), _pool)

    def _create(self, store: StoreId, request: Request) -> Answer:
        made = self.create(store, reading.body(PoolIn, request), idempotency_key(request))
        return _seen(self.read.view(made), 201)

    def _edit(self, store: StoreId, request: Request) -> Answer:
        given = reading.body(PoolPatchIn, request)
        return _seen(self.read.view(self.edit(store, _id(request), given, reading.expected_revision(request))))

    def _delete(self, store: StoreId, request: Request) -> Answer:
        self.delete(store, _id(request), reading.expected_revision(request))
        return nothing()

    def _codes(self, store: StoreId, request: Request) -> Answer:
        state = reading.one_of(request, "state", STATES)
        if reading.one_of(request, "format", ("json", "csv")) == "csv":
            job = self.export(store, _id(request), state, reading.caller(request))
            return answer(JobStartedOut(job_id=job.id), 202, _FRESH)
        cursor, limit = reading.cursor_of(request), reading.limit_of(request)
        page = self.read.list_codes(store, _id(request), cursor, limit)
        kept = tuple(one for one in page.items if state in {None, one.state})
        return reading.listed(request, replace(page, items=kept), _code)

    def _add(self, store: StoreId, request: Request) -> Answer:
        filled = self.add(store, _id(request), _given(request))
        errors = [LineFaultOut(line=one.line, message=one.message) for one in filled.errors]
        if filled.job is not None:
            begun = out.CodesComingOut(
                job_id=filled.job.id,
                accepted=filled.accepted,
                rejected=filled.rejected,
                duplicates=filled.duplicates,
                errors=errors,
            )
            return answer(begun, 202, _FRESH)
        done = out.CodesAddedOut(
            accepted=filled.accepted,
            rejected=filled.rejected,
            duplicates=filled.duplicates,
            errors=errors,
            added=filled.added,
        )
        return answer(done, headers=_FRESH)


def _given(request: Request) -> CodesIn:
    if not request.headers.get("content-type", "").lower().startswith(_CSV):
        return validated(CodesIn, request.json(MAX_BODY))
    try:
        return CodesIn(csv=request.body(MAX_BODY).decode("utf-8"))
    except UnicodeDecodeError:
        raise Rejected.at("", "must be UTF-8", status=400) from None


def _seen(view: PoolView, status: int = 200) -> Answer:
    return reading.tagged(_pool(view), view.pool.revision, status)


def _pool(view: PoolView) -> out.CouponPoolOut:
    pool, stock = view.pool, view.stock
    popup = None if pool.title is None else out.PopupTextsOut(title=pool.title, body=pool.body or "")
    return out.CouponPoolOut(
        id=pool.id,
        name=pool.name,
        discount=pool.discount,
        expires_at=_instant(pool.expires_at),
        low_stock_percent=pool.low_stock_percent,
        popup=popup,
        codes=stock.codes,
        assigned=stock.assigned,
        redeemed=stock.redeemed,
        free=stock.free,
        warnings=list(view.warnings),
        created_at=format_instant(pool.created_at),
        last_changed_at=format_instant(pool.changed_at),
    )


def _code(one: Code) -> out.CouponCodeOut:
    return out.CouponCodeOut(
        code=one.code,
        state=one.state,
        visitor_id=one.visitor,
        assigned_at=_instant(one.assigned_at),
        expires_at=_instant(one.expires_at),
        order_id=one.order,
    )


def _instant(at: Instant | None) -> str | None:
    return None if at is None else format_instant(at)


def _id(request: Request) -> PoolId:
    return PoolId(request.params["pool_id"])
