"""How a store's subscribers came and went, what messages brought, and how many buyers it is about to lose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.management.segments.history import ReadHistory
from shopbell.app.reporting.series import By, Span, begins, bounds, label_of, labels
from shopbell.domain.attribution.brought import Brought, brought, measured
from shopbell.domain.attribution.overall import SOURCE as MESSAGES
from shopbell.domain.attribution.parting import source_of
from shopbell.domain.attribution.subscribers import SOURCE, Turns, by_browser, summed
from shopbell.domain.clock import Clock
from shopbell.domain.errors import NotFound
from shopbell.domain.gates.holdout import EVERYTHING
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.lift import Lift, lift_of
from shopbell.domain.segments.history import Day, DayCount, day_of, later
from shopbell.domain.store import Store
from shopbell.ports import KeyUses, Segments, Stores
from shopbell.ports.attribution import ReportCounts

CHURN_RISK: Final = SegmentId("churn_risk")
NOBODY_HELD: Final = "Nobody is held out of all messages: the store's `global_holdout_percent` says how many are."
NOBODY_MET: Final = "Nobody has come to the moment at which it is decided who is held out."
MAX_DAYS: Final[Mapping[By, int]] = {"day": 366, "hour": 31}


@dataclass(frozen=True, slots=True)
class TurnsAt:
    at: str
    """A date, or the instant at which the hour began."""
    turns: Turns


@dataclass(frozen=True, slots=True)
class BroughtAt:
    at: str
    brought: Brought


@dataclass(frozen=True, slots=True)
class ChurnRisk:
    """`days` None: `why` says why not."""

    days: Sequence[DayCount] | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """`active` and `parked` of this moment; all else of the days from `first` to `last`."""

    by: By
    first: Day
    last: Day
    active: int
    parked: int
    by_browser: Mapping[str, Turns]
    series: Sequence[TurnsAt]
    churn_risk: ChurnRisk
    brought: Brought
    """By all messages."""
    brought_at: Sequence[BroughtAt]
    lift: Lift | str
    """Of all messages against the global holdout; a sentence: why there is none."""

    @property
    def total(self) -> Turns:
        return summed(self.by_browser.values())


@dataclass(frozen=True, slots=True)
class ReadOverview:
    stores: Stores
    segments: Segments
    uses: KeyUses
    counts: ReportCounts
    history: ReadHistory
    now: Clock

    def __call__(self, store: StoreId, span: Span) -> Overview:
        """In days and hours of the store's clock. Rejected at `from` for a range that is none, or too long."""
        row = self.stores.get(store)
        if row is None:
            raise NotFound(store)
        first, last = bounds(row, span, self.now(), MAX_DAYS)
        found: dict[str, list[Mapping[str, int]]] = {at: [] for at in labels(row, span.by, first, last, self.now())}
        told = {at: list[Mapping[str, int]]() for at in found}
        for source, into in ((SOURCE, found), (MESSAGES, told)):
            for at, counts in self.counts.hours(store, source, begins(first, row), begins(later(last, 1), row)):
                into.setdefault(label_of(at, row, span.by), []).append(counts)
        uses = self.uses.of(store).values()
        return Overview(
            by=span.by,
            first=first,
            last=last,
            active=sum(use.active for use in uses),
            parked=sum(use.parked for use in uses),
            by_browser=by_browser(named for every in found.values() for named in every),
            series=[TurnsAt(at, summed(by_browser(found[at]).values())) for at in sorted(found)],
            churn_risk=self._churn_risk(row, first, last),
            brought=brought(measured(named for every in told.values() for named in every)),
            brought_at=[BroughtAt(at, brought(measured(told[at]))) for at in sorted(told)],
            lift=self._lift(row),
        )

    def _lift(self, row: Store) -> Lift | str:
        percent = row.policy.global_holdout_percent
        found = lift_of(self.counts.totals(row.id, source_of(EVERYTHING)), percent)
        return found or (NOBODY_MET if percent else NOBODY_HELD)

    def _churn_risk(self, row: Store, first: Day, last: Day) -> ChurnRisk:
        segment = self.segments.get(row.id, CHURN_RISK)
        if segment is None:
            return ChurnRisk(None, f"The store does not have the predefined segment {CHURN_RISK}.")
        if segment.state != "active":
            return ChurnRisk(None, f"The segment {CHURN_RISK} is {segment.state}; it is told of while it is active.")
        today = day_of(self.now(), row.time_zone)
        return ChurnRisk([] if first > today else self.history(row.id, CHURN_RISK, first, min(last, today)))
