"""What ends instances of scenarios, and what puts their messages off."""

from dataclasses import dataclass

from shopbell.domain.events import Event
from shopbell.domain.scenarios.agenda import Agenda
from shopbell.domain.scenarios.instances import key_of, order_key, short
from shopbell.domain.scenarios.likeness import of_event, shared, written
from shopbell.domain.scenarios.live import Ender, LivePlans
from shopbell.domain.scenarios.occasions import Occasions
from shopbell.domain.scenarios.pending import Ran
from shopbell.domain.scenarios.plan import RELEVANCE, OnEvent, Plan
from shopbell.domain.scenarios.turns import Hold
from shopbell.domain.scenarios.united import CALLED_OFF
from shopbell.domain.visits.cart import cart_of
from shopbell.domain.visits.derived import is_derived


@dataclass(frozen=True, slots=True)
class Ending:
    agenda: Agenda
    plans: LivePlans

    def __call__(self, event: Event, occasions: Occasions) -> None:
        self.ends(event, occasions)
        for plan, hold in self.plans.holds.get(event.type, ()):
            self._hold(plan, hold, event)

    def ends(self, event: Event, occasions: Occasions) -> None:
        for ender in self.plans.exits.get(event.type, ()):
            plan = ender.plan
            known = self.agenda.instances(plan.scenario)
            open_ended = [ran for ran in known if ran.ended_at is None or ran is known[-1]]
            mine = [ran for ran in (*open_ended, *self.agenda.deferred(plan.scenario)) if ran.exited_at is None]
            early = ender.exit.same == "order"
            for ran in mine if mine and ender.matches(event) else ():
                if self._ends(ender, event, ran, occasions):
                    self.agenda.cancel(ran, event.at, "exited", exited=True)
                    early = False
            if early and ender.matches(event):
                self._remember(plan, event)

    def _remember(self, plan: Plan, event: Event) -> None:
        """An order that was called off before it was told of starts nothing when it is."""
        key = order_key(event)
        if key is not None and all(one.key != key for one in self.agenda.looked_at(plan.scenario)):
            self.agenda.refuse(plan.scenario, CALLED_OFF, (key, event.at))

    def called_off(self) -> None:
        """What one of two ids of a person began, though the other knew before that its order was called off."""
        for scenario, known in self.agenda.ran.items():
            off = {one.key: one.started_at for one in known if one.refused and one.reason == CALLED_OFF}
            for ran in self.agenda.instances(scenario) if off else ():
                if ran.key in off and ran.exited_at is None:
                    self.agenda.cancel(ran, off[ran.key], CALLED_OFF, exited=True)

    def _hold(self, plan: Plan, hold: Hold, event: Event) -> None:
        """What is due soon waits; of what is on its way the gate is told."""
        due = event.at + hold.wait
        for step in [one for one in self.agenda.steps.values() if one.source_id == plan.scenario]:
            if step.state == "waiting" and event.at <= step.due < min(due, event.at + hold.within):
                self.agenda.postpone(step, due)
        for ran in self.agenda.instances(plan.scenario):
            if ran.ended_at is None or event.at < ran.ended_at + RELEVANCE:
                self.agenda.hold(ran, event.at + hold.within, due)

    def _ends(self, ender: Ender, event: Event, ran: Ran, occasions: Occasions) -> bool:
        if not _is_later(ender.plan, event, ran) or self._began_it(ender.plan, ran, event):
            return False
        match ender.exit.same:
            case "order":
                order = event.properties.get("order_id")
                waiting = self.agenda.waiting(ran.source_id, ran.key)
                return order is not None and (
                    ran.key in {order_key(event), short(str(order))}
                    or any(step.facts.get("order_id") == order for step in waiting)
                )
            case "products":
                bought, cart = of_event(event), cart_of(occasions.before.cart)
                return shared(bought, ran.about) or shared(bought, written(line.product for line in cart.lines))
            case _:
                return True

    def _began_it(self, plan: Plan, ran: Ran, event: Event) -> bool:
        starters = self.plans.starters.get(event.type, ())
        return any(one.plan is plan and key_of(one, event) == ran.key and one.matches(event) for one in starters)


def _is_later(plan: Plan, event: Event, ran: Ran) -> bool:
    """Whether it happened after the trigger, or was reported fresh but later than it.

    What falls into a pause that was a trigger ends nothing by itself: it moves the pause.
    """
    if event.at >= ran.started_at:
        return True
    if isinstance(plan.trigger, OnEvent) and is_derived(plan.trigger.event):
        return False
    known_at = ran.started_at if ran.known_at is None else ran.known_at
    return event.fires and event.received_at > known_at
