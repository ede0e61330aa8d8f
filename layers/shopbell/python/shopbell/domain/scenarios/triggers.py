"""What starts instances and what ends them: events as they happened, segments that turned, candidates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Candidate
from shopbell.domain.scenarios.agenda import Agenda
from shopbell.domain.scenarios.instances import event_key, facts_of, key_of, moment, refusal, steps_of
from shopbell.domain.scenarios.live import LivePlans, Starter, is_scheduled
from shopbell.domain.scenarios.occasions import Occasions
from shopbell.domain.scenarios.pending import Ran
from shopbell.domain.scenarios.plan import OnSegment, Plan
from shopbell.domain.scenarios.united import is_past
from shopbell.domain.segments.timeline import CLOCK, STATISTIC

_BY_TIME = frozenset({CLOCK, STATISTIC})
"""Scores and statistics move as time goes by: what turns by them counts as turned by the clock."""


@dataclass(frozen=True, slots=True)
class Triggers:
    agenda: Agenda
    plans: LivePlans
    zone: Callable[[], tzinfo]

    def happened(self, occasions: Occasions) -> None:
        """Events in their order; once all have started what they start, those that end something are asked again."""
        for place, event in enumerate(occasions.events):
            self._exits(event)
            if event.fires:
                for starter in self.plans.starters.get(event.type, ()):
                    if starter.matches(event):
                        self._on_event(starter, place, occasions)
        for event in occasions.events:
            self._exits(event)

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
        ran = Ran(plan.scenario, key, at)
        first = plan.steps[0].enabled
        later = steps_of(plan, ran, {"type": "entered"}, self.zone, first=int(first))
        send_at = moment(plan.send_time, at + plan.steps[0].delay, self.zone)
        ended = None if later else send_at
        self.agenda.start(replace(ran, sent=int(first), ended_at=ended), later)
        return replace(candidate, send_at=send_at) if first else None

    def _exits(self, event: Event) -> None:
        for plan in self.plans.exits.get(event.type, ()):
            known = self.agenda.instances(plan.scenario)
            open_ended = [ran for ran in known if ran.ended_at is None or ran is known[-1]]
            for ran in (*open_ended, *self.agenda.deferred(plan.scenario)):
                if ran.exited_at is None and _ends(event, ran) and not self._began_it(plan, ran, event):
                    self.agenda.cancel(ran, event.at, "exited", exited=True)

    def _began_it(self, plan: Plan, ran: Ran, event: Event) -> bool:
        starters = self.plans.starters.get(event.type, ())
        return any(one.plan is plan and key_of(one, event) == ran.key for one in starters)

    def _on_event(self, starter: Starter, place: int, occasions: Occasions) -> None:
        plan, event = starter.plan, occasions.events[place]
        running = self._restartable(starter, key_of(starter, event))
        ran = Ran(plan.scenario, key_of(starter, event), event.at, known_at=event.received_at)
        if self._looked_at(starter, ran, event, running):
            return
        reason = None if occasions.in_audience(plan, place) else "audience"
        if reason is None and running is None:
            reason = refusal(self.agenda, plan, event.at)
        if reason is not None:
            self.agenda.refuse(plan.scenario, reason, (event_key(event), event.at))
            return
        if running is not None:
            self.agenda.restart(running)
        self.agenda.start(ran, steps_of(plan, ran, facts_of(event), self.zone))

    def _looked_at(self, starter: Starter, ran: Ran, event: Event, running: Ran | None) -> bool:
        """It had its instance or was refused one, or belongs to one that waited for its like."""
        known = self.agenda.looked_at(starter.plan.scenario)
        if any(one.refused and one.key == event_key(event) for one in known):
            return True
        if running is not None:
            return (ran.started_at, ran.key) <= (running.started_at, running.key)
        if is_past(known, event.at) or any(one.key == ran.key for one in known if not one.refused):
            return True
        whole = starter.trigger.key is None and (starter.trigger.restart or starter.trigger.debounce > 0)
        return whole and any(one.started_at >= event.at for one in known if not one.refused)

    def _restartable(self, starter: Starter, key: str) -> Ran | None:
        """The instance whose place a newer event takes: none of its messages is on its way yet."""
        scenario, trigger = starter.plan.scenario, starter.trigger
        if not (trigger.restart or trigger.debounce):
            return None
        for ran in self.agenda.running(scenario):
            waiting = self.agenda.waiting(scenario, ran.key)
            untouched = not ran.sent and all(step.state == "waiting" and step.run is None for step in waiting)
            if untouched and (trigger.key is None or ran.key == key):
                return ran
        return None

    def _begin(self, plan: Plan, ran: Ran, facts: Mapping[str, Json]) -> None:
        if self._may_begin(plan, ran.key, ran.started_at):
            self.agenda.start(ran, steps_of(plan, ran, facts, self.zone))

    def _may_begin(self, plan: Plan, key: str, at: Instant) -> bool:
        known = self.agenda.instances(plan.scenario)
        if any(one.key == key for one in known) or is_past(known, at):
            return False
        reason = refusal(self.agenda, plan, at)
        if reason is not None:
            self.agenda.refuse(plan.scenario, reason)
        return reason is None


def _ends(event: Event, ran: Ran) -> bool:
    """Whether it happened after the trigger, or was reported fresh but later than it."""
    known_at = ran.started_at if ran.known_at is None else ran.known_at
    return event.at >= ran.started_at or (event.fires and event.received_at > known_at)


def _starts(plan: Plan, flip: Flip, events: Sequence[Event]) -> bool:
    by_time = flip.cause in _BY_TIME
    match plan.trigger:
        case OnSegment(change=change):
            return flip.change == change and (by_time or _by_fresh(flip, events))
        case _:
            return flip.change == "entered" and by_time


def _by_fresh(flip: Flip, events: Sequence[Event]) -> bool:
    kind, _, name = flip.cause.partition(":")
    return kind == "event" and any(event.id == name and event.fires for event in events)
