"""Say of a visitor that nothing is ever to be sent to them, or that it may be again; an event like any other."""

import hashlib
from dataclasses import dataclass

from shopbell.app.people import People
from shopbell.app.tracking.items import system_item
from shopbell.domain.clock import Clock
from shopbell.domain.errors import NotFound
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId, StoreId, VisitorId
from shopbell.domain.profile import SUPPRESSED
from shopbell.domain.suppression import Suppression
from shopbell.ports import Events, Visitors


@dataclass(frozen=True, slots=True)
class SuppressVisitor:
    visitors: Visitors
    events: Events
    now: Clock

    def __call__(
        self, store: StoreId, visitor: VisitorId, reason: str | None, *, suppressed: bool
    ) -> Suppression | None:
        """It holds within seconds, for all ids of the person. NotFound: no such visitor."""
        profile = People(self.visitors).load(store, visitor)
        if profile.version == 0:
            raise NotFound(visitor)
        now = self.now()
        value: Json = {"reason": reason} if suppressed else None
        digest = hashlib.sha256(f"{profile.visitor}\n{now}\n{suppressed}".encode()).hexdigest()[:32]
        said = {"traits": {SUPPRESSED: value}}
        event = Event(
            EventId(f"suppressed:{digest}"), "traits_changed", profile.visitor, now, now, said, trusted=True
        )
        self.events.append([system_item(store, event)])
        return Suppression(now, reason) if suppressed else None
