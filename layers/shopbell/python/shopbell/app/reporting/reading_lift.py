"""The lift of a campaign, a scenario, a trigger, or of all messages of a store."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopbell.domain.attribution.parting import source_of
from shopbell.domain.ids import StoreId
from shopbell.domain.lift import Lift, lift_of
from shopbell.ports.attribution import ReportCounts


@dataclass(frozen=True, slots=True)
class ReadLift:
    counts: ReportCounts

    def __call__(self, store: StoreId, sources: Sequence[str], percent: int) -> Lift | str:
        """`percent`: how many are held out by now. A sentence: why there is none."""
        if len(sources) != 1:
            return "Each trigger holds out people of its own: ask for the report of `fly_mode:<trigger id>`."
        found = lift_of(self.counts.totals(store, source_of(sources[0])), percent)
        if found is not None:
            return found
        if not percent:
            return "Nobody is held out: `holdout_percent` says how many are to be."
        return "Nobody has come to the moment at which it is decided who is held out."
