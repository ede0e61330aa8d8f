"""Fifth step: what the logs of a sample tell is counted again for reports; what was missed is counted then.

Nothing is counted twice: receipts have their marks, and orders follow from a person's facts. So the log is simply
handed in again, as far as it should long have been counted, and whatever moves by it had drifted.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.nightly.audit import sampled
from shopbell.app.nightly.work import NightWork, Note, Paged
from shopbell.app.reporting.count import CountReports
from shopbell.domain.attribution.cells import added
from shopbell.domain.attribution.parting import is_lift
from shopbell.domain.attribution.receipts import is_counted
from shopbell.domain.clock import DAY, HOUR, Clock, Duration, Instant
from shopbell.domain.events import EventItem
from shopbell.domain.ids import VisitorId
from shopbell.domain.store import Store
from shopbell.ports import Events, Visitors

PAGE: Final = 200
SHARE: Final = 100
"""One visitor of so many, another hundredth each night."""
LAG: Final[Duration] = HOUR
"""What came so lately may not be counted yet."""
RECEIPTS_OF: Final[Duration] = 2 * DAY
"""How far back marks are sure to be kept."""


@dataclass(frozen=True, slots=True)
class RecountReports:
    visitors: Visitors
    events: Events
    count: CountReports
    now: Clock
    share: int = SHARE

    def page(self, store: Store, work: NightWork, cursor: str | None, note: Note) -> Paged:
        page = self.visitors.walk(store.id, work.shard, cursor, PAGE)
        counts: Counter[str] = Counter()
        for visitor in page.items:
            if sampled(store.id, visitor, work.night, self.share):
                self._again(store, visitor, counts, note)
        return Paged(page.cursor, len(page.items), counts)

    def finish(self, store: Store, night: Instant, note: Note) -> Mapping[str, int]:  # noqa: ARG002 - as every step
        return {}

    def _again(self, store: Store, visitor: VisitorId, counts: Counter[str], note: Note) -> None:
        until = self.now() - LAG
        missed = self.count.receipts(store.id, self._receipts(store, visitor, until))["receipts_counted"]
        attribute, follow = self.count.attribute, self.count.follow
        drift = added(attribute.again(store, visitor, until), follow.again(store, visitor, until))
        counts["reports_recounted"] += 1
        if missed or drift:
            counts.update(report_drift=1, receipts_missed=missed, report_cells_corrected=len(drift))
            measures: Counter[str] = Counter()
            for cell, number in drift.items():
                measures[f"lift:{cell.measure}" if is_lift(cell) else cell.measure] += number
            note("a report had drifted", store=store.id, visitor=visitor, outcomes={"receipts": missed, **measures})

    def _receipts(self, store: Store, visitor: VisitorId, until: Instant) -> list[EventItem]:
        """Those of the last days."""
        found = []
        for item in self.events.of(store.id, visitor):
            kept = tuple(
                event
                for event in item.events
                if is_counted(event) and until - RECEIPTS_OF <= event.received_at < until
            )
            if kept:
                found.append(replace(item, events=kept))
        return found
