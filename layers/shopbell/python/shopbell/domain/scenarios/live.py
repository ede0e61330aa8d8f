"""The plans that a store has on, arranged by what starts and what ends them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.fields import Read, reader
from shopbell.domain.rules.matching import Locale, Match, matcher
from shopbell.domain.scenarios.plan import OnClock, OnEvent, OnSegment, Plan
from shopbell.domain.scenarios.table import SCHEDULED
from shopbell.domain.scenarios.turns import Exit, Hold
from shopbell.domain.visits.derived import is_derived
from shopbell.domain.watchers import SOURCES


@dataclass(frozen=True, slots=True)
class Starter:
    """A plan that an event may start."""

    plan: Plan
    trigger: OnEvent
    matches: Match
    key: Read | None
    """Reads what tells instances apart; None: the event does."""


@dataclass(frozen=True, slots=True)
class Ender:
    """A plan that an event may end."""

    plan: Plan
    exit: Exit
    matches: Match


@dataclass(frozen=True, slots=True)
class LivePlans:
    """`plans` by scenario; the rest is the same plans again, by event type and by segment."""

    plans: Mapping[str, Plan] = field(default_factory=dict)
    starters: Mapping[str, tuple[Starter, ...]] = field(default_factory=dict)
    exits: Mapping[str, tuple[Ender, ...]] = field(default_factory=dict)
    holds: Mapping[str, tuple[tuple[Plan, Hold], ...]] = field(default_factory=dict)
    pauses: tuple[Starter, ...] = ()
    """Plans that are started by what nobody sends: a session that ended, a cart left behind."""
    segments: Mapping[SegmentId, tuple[Plan, ...]] = field(default_factory=dict)
    """Plans that a flip of the segment may start."""
    zone: str = "UTC"
    """The store's, for visitors of whom none is known."""
    watched: frozenset[str] = frozenset()
    """Events that show an interest in a product which some plan waits for."""

    def calls_off(self, event: str) -> bool:
        """Whether such an event may end what has not even begun."""
        return any(one.exit.same == "order" for one in self.exits.get(event, ()))


NO_PLANS: Final = LivePlans()


def live_plans(plans: Iterable[Plan], locale: Locale) -> LivePlans:
    """Compiled once for all visitors."""
    starters: dict[str, tuple[Starter, ...]] = defaultdict(tuple)
    exits: dict[str, tuple[Ender, ...]] = defaultdict(tuple)
    holds: dict[str, tuple[tuple[Plan, Hold], ...]] = defaultdict(tuple)
    segments: dict[SegmentId, tuple[Plan, ...]] = defaultdict(tuple)
    known = {plan.scenario: plan for plan in plans}
    for plan in known.values():
        match plan.trigger:
            case OnEvent() as trigger:
                starters[trigger.event] += (_starter(plan, trigger, locale),)
            case OnSegment() as trigger:
                segments[trigger.segment] += (plan,)
            case OnClock():
                segments[plan.segment] += (plan,)
            case _:
                pass
        for one in (*map(Exit, sorted(plan.exit_on)), *plan.exit_if):
            exits[one.event] += (Ender(plan, one, matcher(one.where, locale)),)
        for hold in plan.holds:
            for event in hold.events:
                holds[event] += ((plan, hold),)
    pauses = tuple(one for event, ones in starters.items() if is_derived(event) for one in ones)
    sources = {source for plan in known.values() if plan.awaits is not None for source in plan.awaits.sources}
    also = {"bought"} if sources else set()
    watched = frozenset(event for event, source in SOURCES.items() if source in sources | also)
    return LivePlans(known, dict(starters), dict(exits), dict(holds), pauses, dict(segments), locale.zone, watched)


def is_scheduled(plan: Plan) -> bool:
    """Whether its first message goes by way of a candidate that the scenario's schedule takes up (ruling 14)."""
    return isinstance(plan.trigger, OnClock) and plan.scenario in SCHEDULED


def _starter(plan: Plan, trigger: OnEvent, locale: Locale) -> Starter:
    key = None if trigger.key is None else reader(trigger.key, locale.zone)
    return Starter(plan, trigger, matcher(trigger.where, locale), key)
