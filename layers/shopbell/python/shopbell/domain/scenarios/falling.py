"""Which of a visitor's waiting messages go now: those that are due and still meant, the most important first."""

from typing import Final

from shopbell.domain.clock import MINUTE, Duration, Instant
from shopbell.domain.scenarios.agenda import Agenda
from shopbell.domain.scenarios.live import LivePlans
from shopbell.domain.scenarios.pending import PendingStep

CAMPAIGN: Final = 10
"""Priority of a campaign's message that waits."""
AFTER: Final[Duration] = MINUTE
"""How much later than the more important one the others go."""


def fall_due(agenda: Agenda, plans: LivePlans, now: Instant) -> None:
    """Of several that are due at once those of lesser priority wait a minute, if they mean something then.

    On the queue they would no longer see each other: whichever came first would take the cap (ruling 16).
    """
    going: list[PendingStep] = []
    for step in sorted(agenda.steps.values(), key=lambda one: (one.due, one.id)):
        if step.due > now or (step.state == "aside" and step.source_id in plans.plans):
            continue
        reason = _not_sent(step, plans, now)
        if reason is None:
            going.append(step)
        else:
            agenda.leave(step, now, "steps_skipped", reason)
    first = max((_priority(step, plans) for step in going), default=0)
    for step in going:
        if _priority(step, plans) < first and _can_wait(step, plans, now):
            agenda.postpone(step, now + AFTER, "lower_priority")
        else:
            agenda.queue(step)


def _priority(step: PendingStep, plans: LivePlans) -> int:
    return CAMPAIGN if step.source == "campaign" else plans.plans[step.source_id].priority


def _can_wait(step: PendingStep, plans: LivePlans, now: Instant) -> bool:
    """What is no advertisement waits for nothing."""
    plan = plans.plans.get(step.source_id)
    kind = None if plan is None else plan.steps[step.step].message_class or plan.message_class
    return kind != "transactional" and now + AFTER < step.expires_at


def _not_sent(step: PendingStep, plans: LivePlans, now: Instant) -> str | None:
    if now >= step.expires_at:
        return "expired"
    if step.source == "campaign":
        return None
    plan = plans.plans.get(step.source_id)
    if plan is None:
        return "scenario_off"
    return None if step.step < len(plan.steps) and plan.steps[step.step].enabled else "step_off"
