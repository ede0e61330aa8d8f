"""From what happened to notices: one for each webhook that wants some of it, on their queue."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.webhooks.work import notice_message
from shopbell.domain.clock import Clock
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.membership import Change, LogLine
from shopbell.domain.webhooks.hook import Webhook
from shopbell.domain.webhooks.notice import MAX_CHANGES, Notice, change, change_id, named
from shopbell.ports import Queue

HooksOf = Callable[[StoreId], Sequence[Webhook]]
"""Those of a store as they were at most a minute ago: whoever has none pays for one read a minute."""
Shown = Callable[[StoreId, SegmentId], bool]
"""Whether people see the segment: an inline rule of a campaign is none of theirs."""
_EVENTS: Final[dict[Change, str]] = {"entered": "segment.entered", "exited": "segment.exited"}


@dataclass(frozen=True, slots=True)
class AnnounceFlips:
    """Entries and exits, as the log's stream tells them."""

    hooks: HooksOf
    shown: Shown
    queue: Queue
    now: Clock

    def __call__(self, lines: Iterable[tuple[StoreId, LogLine]]) -> dict[str, int]:
        """Counts by outcome. Raises Unavailable: nothing is lost, some may be told twice, under the same id."""
        told: dict[tuple[StoreId, str], list[LogLine]] = {}
        for store, line in lines:
            event = _EVENTS.get(line.flip.change)
            if event is not None and self._wanted(store, event, line):
                told.setdefault((store, event), []).append(line)
        notices = [one for (store, event), mine in told.items() for one in self._notices(store, event, mine)]
        self.queue.send([notice_message(one) for one in notices])
        return {"webhook_notices": len(notices)} if notices else {}

    def _wanted(self, store: StoreId, event: str, line: LogLine) -> bool:
        segment = line.flip.segment
        return any(hook.wants(event, segment) for hook in self.hooks(store)) and self.shown(store, segment)

    def _notices(self, store: StoreId, event: str, lines: Sequence[LogLine]) -> Iterable[Notice]:
        for hook in self.hooks(store):
            mine = [line for line in lines if hook.wants(event, line.flip.segment)]
            for start in range(0, len(mine), MAX_CHANGES):
                yield self._notice(hook, event, mine[start : start + MAX_CHANGES])

    def _notice(self, hook: Webhook, event: str, lines: Sequence[LogLine]) -> Notice:
        message = named(hook.id, event, [change_id(hook.store, line) for line in lines])
        changes = {"changes": [change(hook.store, line) for line in lines]}
        return Notice(hook.store, hook.id, message, event, self.now(), {**changes})
