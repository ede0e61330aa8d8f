"""What starts instances of scenarios: events as they happened, and pauses that are over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.scenarios import likeness
from shopbell.domain.scenarios.agenda import Agenda, Noted
from shopbell.domain.scenarios.instances import (
    event_key,
    facts_of,
    key_of,
    left_out,
    order_key,
    pieces,
    refusal,
    steps_of,
)
from shopbell.domain.scenarios.live import Starter
from shopbell.domain.scenarios.occasions import Occasions
from shopbell.domain.scenarios.pauses import Pause, of_history, over, stands
from shopbell.domain.scenarios.pending import DEVICES, Ran
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.united import is_past
from shopbell.domain.scenarios.untils import Refused, instant_of

LATE: Final = "late"
"""Why what ended with history, or with events that came too late, starts nothing."""
AUDIENCE: Final = "audience"
"""Why nothing starts for whom it is not meant, such as who cannot be reached."""


@dataclass(frozen=True, slots=True)
class Starting:
    agenda: Agenda
    zone: Callable[[], tzinfo]

    def __call__(self, starter: Starter, event: Event, occasions: Occasions, inside: Callable[[], bool]) -> None:
        """`inside`: whether the visitor is in the audience at that instant; asked only if it matters."""
        plan = starter.plan
        running = self._restartable(starter, key_of(starter, event))
        about = likeness.of_event(event) if likeness.asks(plan) else ""
        ran = Ran(plan.scenario, key_of(starter, event), event.at, known_at=event.received_at, about=about)
        if self._looked_at(starter, ran, event, running):
            return
        due = instant_of(plan, event)
        reason = self._refused(starter, event, occasions, inside, about if running is None else None)
        if reason is None and isinstance(due, Refused):
            reason = due.reason
        if reason is not None or isinstance(due, Refused):
            self.agenda.refuse(plan.scenario, reason or "", (event_key(event), event.at))
            return
        if running is not None and not starter.trigger.aside:
            self.agenda.restart(running)
        facts = facts_of(event)
        if left_out(event, facts):
            self.agenda.notes.append(Noted("facts_left_out", plan.scenario))
        self.agenda.start(ran, steps_of(plan, ran, facts, self.zone, until=due))
        if occasions.after.last_seen is not None:
            self._hold(plan, ran, occasions.after.last_seen)

    def joined(self, starter: Starter, event: Event, occasions: Occasions) -> None:
        """What the other id of a person did while nobody could be reached by that, where something older waits."""
        plan, waits = starter.plan, self._restartable(starter, key_of(starter, event))
        if waits is not None and waits.started_at < event.at and plan.segment in occasions.after.memberships:
            known, refused = self.agenda.looked_at(plan.scenario), (event_key(event), True, AUDIENCE)
            left = tuple(one for one in known if (one.key, one.refused, one.reason) != refused)
            self.agenda.ran = {**self.agenda.ran, plan.scenario: left}
            self(starter, event, occasions, lambda: True)

    def _hold(self, plan: Plan, ran: Ran, seen: Instant) -> None:
        """What would go while the visitor is in the shop since before it began."""
        for hold in plan.holds:
            for step in self.agenda.waiting(plan.scenario, ran.key) if hold.visit else ():
                if seen <= step.due < seen + hold.within:
                    self.agenda.postpone(step, seen + hold.wait)

    def paused(self, starter: Starter, occasions: Occasions) -> None:
        """Sessions that ended and carts left behind by now; whatever a late event undid begins anew."""
        plan, after = starter.plan, occasions.after
        for ran in self.agenda.running(plan.scenario):
            if self._is_untouched(plan, ran) and not stands(starter, ran, after):
                self.agenda.restart(ran)
        for event in of_history(starter, after, occasions.events, occasions.now):
            if all(one.key != event.id for one in self.agenda.looked_at(plan.scenario)):
                self.agenda.refuse(plan.scenario, LATE, (event_key(event), event.at))
        for pause in reversed([*over(starter, occasions.before, after, occasions.ruleset.currency, occasions.now)]):
            if starter.matches(pause.event) and not self._is_of_one_session(plan, pause):
                self(starter, pause.event, occasions, lambda: True)

    def _refused(
        self,
        starter: Starter,
        event: Event,
        occasions: Occasions,
        inside: Callable[[], bool],
        about: str | None,
    ) -> str | None:
        """`about` None: it takes the place of one that was let in."""
        if not inside():
            return AUDIENCE
        if pieces(event) < starter.trigger.fewest:
            return "too_few_items"
        if starter.trigger.unless_bought is not None and occasions.bought(event, starter.trigger.unless_bought):
            return "bought"
        return None if about is None else refusal(self.agenda, starter.plan, event.at, about)

    def _is_of_one_session(self, plan: Plan, pause: Pause) -> bool:
        """Whether the session has sent something already, when less of it was known."""
        length = pause.event.at - pause.last
        for ran in self.agenda.instances(plan.scenario):
            began = ran.started_at - length
            if pause.began <= began < pause.last and not self._is_untouched(plan, ran):
                return ran.sent > 0 or ran.ended_at is None
        return False

    def _looked_at(self, starter: Starter, ran: Ran, event: Event, running: Ran | None) -> bool:
        """It had its instance or was refused one, or belongs to one that waited for its like."""
        known = self.agenda.looked_at(starter.plan.scenario)
        if any(one.refused and one.key in {event_key(event), order_key(event)} for one in known):
            return True
        aside = starter.trigger.aside
        if aside and any(one.key == ran.key for one in known if not one.refused):
            return True
        if running is not None and not aside:
            return (ran.started_at, ran.key) <= (running.started_at, running.key)
        if is_past(known, event.at) or any(one.key == ran.key for one in known if not one.refused):
            return True
        if aside:
            others = [one for one in self.agenda.instances(starter.plan.scenario) if one.exited_at is None]
            return any(one.started_at >= event.at and not self._waits(starter.plan, one) for one in others)
        whole = starter.trigger.key is None and (starter.trigger.restart or starter.trigger.debounce > 0)
        return whole and any(one.started_at >= event.at for one in known if not one.refused)

    def _restartable(self, starter: Starter, key: str) -> Ran | None:
        """The instance whose place a newer event takes: none of its messages is on its way yet."""
        plan, trigger = starter.plan, starter.trigger
        if not (trigger.restart or trigger.aside or trigger.debounce):
            return None
        for ran in reversed(self.agenda.running(plan.scenario)):
            if self._is_untouched(plan, ran) and (trigger.key is None or trigger.aside or ran.key == key):
                return ran
        return None

    def _waits(self, plan: Plan, ran: Ran) -> bool:
        return ran.ended_at is None and self._is_untouched(plan, ran)

    def _is_untouched(self, plan: Plan, ran: Ran) -> bool:
        """Nothing of it is on its way: what was, was put off for all devices, and waits again."""
        waiting = self.agenda.waiting(plan.scenario, ran.key)
        if any(step.state == "queued" or DEVICES in step.facts for step in waiting):
            return False
        return ran.sent == sum(step.run is not None for step in waiting)
