"""Change what is known of a visitor; the change is an event like any other (ruling 8)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from shopbell.app.tracking.items import system_item
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId, VisitorId
from shopbell.domain.incoming.events import visitor_fault
from shopbell.domain.store import Principal
from shopbell.ports import Events

Changed = tuple[VisitorId, Mapping[str, Json]]


@dataclass(frozen=True, slots=True)
class UpdateTraits:
    events: Events
    now: Clock

    def __call__(
        self, caller: Principal, visitor: VisitorId, changes: Mapping[str, Json], request: str | None = None
    ) -> bool:
        """False if this very request (its Idempotency-Key with the same content) was stored before."""
        trusted = caller.kind == "srv"
        if (fault := visitor_fault(visitor, trusted=trusted)) is not None:
            raise Rejected.at("visitor_id", fault)
        (new,) = self.many(caller, [(visitor, changes)], request)
        return new

    def many(self, caller: Principal, rows: Sequence[Changed], request: str | None = None) -> Sequence[bool]:
        """For each of them whether it is new; `rows` are checked, and no visitor is named twice."""
        now, trusted = self.now(), caller.kind == "srv"
        items = [
            system_item(caller.store, _event(who, changes, _id(changes, request, now), now, trusted=trusted))
            for who, changes in rows
        ]
        return self.events.append(items) if items else ()


def _event(who: VisitorId, changes: Mapping[str, Json], name: EventId, now: Instant, *, trusted: bool) -> Event:
    return Event(name, "traits_changed", who, now, now, properties={"traits": dict(changes)}, trusted=trusted)


def _id(changes: Mapping[str, Json], request: str | None, now: Instant) -> EventId:
    content = orjson.dumps(dict(changes), option=orjson.OPT_SORT_KEYS)
    once = f"key {request}" if request else f"at {now}"
    return EventId("traits:" + hashlib.sha256(once.encode() + b"\n" + content).hexdigest()[:32])
