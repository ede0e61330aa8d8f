"""First step: what the buyers of a store have ordered, and from all of them its statistics and churn model."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.nightly.work import NightWork, Note, Paged
from shopbell.domain.clock import Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.scores.besthour import histogram, summed
from shopbell.domain.scores.buyers import Buyer, buyer
from shopbell.domain.scores.ledgers import BUYERS, buyers_segment, orders_of
from shopbell.domain.scores.packing import pack, unpack
from shopbell.domain.scores.statistics import REFIT_AFTER, StoreStatistics, can_be_fitted, moved, summary
from shopbell.domain.segments.zones import zone_of
from shopbell.domain.store import Store
from shopbell.domain.visits.sessions import starts_of
from shopbell.ports import Memberships, Segments, Visitors
from shopbell.ports.nightly import Fitting, Statistics, Surveys

PAGE: Final = 100
TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Survey:
    segments: Segments
    memberships: Memberships
    visitors: Visitors
    surveys: Surveys
    statistics: Statistics
    fitting: Fitting
    build: Callable[[StoreId], object]
    """`StartBuild`: over visitors who are there already."""

    def page(self, store: Store, work: NightWork, cursor: str | None, note: Note) -> Paged:
        rules = self.segments.rules(store.id)
        if not any(rule.segment == BUYERS for rule in rules.rules):
            note("buyers were not kept yet", store=store.id)
            return Paged(None, 0, {"buyers_installed": self._install(store.id, work.night)})
        read = orders_of(rules)
        page = self.memberships.page(store.id, BUYERS, work.shard, cursor, PAGE)
        found = self.visitors.load_many(store.id, [row.visitor for row in page.items])
        buyers = [one for profile in found.values() if (one := buyer(read(profile), work.night)) is not None]
        zone = zone_of(store.time_zone)
        visits = ((starts_of(one.sessions), zone(one)) for one in found.values())
        day = summed(histogram(starts, where, work.night) for starts, where in visits if starts)
        name = hashlib.sha256((cursor or "").encode()).hexdigest()[:16]
        self.surveys.put(store.id, work.night, f"{work.shard:03d}#{name}", pack(buyers, day))
        return Paged(page.cursor, len(page.items), {"buyers_surveyed": len(buyers)})

    def finish(self, store: Store, night: Instant, note: Note) -> Mapping[str, int]:
        """Compute, fit once a week, and tell the live rules where a number moved by more than 1 %."""
        pages = [unpack(body) for body in self.surveys.all(store.id, night)]
        buyers, day = [one for page, _ in pages for one in page], summed(hours for _, hours in pages)
        for _ in range(TRIES):
            old = self.statistics.get(store.id) or StoreStatistics(store.id)
            fresh = self._model(summary(store.id, buyers, night), old, buyers, night)
            fresh = replace(fresh, day=day if any(day) else None)
            turned = moved(old.values, fresh.values)
            if not turned:
                fresh = _steady(fresh, old)
            if self.statistics.save(replace(fresh, version=old.version + turned)):
                note("statistics", store=store.id, version=old.version + turned, at=night)
                return {"statistics_moved": int(turned), "churn_fitted": int(fresh.fitted_at == night)}
        raise Unavailable("the live rules kept changing")

    def _model(
        self, fresh: StoreStatistics, old: StoreStatistics, buyers: Sequence[Buyer], night: Instant
    ) -> StoreStatistics:
        if not buyers or not can_be_fitted(buyers, night):
            return fresh
        if old.survival is not None and old.fitted_at is not None and night - old.fitted_at < REFIT_AFTER:
            return replace(fresh, survival=old.survival, fitted_at=old.fitted_at)
        survival = self.fitting.fit(buyers, night)
        return replace(fresh, survival=survival, fitted_at=None if survival is None else night)

    def _install(self, store: StoreId, night: Instant) -> int:
        """For a store that was founded before there was such a segment; it is built by the time of the next night."""
        if self.segments.get(store, BUYERS) is not None:
            return 0
        made = self.segments.save(buyers_segment(store, night, there=True), expected=None)
        self.build(store)
        return int(made)


def _steady(fresh: StoreStatistics, old: StoreStatistics) -> StoreStatistics:
    """What rules compare with stays as it was, to the last digit."""
    return replace(
        fresh,
        aov=old.aov,
        spend_p90=old.spend_p90,
        repeat_gap_median=old.repeat_gap_median,
        long_gap=old.long_gap,
    )
