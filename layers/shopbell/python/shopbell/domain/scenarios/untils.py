"""Messages that go before or after an instant that an event itself names, such as two hours before a visit."""

from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant, read_instant
from shopbell.domain.events import Event
from shopbell.domain.rules.fields import dig
from shopbell.domain.scenarios.plan import Plan

FARTHEST: Final[Duration] = 366 * DAY
"""How far ahead of its event such an instant may lie."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why such an event starts nothing."""

    reason: str


def instant_of(plan: Plan, event: Event) -> Instant | Refused | None:
    """When the plan's message is due by what the event says; None where the event has no say in it."""
    until = next((step.until for step in plan.steps if step.until is not None), None)
    if until is None:
        return None
    named = next(iter(dig(event.properties, until.field.split("."))), None)
    try:
        at = read_instant(named)[0] + until.offset if isinstance(named, str) else None
    except ValueError:
        at = None
    if at is None:
        return Refused("no_instant")
    if at < event.at:
        return Refused("instant_over")
    return at if at <= event.at + FARTHEST else Refused("instant_too_far")
