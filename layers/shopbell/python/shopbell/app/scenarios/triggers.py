"""Fly mode: make, change, switch and delete the marketer's own triggers."""

import hashlib
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.links import NOWHERE, dead_link
from shopbell.app.management.changes import check_revision, check_saved
from shopbell.app.paging import page_of
from shopbell.app.scenarios.audiences import CheckAudience
from shopbell.app.scenarios.hidden import KeepSegment, Wanted
from shopbell.app.scenarios.interactions import KeepInteractions
from shopbell.app.scenarios.warnings import Warn
from shopbell.app.scenarios.writing import changed, said_where, written
from shopbell.domain.clock import Clock
from shopbell.domain.errors import Conflict, NotFound, Problem, Rejected
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.triggers import TriggerIn, TriggerPatchIn
from shopbell.domain.scenarios.fly import SEGMENT_FIELD, SEGMENT_TURNS, OwnTrigger, TriggerId, turned_segment
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.store import Store
from shopbell.domain.visits.derived import is_derived
from shopbell.ports import OwnTriggers, Page, RandomBytes, Segments, Stores

MAX_TRIGGERS: Final = 100
"""Of one store: each is asked about every event."""


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
        store = self._store(row.store)
        plan = _planned(row)
        self.warn.lists.of_plan(row.store, plan)
        self._check_turned(row)
        _check_derived(row)
        self.audience(row.store, row.audience, plan.audience, live=row.enabled)
        if row.enabled and (path := dead_link(row.content, row.variants, store)) is not None:
            raise Rejected.at(path, NOWHERE)
        return plan

    def keep(self, row: OwnTrigger) -> TriggerView:
        store, plan = self._store(row.store), row.plan()
        if row.enabled and (plan.steps[0].products.algorithm is not None or is_derived(row.event)):
            self.interactions(store)
        self.segment(row.store, Wanted(row.segment, row.name, row.scenario, plan.audience, row.enabled))
        return TriggerView(row, plan, self.warn(store, plan, enabled=row.enabled))

    def drop(self, row: OwnTrigger) -> None:
        self.segment.archive(row.store, row.segment)

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

    def _store(self, store: StoreId) -> Store:
        found = self.stores.get(store)
        if found is None:
            raise NotFound(store)
        return found


def _check_derived(row: OwnTrigger) -> None:
    """What nobody sends has no properties of the shop's own."""
    made_here = is_derived(row.event) or row.event in SEGMENT_TURNS
    if made_here and row.until is not None:
        raise Rejected.at("delay.until", f"names a property, and {row.event} has none that is an instant")
    if is_derived(row.event) and row.nth is not None and row.where:
        raise Rejected.at("occurrence", f"counts every {row.event}: leave out `where`")


@dataclass(frozen=True, slots=True)
class CreateTrigger:
    triggers: OwnTriggers
    keep: KeepTrigger
    random: RandomBytes
    now: Clock

    def __call__(self, store: StoreId, given: TriggerIn, request: str | None = None) -> TriggerView:
        """The same `request` (Idempotency-Key) again finds the same trigger; 409 for another body."""
        row = written(store, _id(store, request, self.random), given, self.now())
        self.keep.check(row)
        stored = self.triggers.get(store, row.id)
        if stored is None and len(self.triggers.all(store)) >= MAX_TRIGGERS:
            raise Conflict(f"A store may have {MAX_TRIGGERS} triggers.")
        if stored is None and not self.triggers.save(row, expected=None):
            stored = self.triggers.get(store, row.id)
        if stored is not None and not _says_the_same(stored, row):
            raise Conflict("This Idempotency-Key has made a trigger that says something else.")
        return self.keep.keep(stored or row)


@dataclass(frozen=True, slots=True)
class EditTrigger:
    triggers: OwnTriggers
    keep: KeepTrigger
    now: Clock

    def __call__(
        self, store: StoreId, name: TriggerId, given: TriggerPatchIn, expected: int | None = None
    ) -> TriggerView:
        """What was on its way stays so unless the audience or the exits end it; 412 on a conflict."""
        stored = found(self.triggers, store, name)
        check_revision(stored.revision, expected)
        row = changed(stored, given)
        if row != stored:
            row = replace(row, revision=stored.revision + 1, changed_at=self.now())
        self.keep.check(row)
        if row != stored:
            check_saved(saved=self.triggers.save(row, expected=stored.revision))
        return self.keep.keep(row)


@dataclass(frozen=True, slots=True)
class DeleteTrigger:
    triggers: OwnTriggers
    keep: KeepTrigger

    def __call__(self, store: StoreId, name: TriggerId, expected: int | None = None) -> None:
        """What was waiting for it is not sent. Its segment goes first: a call that broke off can be repeated."""
        stored = found(self.triggers, store, name)
        check_revision(stored.revision, expected)
        self.keep.drop(stored)
        self.triggers.delete(store, name)


@dataclass(frozen=True, slots=True)
class ReadTriggers:
    triggers: OwnTriggers

    def page(self, store: StoreId, after: str | None, limit: int) -> Page[TriggerView]:
        """By id."""
        rows = page_of(self.triggers.all(store), lambda row: row.id, after, limit)
        return Page(tuple(TriggerView(row, row.plan()) for row in rows.items), rows.cursor)

    def one(self, store: StoreId, name: TriggerId) -> TriggerView:
        row = found(self.triggers, store, name)
        return TriggerView(row, row.plan())


def _planned(row: OwnTrigger) -> Plan:
    try:
        return row.plan()
    except Rejected as exc:
        raise Rejected([said_where(one) for one in exc.problems]) from None


def found(triggers: OwnTriggers, store: StoreId, name: TriggerId) -> OwnTrigger:
    row = triggers.get(store, name)
    if row is None:
        raise NotFound(name)
    return row


def _id(store: StoreId, request: str | None, random: RandomBytes) -> TriggerId:
    if request is None:
        return TriggerId(random(8).hex())
    return TriggerId(hashlib.sha256(f"{store}\n{request}".encode()).hexdigest()[:16])


def _says_the_same(stored: OwnTrigger, row: OwnTrigger) -> bool:
    return replace(stored, created_at=row.created_at, changed_at=row.changed_at, revision=row.revision) == row
