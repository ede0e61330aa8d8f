"""What a shop's server is served beside its events: traits of many visitors, and what came in of late."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final

from pydantic import BaseModel, Field, JsonValue

from shopbell.app.privacy.erased import NOBODY, TAKE_ANOTHER, Erased
from shopbell.app.tracking.lately import NoteLately, ReadLately
from shopbell.app.tracking.traits import Changed, UpdateTraits
from shopbell.domain.clock import format_instant
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import VisitorId
from shopbell.domain.incoming.faults import Incoming, validated
from shopbell.domain.incoming.texts import Many
from shopbell.domain.incoming.traits import VisitorIn
from shopbell.domain.lately import Lately, shown
from shopbell.runtime.http import tracking_answers as out
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.operation import Call, Keyed, Operation
from shopbell.runtime.http.reading import idempotency_key
from shopbell.runtime.http.request import SERVER_BODY
from shopbell.runtime.http.shapes import json_of

MAX_VISITORS: Final = 500
_DESCRIBED: Final = {"items": {"$ref": "#/components/schemas/VisitorIn"}}


class VisitorsIn(Incoming):
    """Visitors are judged one by one, so they are not yet checked here."""

    visitors: Annotated[Many[object], Field(max_length=MAX_VISITORS, json_schema_extra=_DESCRIBED)]


class RecentFaultOut(BaseModel):
    path: str
    message: str


class RecentOut(BaseModel):
    """`event` as it was sent; of more than 1,000 bytes the beginning, as text. `rejected` null: it was taken."""

    received_at: str
    event: JsonValue
    rejected: RecentFaultOut | None


class RecentEventsOut(BaseModel):
    """Newest first. Everything that comes is noted until `watched_until`."""

    items: list[RecentOut]
    watched_until: str


OPERATIONS: Final = (
    Operation(
        "changeVisitors",
        "POST",
        "/v1/visitors",
        "Change what is known of up to 500 visitors",
        "Tracking",
        Keyed(frozenset({"srv"})),
        status=202,
        body=VisitorsIn,
        answer=out.EventsOut,
        errors=(413,),
        takes=("idempotency-key",),
        description="What is right is stored, what is wrong is listed in `rejected`. Null removes a trait.",
    ),
    Operation(
        "listRecentEvents",
        "GET",
        "/v1/events/recent",
        "The latest events as they were sent, with what was refused",
        "Tracking",
        Keyed(frozenset({"srv", "mgmt"})),
        answer=RecentEventsOut,
        description=(
            "For connecting a shop: up to 100, kept for a day. What is refused is always noted; what is taken in the "
            "first week of a store, and for an hour after this call, from a minute after it on."
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One visitor of a call: where it stands, by which of its fields it is named, and what is said of it."""

    index: int
    path: str
    changed: Changed


@dataclass(frozen=True, slots=True)
class ServerCalls:
    update_traits: UpdateTraits
    note: NoteLately
    recent: ReadLately
    erased: Erased | None = None

    @property
    def handles(self) -> Mapping[str, Callable[[Call], Answer]]:
        return {"changeVisitors": self._visitors, "listRecentEvents": self._recent}

    def _visitors(self, call: Call) -> Answer:
        given = validated(VisitorsIn, call.request.json(SERVER_BODY))
        right, wrong = self._living(call, *_judged(given))
        new = self.update_traits.many(call.principal, right, idempotency_key(call.request))
        counts = {"traits_changed": sum(new), "traits_repeated": len(new) - sum(new), "visitors_rejected": len(wrong)}
        said = answer(out.EventsOut(accepted=len(right), rejected=wrong), 202, counts=counts)
        return replace(said, faults=tuple(one.path for one in wrong))

    def _living(
        self, call: Call, read: Sequence[_Row], wrong: Sequence[out.RejectedOut]
    ) -> tuple[list[Changed], list[out.RejectedOut]]:
        """Without those who were erased."""
        gone = self.erased.among(call.store.id, [one.changed[0] for one in read]) if self.erased else NOBODY
        late = [
            out.RejectedOut(index=one.index, path=one.path, message=TAKE_ANOTHER.message)
            for one in read
            if one.changed[0] in gone
        ]
        both = sorted((*wrong, *late), key=lambda one: one.index)
        return [one.changed for one in read if one.changed[0] not in gone], both

    def _recent(self, call: Call) -> Answer:
        seen = self.recent(call.store.id)
        items = [_recent(one) for one in seen.events]
        said = RecentEventsOut(items=items, watched_until=format_instant(seen.watched_until))
        return answer(said, headers={"cache-control": "no-store"})


def _judged(given: VisitorsIn) -> tuple[list[_Row], list[out.RejectedOut]]:
    right: dict[VisitorId, _Row] = {}
    wrong: list[out.RejectedOut] = []
    for index, raw in enumerate(given.visitors):
        try:
            one = validated(VisitorIn, raw)
            path = "visitor_id" if one.visitor_id else "customer_id"
            if one.who in right:
                raise Rejected.at(path, "is named twice in this call")
            right[one.who] = _Row(index, path, (one.who, one.traits.changes))
        except Rejected as exc:
            first = exc.problems[0]
            wrong.append(out.RejectedOut(index=index, path=first.path, message=first.message))
    return [*right.values()], wrong


def _recent(one: Lately) -> RecentOut:
    fault = None if one.path is None else RecentFaultOut(path=one.path, message=one.message or "")
    return RecentOut(received_at=format_instant(one.at), event=json_of(shown(one.sent)), rejected=fault)
