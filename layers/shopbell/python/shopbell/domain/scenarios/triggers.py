"""What starts instances and what ends them: events as they happened, segments that turned, candidates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import partial
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Candidate
from shopbell.domain.scenarios.agenda import Agenda
from shopbell.domain.scenarios.ending import Ending
from shopbell.domain.scenarios.gathering import gathered
from shopbell.domain.scenarios.instances import moment, refusal, steps_of
from shopbell.domain.scenarios.live import LivePlans, is_scheduled
from shopbell.domain.scenarios.occasions import Occasions
from shopbell.domain.scenarios.pending import Ran
from shopbell.domain.scenarios.plan import OnClock, OnSegment, Plan
from shopbell.domain.scenarios.starting import Starting
from shopbell.domain.scenarios.united import is_past
from shopbell.domain.segments.timeline import CLOCK, STATISTIC

TOO_LATE: Final = "expired"
"""Why nothing starts on a day on which it may not go any more."""
_BY_TIME: Final = frozenset({CLOCK, STATISTIC})
"""Scores and statistics move as time goes by: what turns by them counts as turned by the clock."""


@dataclass(frozen=True, slots=True)
class Triggers:
    agenda: Agenda
    plans: LivePlans
    zone: Callable[[], tzinfo]

    def happened(self, occasions: Occasions) -> None:
        """Events in their order; once all have started what they start, those that end something are asked again."""
        ending, starting = Ending(self.agenda, self.plans), Starting(self.agenda, self.zone)
        for place, event in enumerate(occasions.events):
            ending(event, occasions)
            if event.fires:
                for starter in self.plans.starters.get(event.type, ()):
                    inside = partial(occasions.in_audience, starter.plan, place)
                    if starter.matches(event) and not gathered(self.agenda, starter, event, occasions, inside):
                        starting(starter, event, occasions, inside)
        for starter in self.plans.pauses:
            starting.paused(starter, occasions)
        for event in occasions.events:
            ending(event, occasions)

    def united(self, events: Sequence[Event], occasions: Occasions) -> None:
        """What either of two ids of one person did ends what the other started (ruling 17); it starts nothing.

        An order that was refused while nobody could be reached takes the place of an older one that waits.
        """
        ending, starting = Ending(self.agenda, self.plans), Starting(self.agenda, self.zone)
        for event in events:
            for starter in self.plans.starters.get(event.type, ()):
                if starter.trigger.aside and event.fires and starter.matches(event):
                    starting.joined(starter, event, occasions)
        for event in events:
            ending.ends(event, occasions)
        ending.called_off()

    def turned(self, flip: Flip, occasions: Occasions) -> None:
        """A segment was entered or left, by the clock or a fresh event; never by a definition or a merge."""
        for plan in self.plans.segments.get(flip.segment, ()):
            if not is_scheduled(plan) and _starts(plan, flip, occasions.events):
                if plan.segment not in occasions.after.memberships:
                    self.agenda.refuse(plan.scenario, "audience")
                else:
                    self._begin(plan, Ran(plan.scenario, f"{flip.change}:{flip.at}", flip.at), {"type": flip.change})

    def candidate(self, candidate: Candidate) -> Candidate | None:
        """As it is written: at its moment; None where no instance may start. Later messages wait with the visitor."""
        plan = self.plans.plans.get(candidate.scenario)
        if plan is None:
            return candidate
        at, key = candidate.entered_at, f"entered:{candidate.entered_at}"
        if not is_scheduled(plan) or not self._may_begin(plan, key, at):
            return None
        send_at = moment(plan.send_time, at + plan.steps[0].delay, self.zone)
        if send_at is None:
            self.agenda.refuse(plan.scenario, TOO_LATE, (key, at))
            return None
        ran = Ran(plan.scenario, key, at)
        first = plan.steps[0].enabled
        later = steps_of(plan, ran, {"type": "entered"}, self.zone, first=int(first))
        ended = None if later else send_at
        self.agenda.start(replace(ran, sent=int(first), ended_at=ended), later)
        return replace(candidate, send_at=send_at) if first else None

    def _begin(self, plan: Plan, ran: Ran, facts: Mapping[str, Json]) -> None:
        if self._may_begin(plan, ran.key, ran.started_at):
            self.agenda.start(ran, steps_of(plan, ran, facts, self.zone))

    def _may_begin(self, plan: Plan, key: str, at: Instant) -> bool:
        known = self.agenda.instances(plan.scenario)
        if any(one.key == key for one in known) or is_past(known, at):
            return False
        reason = refusal(self.agenda, plan, at)
        if reason is not None:
            self.agenda.refuse(plan.scenario, reason, (key, at))
        return reason is None


def _starts(plan: Plan, flip: Flip, events: Sequence[Event]) -> bool:
    by_time = flip.cause in _BY_TIME
    match plan.trigger:
        case OnSegment(change=change):
            return flip.change == change and (by_time or by_fresh(flip, events))
        case OnClock(fresh=True):
            return flip.change == "entered" and (by_time or by_fresh(flip, events))
        case _:
            return flip.change == "entered" and by_time


def by_fresh(flip: Flip, events: Sequence[Event]) -> bool:
    """Whether one of these events turned it, and happened just now."""
    kind, _, name = flip.cause.partition(":")
    return kind == "event" and any(event.id == name and event.fires for event in events)
