"""Carry what is wanted of a campaign to its runs: that they wait, go on after so long, or send nothing any more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.domain.campaigns import Campaign, CampaignStatus
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.lasting import latest, shifted
from shopbell.domain.pauses import FOREVER, Pause, between, union
from shopbell.domain.runs import Run
from shopbell.domain.store import Store
from shopbell.ports import Campaigns, Runs, Stores

_OFF: Final[frozenset[CampaignStatus]] = frozenset({"cancelled", "draft"})


@dataclass(frozen=True, slots=True)
class Carry:
    """Done again it changes nothing: each pause of a campaign is noted with a run once, and counted with that.

    So whoever dies between two writes leaves no pause uncounted to whoever repeats the call.
    """

    campaigns: Campaigns
    stores: Stores
    runs: Runs
    now: Clock

    def __call__(self, campaign: Campaign) -> None:
        """Until its runs do what it says by then: somebody else may have turned it meanwhile. Raises Unavailable."""
        known: Campaign | None = campaign
        while known is not None:
            store = self.stores.get(known.store)
            for run in self.runs.of_source(known.store, "campaign", known.id):
                if run.state != "cancelled" and store is not None:
                    self._carry(known, run, store)
            told, known = known, self.campaigns.get(campaign.store, campaign.id)
            if known is not None and known.status == told.status:
                return

    def _carry(self, campaign: Campaign, run: Run, store: Store) -> None:
        if campaign.status in _OFF:
            if _lives(run, self.now()):
                self.runs.set_state(run.store, run.id, "cancelled")
        elif campaign.status == "paused":
            self._hold(campaign.pause_began, run)
        else:
            self._go_on(campaign.pauses, run, store)

    def _hold(self, began: Instant, run: Run) -> None:
        """What was over when the pause began stays so, however late this is called."""
        pause = (began, FOREVER)
        if pause not in run.pauses and _lives(run, began):
            self.runs.set_state(run.store, run.id, "paused", pause=pause)
        elif pause in run.pauses and run.state != "paused":
            self.runs.set_state(run.store, run.id, "paused")

    def _go_on(self, pauses: tuple[Pause, ...], run: Run, store: Store) -> None:
        """After each pause of its time that it does not know of yet; what a refused key has stopped goes on, too."""
        stops = _stops(run, pauses, self.now())
        for pause in (*stops, *pauses):
            since, until = max(pause[0], run.created_at), pause[1]
            if pause in run.pauses or until <= run.created_at or not _lives(run, since):
                continue
            # what the whole store waits is counted there, and what somebody held beside a stop with their pause
            known = union(store.stood, pauses if pause in stops else ())
            by = sum(end - begin for begin, end in between(known, since, until))
            self.runs.set_state(run.store, run.id, "sending", by, pause)
            run = shifted(replace(run, state="sending", pauses=(*run.pauses, pause)), by)
        if run.state == "paused":
            self.runs.set_state(run.store, run.id, "sending")


def _stops(run: Run, pauses: Sequence[Pause], now: Instant) -> tuple[Pause, ...]:
    """From when a refused key stopped it until now: such a pause its campaign knows nothing of."""
    known = {since for since, _ in pauses}
    return tuple((since, max(since, now)) for since, until in run.pauses if until == FOREVER and since not in known)


def _lives(run: Run, at: Instant) -> bool:
    """Whether anything of it may still go: what waits for quiet hours to end outlives the run's own end."""
    return run.state == "paused" or at < latest(run)
