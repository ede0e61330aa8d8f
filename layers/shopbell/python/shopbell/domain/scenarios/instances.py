"""Starting an instance of a plan for one visitor: its key, whether it may, and when its messages are due."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.localtime import minute_of, next_at
from shopbell.domain.naming import PRIVATE
from shopbell.domain.scenarios.agenda import Agenda
from shopbell.domain.scenarios.likeness import differ
from shopbell.domain.scenarios.live import Starter
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.scenarios.plan import OnEvent, Plan, SendTime
from shopbell.domain.visits.products import named, quantity_of

MAX_KEY: Final = 64
"""Characters; of a longer one its hash stands."""
MAX_FACTS: Final = 2_000
"""Bytes of JSON in UTF-8 that an instance remembers of its trigger."""
_MAX_ITEMS: Final = 20
_TEXT: Final = 200


def moment(when: SendTime, at: Instant, zone: Callable[[], tzinfo]) -> Instant | None:
    """`at`, or the first instant after it that the visitor's day allows. The best hour is asked for at dispatch.

    What means its day is not put on the next: it goes at once as long as it may, and then not at all (None).
    """
    if when.kind != "at":
        return at
    there = zone()
    now = minute_of(at, there)
    if when.latest is None or now <= when.minute:
        return next_at(at, when.minute, there)
    return at if now < when.latest else None


def key_of(starter: Starter, event: Event) -> str:
    """The value of the property that tells instances apart; of an event without it, and by default, the event."""
    found = starter.key(event) if starter.key is not None else ()
    return short(str(found[0])) if found and found[0] is not None else event_key(event)


def event_key(event: Event) -> str:
    """What tells the event itself from all others; of an order the order."""
    return short(event.element_id)


def order_key(event: Event) -> str | None:
    """The order that the event is about, as the key of its purchase."""
    order = event.properties.get("order_id")
    return None if order is None else short(f"purchase:{order}")


def short(key: str) -> str:
    return key if len(key) <= MAX_KEY else hashlib.sha256(key.encode()).hexdigest()[:32]


def facts_of(event: Event) -> Mapping[str, Json]:
    """What templates and selection may read of the trigger: type, product ids, category, what is plain in it.

    Of too much the longest is left out, which `left_out` counts. Names that begin as our own do are not the shop's.
    """
    said: dict[str, Json] = {"type": event.type}
    items = [str(product) for product in list(event.products)[:_MAX_ITEMS]]
    if items:
        said["products"] = items
    category = next((facts.categories[0] for facts in event.products.values() if facts.categories), None)
    plain: dict[str, Json] = {} if category is None else {"category": category}
    plain |= _plain(event)
    room = MAX_FACTS - _size(said)
    kept = set()
    for name in sorted(plain, key=lambda one: _size({one: plain[one]})):
        room -= _size({name: plain[name]})
        if room >= 0:
            kept.add(name)
    return said | {name: value for name, value in plain.items() if name in kept}


def left_out(event: Event, facts: Mapping[str, Json]) -> int:
    """How many of its plain properties templates cannot name, because together they are too long."""
    return sum(name not in facts for name in _plain(event))


def _plain(event: Event) -> dict[str, Json]:
    return {name: value for name, value in event.properties.items() if _is_plain(value) and not _is_ours(name)}


def _is_ours(name: str) -> bool:
    return name.startswith(PRIVATE) or name in {"type", "products"}


def _size(said: Mapping[str, Json]) -> int:
    return len(json.dumps(said, ensure_ascii=False).encode())


def pieces(event: Event) -> int:
    """How many it deals with; an item that does not say is one."""
    return sum(quantity_of(line) or 1 for _, line in named(event))


def _is_plain(value: Json) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and len(value) <= _TEXT)


def refusal(agenda: Agenda, plan: Plan, at: Instant, about: str = "") -> str | None:
    """Why no further instance may start at that instant; None: it may. `about`: the products that it would be about.

    Asked of instances alone that are running or reached them: one that ended unsent stands in nobody's way.
    """
    known = [one for one in agenda.instances(plan.scenario) if one.ended_at is None or one.reached]
    if not known:
        return None
    if plan.max_per_user is not None:
        most, within = plan.max_per_user
        if sum(one.started_at > at - within for one in known) >= most:
            return "max_per_user"
    if plan.reentry == "never":
        return "reentry"
    if plan.after_return and known[-1].exited_at is None:
        return "no_return"
    return None if plan.reentry == "always" else _too_soon(agenda, plan, at, known, about)


def _too_soon(agenda: Agenda, plan: Plan, at: Instant, known: Sequence[Ran], about: str) -> str | None:
    if are_apart(plan):
        return "cooldown" if at < max(one.ended_at or one.started_at for one in known) + plan.cooldown else None
    if any(one.ended_at is None and at < _over(agenda, one) for one in known):
        return "running"
    alike = [one for one in known if plan.unlike is None or not differ(one.about, about, plan.unlike)]
    ended = max((_over(agenda, one) for one in alike), default=None)
    return "cooldown" if ended is not None and at < ended + max(plan.cooldown - plan.ahead, 0) else None


def are_apart(plan: Plan) -> bool:
    """Whether instances run side by side, begun no closer together than the cooldown."""
    return isinstance(plan.trigger, OnEvent) and plan.trigger.apart


def _over(agenda: Agenda, ran: Ran) -> Instant:
    """When it ended, or will with the last message that waits."""
    if ran.ended_at is not None:
        return ran.ended_at
    return max((step.due for step in agenda.waiting(ran.source_id, ran.key)), default=ran.started_at)


def steps_of(
    plan: Plan,
    ran: Ran,
    facts: Mapping[str, Json],
    zone: Callable[[], tzinfo],
    *,
    first: int = 0,
    until: Instant | None = None,
) -> list[PendingStep]:
    """Those that are switched on, from the step `first` on; `until`: when one is due that waits for an instant."""
    start = ran.started_at + (plan.trigger.debounce if isinstance(plan.trigger, OnEvent) else 0)
    steps = []
    for place, step in enumerate(plan.steps):
        if place >= first and step.enabled:
            waits = step.until is not None and until is not None
            due = moment(plan.send_time, until if waits and until is not None else start + step.delay, zone)
            if due is None:
                continue
            steps.append(
                PendingStep(
                    "scenario",
                    plan.scenario,
                    ran.key,
                    place,
                    due,
                    ran.started_at,
                    due + step.relevance,
                    facts=facts,
                )
            )
    return steps
