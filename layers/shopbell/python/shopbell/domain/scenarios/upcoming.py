"""First messages that the next run of their schedule takes up: no steps of a profile, but known from it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import tzinfo

from shopbell.domain.clock import MINUTE, Instant
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.instances import moment
from shopbell.domain.scenarios.live import is_scheduled
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.table import SCENARIOS


def upcoming(
    plans: Mapping[str, Plan], profile: Profile, zone: Callable[[], tzinfo], now: Instant
) -> Sequence[PendingStep]:
    """What the clock decided for this visitor and no run has sent yet, as if it waited with them (ruling 14).

    `due` is when the run takes it up. Up to a minute after that it still counts as waiting: it may be on its way.
    Where existing members are spread over time, each counts from the moment of its entry and no later one.
    """
    return [one for plan in plans.values() for one in _of_plan(plan, profile, zone) if one.due + MINUTE > now]


def _of_plan(plan: Plan, profile: Profile, zone: Callable[[], tzinfo]) -> Iterator[PendingStep]:
    every = SCENARIOS[plan.scenario].every if is_scheduled(plan) else None
    if every is None or not plan.steps[0].enabled or plan.segment not in profile.memberships:
        return
    for ran in profile.ran.get(plan.scenario, ())[-1:]:
        at = moment(plan.send_time, ran.started_at + plan.steps[0].delay, zone)
        if at is not None and _stands(ran):
            due, expires = -(-at // every) * every, at + plan.steps[0].relevance
            yield PendingStep("scenario", plan.scenario, ran.key, 0, due, ran.started_at, expires)


def _stands(ran: Ran) -> bool:
    return ran.sent > 0 and not ran.refused and ran.exited_at is None and ran.reason is None
