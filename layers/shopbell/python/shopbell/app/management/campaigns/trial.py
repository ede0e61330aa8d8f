"""How far a campaign is with finding its winner: its two runs, and when the rest's is decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import Instant
from shopbell.domain.errors import Rejected
from shopbell.domain.runs import Run
from shopbell.domain.winner import Decision, WinnerTest

TrialState = Literal["not_begun", "testing", "waiting", "decided", "cancelled"]


@dataclass(frozen=True, slots=True)
class Trial:
    test: WinnerTest
    state: TrialState
    decides_at: Instant | None = None
    """None: it has not begun, is decided or never will be."""
    decision: Decision | None = None


def check_winner(campaign: Campaign) -> None:
    """Rejected, at its path, where there is nothing to choose from or nobody for whom to choose."""
    if (campaign.winner is not None or campaign.weighing is not None) and not campaign.variants:
        raise Rejected.at("winner", "needs `variants` to choose from")
    schedule = campaign.schedule
    if schedule is not None:
        check_recurring(campaign)
    if campaign.winner is None:
        return
    if schedule is not None and schedule.cron is not None:
        raise Rejected.at("winner.method", "`test` is for what is sent once, not for a `cron`")
    if schedule is not None and (schedule.visitor_local or schedule.best_hour):
        raise Rejected.at("winner.method", "`test` goes with `at` alone: all who try it must get it at one time")


def check_recurring(campaign: Campaign) -> None:
    """Rejected where weights are to follow what works of something that is sent once."""
    recurs = campaign.schedule is not None and campaign.schedule.cron is not None
    if campaign.weighing is not None and not recurs:
        raise Rejected.at("winner.method", "`thompson` learns from one time to the next: it is for a `cron` alone")


def tried_of(runs: Iterable[Run]) -> Run | None:
    """The run to those who try the variants."""
    return next((run for run in runs if run.terms.phase is not None and not run.terms.phase.rest), None)


def rest_of(runs: Iterable[Run]) -> Run | None:
    """The run to the rest: it is there once it is decided what that gets."""
    return next((run for run in runs if run.terms.phase is not None and run.terms.phase.rest), None)


def undecided(campaign: Campaign, runs: Sequence[Run]) -> bool:
    """Whether the rest is still to come."""
    tried = tried_of(runs)
    begun = tried is not None and tried.given_up is None
    return campaign.winner is not None and campaign.decision is None and begun and rest_of(runs) is None


def due_of(test: WinnerTest, tried: Run, most_at: Instant | None = None) -> Instant:
    """When it is decided, later by as long as the test was paused. `most_at`: when most of it had been sent."""
    return test.after + max(tried.scheduled_at + tried.shift, tried.scheduled_at if most_at is None else most_at)


def trial_of(campaign: Campaign, runs: Sequence[Run], *, sent: bool, most_at: Instant | None) -> Trial | None:
    """`sent`: whether the test has been sent to its end; `most_at`: when most of it had.

    None: everybody gets the variant that is theirs.
    """
    test, tried, rest = campaign.winner, tried_of(runs), rest_of(runs)
    if test is None:
        return None
    decision = campaign.decision or (rest.decision if rest is not None else None)
    if decision is not None:
        return Trial(test, "decided", None, decision)
    if campaign.status == "cancelled" or (tried is not None and tried.given_up is not None):
        return Trial(test, "cancelled")
    if tried is None:
        return Trial(test, "not_begun")
    return Trial(test, "waiting" if sent else "testing", due_of(test, tried, most_at))
