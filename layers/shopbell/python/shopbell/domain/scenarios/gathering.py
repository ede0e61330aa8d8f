"""Several prices that fall, one message: what is told while a message of its kind still waits comes with that one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import orjson

from shopbell.domain.events import Event, Json
from shopbell.domain.goods import ALSO, PRICE_CHANGED, SAW
from shopbell.domain.scenarios.agenda import Agenda
from shopbell.domain.scenarios.instances import event_key, key_of
from shopbell.domain.scenarios.live import Starter
from shopbell.domain.scenarios.occasions import Occasions
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.scenarios.plan import Plan

GATHERED: Final = "gathered"
"""Why what fell in price starts no message of its own."""
MAX_ALSO: Final = 1_000
"""Bytes of JSON; what finds no room in it is refused like any other that comes while one runs."""


def gathered(
    agenda: Agenda, starter: Starter, event: Event, occasions: Occasions, inside: Callable[[], bool]
) -> bool:
    """Whether a message that waits took the event's product along. Told again, it is there already."""
    step = _waiting(agenda, starter.plan)
    if step is None or _is_known(agenda, starter, event) or not inside():
        return False
    within = starter.trigger.unless_bought
    if within is not None and occasions.bought(event, within):
        return False
    facts = _with(step.facts, event)
    if facts is None:
        return False
    agenda.steps[step.id] = replace(step, facts=facts)
    agenda.refuse(starter.plan.scenario, GATHERED, (event_key(event), event.at))
    return True


def _waiting(agenda: Agenda, plan: Plan) -> PendingStep | None:
    if plan.awaits is None or plan.awaits.news != PRICE_CHANGED:
        return None
    steps = (step for ran in agenda.running(plan.scenario) for step in agenda.waiting(plan.scenario, ran.key))
    return next((step for step in steps if step.state == "waiting"), None)


def _is_known(agenda: Agenda, starter: Starter, event: Event) -> bool:
    keys = {event_key(event), key_of(starter, event)}
    return any(one.key in keys for one in agenda.looked_at(starter.plan.scenario))


def _with(facts: Mapping[str, Json], event: Event) -> Mapping[str, Json] | None:
    """Of a product that fell again the price before its first fall stands; None: there is no room for one more."""
    product, was = event.properties.get("product_id"), event.properties.get("was")
    if not isinstance(product, str) or was is None:
        return None
    known = facts.get(ALSO)
    also = dict(known) if isinstance(known, Mapping) else {}
    if product == facts.get("product_id") or product in also:
        return facts
    also[product] = [was, event.properties.get(SAW) is True]
    return {**facts, ALSO: also} if len(orjson.dumps(also)) <= MAX_ALSO else None
