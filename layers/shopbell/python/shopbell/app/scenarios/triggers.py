"""Fly mode: make, change, switch and delete the marketer's own triggers."""

import hashlib
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.management.changes import check_revision, check_saved
from shopbell.app.paging import page_of
from shopbell.app.scenarios.following import KeepTrigger, TriggerView
from shopbell.app.scenarios.hidden import TRIES
from shopbell.app.scenarios.writing import changed, written
from shopbell.domain.clock import Clock
from shopbell.domain.errors import Conflict, NotFound, Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.triggers import TriggerIn, TriggerPatchIn
from shopbell.domain.scenarios.fly import OwnTrigger, TriggerId
from shopbell.ports import OwnTriggers, Page, RandomBytes

MAX_TRIGGERS: Final = 100
"""Of one store: each is asked about every event."""
_FULL: Final = f"A store may have {MAX_TRIGGERS} triggers."


@dataclass(frozen=True, slots=True)
class CreateTrigger:
    triggers: OwnTriggers
    keep: KeepTrigger
    random: RandomBytes
    now: Clock

    def __call__(self, store: StoreId, given: TriggerIn, request: str | None = None) -> TriggerView:
        """The same `request`, which names this very call, finds the same trigger and finishes it."""
        row = written(store, _id(store, request, self.random), given, self.now())
        self.keep.check(row)
        stored = self.triggers.get(store, row.id)
        if stored is None and len(self.triggers.all(store)) >= MAX_TRIGGERS:
            raise Conflict(_FULL)
        if stored is None and not self.triggers.save(row, expected=None):
            stored = self.triggers.get(store, row.id)
        if stored is None:
            self._check_fits(row)
        back = None if stored is None else replace(stored, enabled=False)
        return self.keep.follow(self.triggers, stored or row, back)

    def _check_fits(self, made: OwnTrigger) -> None:
        """Of several that are made at once each looks again once it is there."""
        if len(self.triggers.all(made.store)) > MAX_TRIGGERS:
            self.triggers.delete(made.store, made.id, expected=made.revision)
            raise Conflict(_FULL)


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
        back = stored if row != stored else replace(stored, enabled=False)
        return self.keep.follow(self.triggers, row, back)


@dataclass(frozen=True, slots=True)
class DeleteTrigger:
    triggers: OwnTriggers
    keep: KeepTrigger
    now: Clock

    def __call__(self, store: StoreId, name: TriggerId, expected: int | None = None) -> None:
        """What was waiting for it is not sent. Its segment goes first: a call that broke off can be repeated.

        It is switched off before that, on the revision that was read, as a webhook is.
        """
        stored = found(self.triggers, store, name)
        check_revision(stored.revision, expected)
        for _ in range(TRIES):
            going = replace(stored, enabled=False, revision=stored.revision + 1, changed_at=self.now())
            if self.triggers.save(going, expected=stored.revision):
                expected = None  # from here on it goes, whoever changes it
                self.keep.drop(going)
                if self.triggers.delete(store, name, expected=going.revision):
                    self.keep.drop(going)  # again: whoever changed nothing of it may have put its segment back
                    return
            stored = found(self.triggers, store, name)
            check_revision(stored.revision, expected)
        raise Unavailable("the trigger kept changing")


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


def found(triggers: OwnTriggers, store: StoreId, name: TriggerId) -> OwnTrigger:
    row = triggers.get(store, name)
    if row is None:
        raise NotFound(name)
    return row


def _id(store: StoreId, request: str | None, random: RandomBytes) -> TriggerId:
    if request is None:
        return TriggerId(random(8).hex())
    return TriggerId(hashlib.sha256(f"{store}\n{request}".encode()).hexdigest()[:16])
