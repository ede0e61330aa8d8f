"""Decide what the rest of a campaign's audience gets, once a part of it has tried the variants for long enough."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from shopbell.app.delivery.agreeing import NOT_APPROVED
from shopbell.app.delivery.plan import Launch, rest_of_campaign
from shopbell.app.management.campaigns.report import ReadReport
from shopbell.app.management.campaigns.trial import due_of, rest_of, tried_of
from shopbell.app.management.campaigns.weighing import arms_of
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import Clock
from shopbell.domain.lasting import with_store
from shopbell.domain.runs import Run
from shopbell.domain.store import Store
from shopbell.domain.winner import Decision, WinnerTest
from shopbell.domain.winning import decided
from shopbell.ports import Stores


def unasked(_: Campaign) -> str | None:
    """For who has nobody to ask."""
    return None


@dataclass(frozen=True, slots=True)
class DecideWinner:
    """The run to the rest holds the decision and is written once: whoever comes second finds it and goes on with it.

    Each step may be the last of whoever does it: the run, its messages, the campaign's copy of the decision.
    """

    stores: Stores
    report: ReadReport
    launch: Launch
    now: Clock
    held: Callable[[Campaign], str | None] = unasked
    """Why the run to the rest does not begin yet, or never does: its audience is asked about once more."""

    def __call__(self, campaign: Campaign) -> str:
        """Of a campaign that is being sent; the outcome, by which it is counted. Raises Unavailable."""
        runs = self.report.runs.of_source(campaign.store, "campaign", campaign.id)
        rest, tried, store = rest_of(runs), tried_of(runs), self.stores.get(campaign.store)
        if campaign.winner is None or tried is None or tried.given_up is not None or store is None:
            return "winner_not_tested"
        if rest is not None:
            return self._carried(campaign, rest)
        if (why := self._waits(campaign.winner, with_store(tried, store, self.now()), store)) is not None:
            return why
        decision = self._decision(campaign, campaign.winner, tried, store)
        if decision.sends and (why := self.held(campaign)) is not None:
            if why != NOT_APPROVED:
                return why
            decision = Decision(self.now(), campaign.winner.metric, NOT_APPROVED)
        made = rest_of_campaign(campaign, campaign.winner, store.shards, tried, decision)
        if not self.launch.runs.create(made):
            return "winner_decided_before"
        self._carried(campaign, made)
        return f"winner_{decision.reason}"

    def _waits(self, test: WinnerTest, tried: Run, store: Store) -> str | None:
        now = self.now()
        if store.sending == "paused":
            return "winner_held"
        if now < due_of(test, tried):
            return "winner_not_due"
        if now < tried.ends_at and not self.report.sent(tried):
            return "winner_still_tested"
        return "winner_not_due" if now < due_of(test, tried, self.report.most_at(tried)) else None

    def _decision(self, campaign: Campaign, test: WinnerTest, tried: Run, store: Store) -> Decision:
        now = self.now()
        if campaign.ends_at is not None and campaign.ends_at <= now:
            return Decision(now, test.metric, "ended")
        shares = self.report.of(campaign).by_variant
        return decided(test, arms_of([one.name for one in tried.variants], shares, store.currency), now)

    def _carried(self, campaign: Campaign, rest: Run) -> str:
        """What was paused or cancelled meanwhile did not know of this run, or knows of it by now."""
        if not self._begun(rest):
            stands = self.report.campaigns.get(campaign.store, campaign.id)
            if stands is None or stands.status in {"draft", "cancelled"}:
                self.launch.runs.set_state(rest.store, rest.id, "cancelled")
                return "winner_cancelled"
            if stands.status == "paused":
                self.launch.runs.set_state(rest.store, rest.id, "paused")
            self.launch(rest)
            return "winner_launched"
        if rest.given_up is not None:
            self.launch.watch(rest)
        noted = replace(campaign, decision=rest.decision, unplanned=False)
        copied = replace(noted, updated_at=self.now(), revision=campaign.revision + 1)
        saved = self.report.campaigns.save(copied, expected=campaign.revision)
        return "winner_noted" if saved else "winner_changed_meanwhile"

    def _begun(self, rest: Run) -> bool:
        """Whether all of its messages are there, or it has none."""
        return len(self.report.progress.shards(rest.store, rest.id)) >= rest.shards
