"""Look again before a run begins: has its audience outgrown what was agreed to, has somebody agreed since?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.delivery.plan import REST, run_of_campaign
from shopbell.app.work import PlanWork, plan_message
from shopbell.domain.campaigns import MAX_LATENESS, Action, Approval, Campaign
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.runs import Run
from shopbell.domain.sampling import Estimate
from shopbell.ports import Campaigns, Queue, Runs, Stores

ASKED: Final = "approval_asked"
AWAITED: Final = "approval_awaited"
NOT_APPROVED: Final = "not_approved"
MISSED: Final = "missed"

Reach = Callable[[Campaign], Estimate]
"""How many people it would reach now, by its segments alone."""


def latest_start(campaign: Campaign, at: Instant, part: str = "") -> Instant:
    """Until when the run of that instant may still begin; of the rest, that of which it was asked then."""
    if part:
        return min(at + MAX_LATENESS, campaign.ends_at or at + MAX_LATENESS)
    span = campaign.schedule.span if campaign.schedule is not None else 0
    return min(at + MAX_LATENESS + span, run_of_campaign(campaign, 0, at, at).ends_at)


def held_of(campaign: Campaign) -> Approval | None:
    """What a run that is due waits for, or has waited for: whole, or the first of two parts."""
    given = campaign.approval
    return given if given is not None and given.run_at is not None and not given.part else None


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Of a store that wants a second person. Whoever asks twice finds the question there."""

    stores: Stores
    campaigns: Campaigns
    runs: Runs
    reach: Reach
    now: Clock

    def begin(self, campaign: Campaign, run: Run) -> str | None:
        """Why a run does not begin yet, or never does; None: it may. What goes at once was counted as it was sent,
        except for those of a rule, who are known only now that it is built.

        Raises Unavailable.
        """
        if campaign.schedule is None and campaign.audience.rule_segment is None:
            return None
        known = self.runs.get(run.store, run.id)
        if known is not None:
            return None if known.given_up is None else "given_up_before"
        return self._asked(campaign, run.scheduled_at, "")

    def rest(self, campaign: Campaign) -> str | None:
        """The same of the run to those who have not tried the variants. It waits from when it was first asked for."""
        given, now = campaign.approval, self.now()
        since = given.run_at if given is not None and given.part == REST else None
        if given is not None and given.open and since is not None and now >= latest_start(campaign, since, REST):
            return NOT_APPROVED
        return self._asked(campaign, now if since is None else since, REST)

    def _asked(self, campaign: Campaign, at: Instant, part: str) -> str | None:
        store, given = self.stores.get(campaign.store), campaign.approval
        if store is None or store.approval == "none":
            return None
        reached = self.reach(campaign)
        if reached.high <= store.approve_over or (given is not None and given.covers(reached.value)):
            return None
        if given is not None and given.open and (given.run_at, given.part) == (at, part):
            return AWAITED
        by = campaign.started_by if given is None else given.asked_by
        action: Action = "send" if campaign.schedule is None else "schedule"
        asked = Approval(action, by, self.now(), reached.value, run_at=at, part=part)
        asked = replace(asked, at_most=None if reached.exact else reached.high)
        # when it was last changed is when people changed it last: that stays
        noted = replace(campaign, approval=asked, revision=campaign.revision + 1)
        if not self.campaigns.save(noted, expected=campaign.revision):
            raise Unavailable("the campaign was changed while its audience was counted")
        return ASKED


@dataclass(frozen=True, slots=True)
class SettleHeld:
    """What becomes of a run that waits: it is planned when somebody agreed, and given up when nobody did in time."""

    campaigns: Campaigns
    runs: Runs
    plan: Queue
    now: Clock
    give_up: Callable[[Run, str], str]

    def __call__(self, campaign: Campaign) -> str | None:
        """The outcome, by which it is counted; None: none waits."""
        given, now = held_of(campaign), self.now()
        if given is None or given.run_at is None:
            return None
        run = run_of_campaign(campaign, 0, given.run_at, now)
        if self.runs.get(run.store, run.id) is not None:
            return self._settled(campaign, given)
        if now >= latest_start(campaign, given.run_at):
            return self.give_up(run, NOT_APPROVED if given.open else MISSED)
        if given.open:
            return AWAITED
        self.plan.send([plan_message(PlanWork(campaign.store, campaign.id, given.run_at))])
        return "campaigns_started"

    def _settled(self, campaign: Campaign, given: Approval) -> str:
        unplanned = campaign.unplanned and campaign.sent_at != given.run_at
        noted = replace(campaign, approval=replace(given, run_at=None), unplanned=unplanned)
        settled = replace(noted, revision=campaign.revision + 1)
        saved = self.campaigns.save(settled, expected=campaign.revision)
        return "approval_settled" if saved else "approval_changed_meanwhile"
