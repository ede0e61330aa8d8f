"""Have runs looked at until they are through: a webhook may want to hear of it by then."""

from dataclasses import dataclass
from typing import Final

from shopbell.app.watchwork import WatchWork, watch_message
from shopbell.domain.clock import SECOND, Clock, Duration
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.runs import Run
from shopbell.ports import Queue

FIRST_LOOK: Final[Duration] = 10 * SECOND
"""Also how long workers get to stop, after a campaign was called off: they look every two seconds."""


@dataclass(frozen=True, slots=True)
class WatchRuns:
    """Also where no webhook wants it yet: one may be made, or switched on again, while a campaign runs."""

    plan: Queue
    now: Clock

    def __call__(self, run: Run) -> None:
        """A campaign's run alone, and no test of variants that the rest of the audience still follows."""
        phase = run.terms.phase
        followed = phase is not None and not phase.rest and run.given_up is None
        if run.source == "campaign" and not followed:
            self._put(WatchWork(run.store, CampaignId(run.source_id), run.id, self.now()))

    def called_off(self, store: StoreId, campaign: CampaignId) -> None:
        """Before it is, for that can be repeated."""
        self._put(WatchWork(store, campaign, None, self.now()))

    def _put(self, work: WatchWork) -> None:
        self.plan.send([watch_message(work, FIRST_LOOK // SECOND)])
