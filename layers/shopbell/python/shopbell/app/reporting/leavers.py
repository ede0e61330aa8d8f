"""Which variant of a campaign's message somebody had who left after it."""

from dataclasses import dataclass

from shopbell.domain.attribution.cells import NO_VARIANT
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.sends import Sent, mark_of
from shopbell.ports import Runs


@dataclass(frozen=True, slots=True)
class VariantOf:
    runs: Runs

    def __call__(self, store: StoreId, visitor: VisitorId, sent: Sent) -> str:
        """Of a scenario's message, or one whose run is not kept any more: none. Raises Unavailable."""
        for run in self.runs.of_source(store, "campaign", sent.source_id):
            if mark_of(run.source_id, run.id, run.terms.step) == sent.mark:
                return run.variant_at(run.variant_for(visitor)) or NO_VARIANT
        return NO_VARIANT
