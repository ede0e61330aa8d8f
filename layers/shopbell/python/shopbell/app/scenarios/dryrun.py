"""Try a scenario out on a sample: who would get what, and who would not and at which gate; nothing is sent."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from shopbell.app.management.segments.survey import Survey, alone
from shopbell.app.scenarios.drawing import AUDIENCE, UNTRIGGERED, Outcome, Refusal, drawn_of
from shopbell.app.scenarios.judging import Judge, Message
from shopbell.domain.clock import DAY, MINUTE, SECOND, Clock, Duration, Instant
from shopbell.domain.errors import Conflict, NotFound, Rejected
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.rules.matching import Locale
from shopbell.domain.sampling import Estimate, scaled
from shopbell.domain.scenarios.calendar import by_calendar
from shopbell.domain.scenarios.fly import trigger_of
from shopbell.domain.scenarios.live import live_plans
from shopbell.domain.scenarios.plan import OnCalendar, OnSegment, Plan
from shopbell.domain.scenarios.rehearsal import WINDOW, Stage
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import FLY_MODE, SCENARIOS
from shopbell.domain.segments.definition import Segment
from shopbell.domain.store import Store
from shopbell.domain.visits.state import PICKING
from shopbell.ports import OwnTriggers, Scenarios

FURTHEST: Final[Duration] = 30 * DAY
"""So far back it can be asked for (ruling 26)."""
AHEAD: Final[Duration] = 5 * MINUTE
"""What a caller's clock may be ahead by; then it is now."""
BUDGET: Final[Duration] = 15 * SECOND
"""After so long no further visitor is begun: those until then are the sample, whose interval is wider."""
SHOWN: Final = 50
"""Visitors whom each part of the answer names."""


@dataclass(frozen=True, slots=True)
class Held:
    """All whom one gate stops."""

    gate: str
    size: Estimate
    visitors: tuple[VisitorId, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """Messages due after `since` up to `as_of`; both the same: the run of that very instant."""

    as_of: Instant
    since: Instant
    visitors: Estimate
    sampled: int
    would_get: Estimate
    messages: tuple[Message, ...]
    would_not: tuple[Held, ...]
    """The gate that stops most first."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """Of the settings as they are saved, on or off; of the shipped ones where nothing was."""

    survey: Survey
    scenarios: Scenarios
    triggers: OwnTriggers
    judge: Judge
    now: Clock

    def __call__(self, store_id: StoreId, name: str, as_of: Instant | None = None) -> Trial:
        """`name`: of the table, or a marketer's own trigger's as reports have it, `fly_mode:<id>`.

        NotFound: no such scenario. Conflict: it cannot be run yet. Rejected: `as_of` is out of reach.
        """
        began = self.now()
        store, stage = self.prepared(store_id, name, self.moment(as_of))
        sample, profiles = self.survey.drawn(store_id)
        found = self.survey.in_time(lambda one: self.outcome(stage, store, one), profiles, began, BUDGET)
        all_asked = len(found) == len(profiles) and len(sample.visitors) >= sample.size.value
        share = 1.0 if all_asked else len(found) / sample.size.value
        return _trial(stage, drawn_of(stage, store, found, share), sample.size)

    def moment(self, as_of: Instant | None) -> Instant:
        """The instant that is asked about; Rejected where it is out of reach."""
        now = self.now()
        if as_of is not None and not now - FURTHEST <= as_of <= now + AHEAD:
            raise Rejected.at("as_of", "must be within the last 30 days")
        return now if as_of is None else min(as_of, now)

    def prepared(self, store_id: StoreId, name: str, until: Instant) -> tuple[Store, Stage]:
        """What every visitor is asked on."""
        store = self.survey.stores.get(store_id)
        if store is None:
            raise NotFound(store_id)
        return store, self._stage(store, self._plan(store_id, name), until)

    def _plan(self, store: StoreId, name: str) -> Plan:
        own, row = trigger_of(name), SCENARIOS.get(name)
        if own is not None and (trigger := self.triggers.get(store, own)) is not None:
            return trigger.plan()
        if row is None:
            raise NotFound(name)
        if name == FLY_MODE:
            raise Conflict(f"{name} has a dry run for each of its rules: {name}:<id>")
        if row.row is None:
            raise Conflict(f"{name} is not available yet")
        settings = self.scenarios.get(store, name) or ScenarioSettings(store, name, enabled=False)
        stored = {other: self.scenarios.get(store, other) for other in row.row.beside}
        plan = row.plan(settings, {other: known for other, known in stored.items() if known is not None})
        if plan.awaits is not None:
            raise Conflict(f"{name} waits for products to change, which no visitor's past tells: it has no dry run.")
        return plan

    def _stage(self, store: Store, plan: Plan, until: Instant) -> Stage:
        survey = self.survey
        known = survey.segments.all(store.id)
        rivals = self._rivals(store.id, plan)
        asked = [_hidden(store.id, plan), *(_hidden(store.id, one) for one in rivals.values())]
        if isinstance(plan.trigger, OnSegment):
            wanted = plan.trigger.segment
            asked += [replace(row, state="active") for row in known if row.id == wanted]
        rules = survey.rulebook.compiled(alone(survey.segments.rules(store.id), known, asked))
        rules = replace(rules, needs=rules.needs | PICKING)
        plans = live_plans([plan], Locale(store.time_zone, store.currency))
        since = until if isinstance(plan.trigger, OnCalendar) else until - WINDOW
        return Stage(plan, plans, rules, since, until, _every(plan), rivals)

    def _rivals(self, store: StoreId, plan: Plan) -> Mapping[str, Plan]:
        """Scenarios of the calendar that are on and more important."""
        found: dict[str, Plan] = {}
        for name, row in SCENARIOS.items():
            settings = self.scenarios.get(store, name) if row.row is not None and by_calendar(row.row) else None
            if settings is not None and settings.enabled:
                with suppress(Rejected):  # by this release: it is not run any more either
                    found[name] = row.plan(settings)
        return {name: one for name, one in found.items() if one.priority > plan.priority}

    def outcome(self, stage: Stage, store: Store, visitor: Profile) -> Outcome:
        played = stage(visitor, list(self.survey.log(visitor)))
        match self.judge.all_of(stage, store, played.due):
            case str() as gate:
                return Refusal(visitor.visitor, gate)
            case None:
                pass
            case messages:
                return messages
        if played.refused:
            return Refusal(visitor.visitor, played.refused[-1])
        member = stage.plan.segment in played.profile.memberships
        return Refusal(visitor.visitor, UNTRIGGERED if member else AUDIENCE)


def _hidden(store: StoreId, plan: Plan) -> Segment:
    return Segment(store, plan.segment, plan.scenario, plan.audience, "active", 1, 1, 0, 0, scenario=plan.scenario)


def _every(plan: Plan) -> Duration:
    """How often its schedule comes, for what a late run would not send any more; else each moment is its own run."""
    row = SCENARIOS.get(plan.scenario)
    return 1 if row is None or row.every is None or plan.send_time.latest is None else row.every


def _trial(stage: Stage, found: Sequence[Outcome], size: Estimate) -> Trial:
    messages = [one for one in found if not isinstance(one, Refusal)]
    held: dict[str, list[VisitorId]] = defaultdict(list)
    for one in found:
        if isinstance(one, Refusal):
            held[one.gate].append(one.visitor)
    return Trial(
        stage.until,
        stage.since,
        size,
        len(found),
        scaled(len(messages), len(found), size),
        tuple(chain.from_iterable(messages[:SHOWN])),
        tuple(_held(held, len(found), size)),
    )


def _held(held: Mapping[str, Sequence[VisitorId]], sampled: int, size: Estimate) -> list[Held]:
    most_first = sorted(held.items(), key=lambda row: (-len(row[1]), row[0]))
    return [Held(gate, scaled(len(who), sampled, size), tuple(who[:SHOWN])) for gate, who in most_first]
