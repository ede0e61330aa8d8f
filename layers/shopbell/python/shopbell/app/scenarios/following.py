"""What follows from a marketer's own trigger: what may be wrong with it, its hidden segment, what is folded."""

from dataclasses import dataclass, replace

from shopbell.app.links import NOWHERE, dead_link
from shopbell.app.scenarios.audiences import CheckAudience
from shopbell.app.scenarios.hidden import TRIES, KeepSegment, Wanted
from shopbell.app.scenarios.interactions import KeepInteractions
from shopbell.app.scenarios.warnings import Warn
from shopbell.app.scenarios.writing import said_where
from shopbell.app.turning import standing
from shopbell.domain.errors import Conflict, Problem, Rejected, Unavailable
from shopbell.domain.scenarios.fly import SEGMENT_FIELD, SEGMENT_TURNS, OwnTrigger, turned_segment
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.visits.derived import is_derived
from shopbell.ports import OwnTriggers, Segments, Stores


@dataclass(frozen=True, slots=True)
class TriggerView:
    """A trigger as it stands, with what keeps it from being sent."""

    row: OwnTrigger
    plan: Plan
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeepTrigger:
    """What follows from a trigger that was saved: its hidden segment and what is folded."""

    stores: Stores
    segments: Segments
    segment: KeepSegment
    audience: CheckAudience
    interactions: KeepInteractions
    warn: Warn

    def check(self, row: OwnTrigger) -> Plan:
        """Everything that can be wrong, before anything is written. Rejected, or Conflict for a sleeping segment."""
        store = standing(self.stores, row.store)
        plan = _planned(row)
        self.warn.lists.of_plan(row.store, plan)
        self._check_turned(row)
        _check_derived(row)
        self.audience(row.store, row.audience, plan.audience, live=row.enabled)
        if row.enabled and (path := dead_link(row.content, row.variants, store)) is not None:
            raise Rejected.at(path, NOWHERE)
        return plan

    def keep(self, row: OwnTrigger) -> TriggerView:
        store, plan = standing(self.stores, row.store), row.plan()
        if row.enabled and (plan.steps[0].products.algorithm is not None or is_derived(row.event)):
            self.interactions(store)
        self.segment(row.store, Wanted(row.segment, row.name, row.scenario, plan.audience, row.enabled))
        return TriggerView(row, plan, self.warn(store, plan, enabled=row.enabled))

    def drop(self, row: OwnTrigger) -> None:
        self.segment.archive(row.store, row.segment)

    def follow(self, triggers: OwnTriggers, row: OwnTrigger, back: OwnTrigger | None) -> TriggerView:
        """The trigger as it was saved, with what follows from it as it stands, though others change or delete it.

        Conflict where a segment of its audience sleeps by now, so that its own cannot be kept: it is set as `back`
        says, or is gone.
        """
        try:
            view, stands = self.keep(row), row
        except Conflict:
            self._take_back(triggers, row, back)
            raise
        for _ in range(TRIES):
            now = triggers.get(row.store, row.id)
            if now == stands:
                return view
            if now is None:
                self.drop(row)
                return view
            self.keep(now)
            stands = now
        raise Unavailable("the trigger kept changing")

    def _take_back(self, triggers: OwnTriggers, row: OwnTrigger, back: OwnTrigger | None) -> None:
        if back is None:
            triggers.delete(row.store, row.id, expected=row.revision)
        elif triggers.save(put := replace(back, revision=row.revision + 1), expected=row.revision):
            self.keep(put)

    def _check_turned(self, row: OwnTrigger) -> None:
        """A trigger on entries or exits names one live segment."""
        if row.event not in SEGMENT_TURNS:
            return
        named = turned_segment(row.event, row.where)
        if named is None or row.nth is not None or row.key is not None or row.debounce:
            example = f'[{{"field": "{SEGMENT_FIELD}", "op": "eq", "value": …}}]'
            raise Rejected([Problem("where", f"must be {example}, without occurrence, key and debounce")])
        found = self.segments.get(row.store, named)
        if found is None or found.hidden or found.state == "archived":
            raise Rejected.at("where.0.value", "is no segment of this store")
        if row.enabled and not found.live:
            raise Conflict(f"{found.name} is {found.state}. Activate it first.")


def _check_derived(row: OwnTrigger) -> None:
    """What nobody sends has no properties of the shop's own."""
    made_here = is_derived(row.event) or row.event in SEGMENT_TURNS
    if made_here and row.until is not None:
        raise Rejected.at("delay.until", f"names a property, and {row.event} has none that is an instant")
    if is_derived(row.event) and row.nth is not None and row.where:
        raise Rejected.at("occurrence", f"counts every {row.event}: leave out `where`")


def _planned(row: OwnTrigger) -> Plan:
    try:
        return row.plan()
    except Rejected as exc:
        raise Rejected([said_where(one) for one in exc.problems]) from None
