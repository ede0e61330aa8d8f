"""Tell of one thing that happened to a store: a notice for each webhook that wants to hear of its kind."""

from collections.abc import Mapping
from dataclasses import dataclass

from shopbell.app.webhooks.announce import HooksOf
from shopbell.app.webhooks.work import notice_message
from shopbell.domain.clock import Clock
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.webhooks.alarm import Alarm
from shopbell.domain.webhooks.hook import ALARM, EventType
from shopbell.domain.webhooks.notice import Notice, named
from shopbell.ports import Queue


@dataclass(frozen=True, slots=True)
class Tell:
    hooks: HooksOf
    queue: Queue
    now: Clock

    def wanted(self, store: StoreId, event: EventType) -> bool:
        """Whether anybody does."""
        return any(hook.wants(event) for hook in self.hooks(store))

    def __call__(self, store: StoreId, event: EventType, occurrence: str, data: Mapping[str, Json]) -> int:
        """How many are told. Raises Unavailable; the same `occurrence` again has the same ids."""
        now = self.now()
        notices = [
            Notice(store, hook.id, named(hook.id, event, (occurrence,)), event, now, data)
            for hook in self.hooks(store)
            if hook.wants(event)
        ]
        if notices:
            self.queue.send([notice_message(one) for one in notices])
        return len(notices)

    def alarm(self, store: StoreId, alarm: Alarm) -> None:
        self(store, ALARM, alarm.id(store), alarm.data(store))
