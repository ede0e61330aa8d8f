"""Of several orders the newest is followed up; those before it stand aside, in case that one is called off."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.scenarios.agenda import RESTARTED, Agenda
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.scenarios.plan import OnEvent, Plan

MOST: Final = 3
"""Instances that stand aside for one visitor; of more the oldest are over."""


def stands_aside(plan: Plan) -> bool:
    return isinstance(plan.trigger, OnEvent) and plan.trigger.aside


def settle_aside(agenda: Agenda, plan: Plan, now: Instant) -> None:
    """The newest that runs waits for its moment, the others for what becomes of it: once it goes they are over.

    Which of them those are the instances alone say, in whatever order they became known, or came together by a login.
    """
    running = agenda.running(plan.scenario)
    if not running:
        return
    *older, newest = running
    steps = agenda.waiting(plan.scenario, newest.key)
    goes = any(step.state == "queued" or (step.state == "waiting" and step.due <= now) for step in steps)
    over = older if goes else older[:-MOST]
    for ran in over:
        agenda.cancel(ran, now, RESTARTED)
    _stand(agenda, plan, older[len(over) :])
    for step in steps:
        if step.state == "aside":
            agenda.steps[step.id] = _forward(step, now)


def _stand(agenda: Agenda, plan: Plan, older: Sequence[Ran]) -> None:
    for ran in older:
        for step in agenda.waiting(plan.scenario, ran.key):
            agenda.steps[step.id] = replace(step, state="aside")


def _forward(step: PendingStep, now: Instant) -> PendingStep:
    """While it stood aside it could not be sent: that uses up none of its relevance."""
    stood = max(now - step.due, 0)
    return replace(step, state="waiting", due=step.due + stood, expires_at=step.expires_at + stood)
