"""Make, change and put away segments."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from shopbell.app.management.changes import check_revision, check_saved
from shopbell.app.management.segments.prefabricated import written
from shopbell.app.management.segments.rules import ReadRule, words
from shopbell.app.management.usage import FindUsage
from shopbell.domain.clock import Clock
from shopbell.domain.errors import Conflict, NotFound
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.incoming.segments import MAX_TITLE, SegmentIn, SegmentPatchIn
from shopbell.domain.rules.graph import references
from shopbell.domain.rules.nodes import Rule
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.segments.definition import Segment
from shopbell.domain.segments.leaning import check_live
from shopbell.domain.segments.users import InUse, User
from shopbell.ports import RandomBytes, Segments

Build = Callable[[StoreId], object]
"""`app.building.StartBuild`: touch every visitor so that what is `building` becomes active."""


@dataclass(frozen=True, slots=True)
class CreateSegment:
    segments: Segments
    read: ReadRule
    random: RandomBytes
    now: Clock

    def __call__(
        self, store: StoreId, given: SegmentIn, request: str | None = None, by: str | None = None
    ) -> Segment:
        """A draft. The same `request`, which names this very call, finds the same segment."""
        given, known = written(given), self.segments.all(store)
        rule = self.read(store, given.rule, known)
        name = _id(store, request, self.random)
        now = self.now()
        made = Segment(
            store=store,
            id=name,
            name=given.name or title(rule, known),
            rule=given.rule,
            state="draft",
            version=1,
            revision=1,
            created_at=now,
            last_changed_at=now,
            description=given.description,
            tags=given.tags,
            created_by=by,
            changed_by=by,
        )
        if self.segments.save(made, expected=None):
            return made
        stored = self.segments.get(store, name)
        if stored is None:
            raise Conflict("There is another segment of this id.")
        return stored


@dataclass(frozen=True, slots=True)
class EditSegment:
    segments: Segments
    read: ReadRule
    build: Build
    now: Clock

    def __call__(
        self,
        store: StoreId,
        name: SegmentId,
        given: SegmentPatchIn,
        expected: int | None = None,
        by: str | None = None,
    ) -> Segment:
        """Another rule is another version; a live segment is then built anew, and fires nothing (ruling 9).

        One that is called by its sentence goes on to be. The same edit again asks an unfinished build to go on.
        """
        stored = found(self.segments, store, name)
        check_revision(stored.revision, expected)
        if stored.state == "archived":
            raise Conflict("It is archived.")
        described = "description" in given.model_fields_set
        edited = replace(
            stored,
            name=given.name or stored.name,
            rule=stored.rule if given.rule is None else given.rule,
            description=given.description if described else stored.description,
            tags=stored.tags if given.tags is None else given.tags,
        )
        if edited.rule != stored.rule:
            edited = self._redefined(edited, stored)
        if edited != stored:
            now = self.now()
            edited = replace(edited, revision=stored.revision + 1, last_changed_at=now, changed_by=by)
            check_saved(saved=self.segments.save(edited, expected=stored.revision))
        if edited.state == "building" and given.rule is not None:
            self.build(store)
        return edited

    def _redefined(self, edited: Segment, stored: Segment) -> Segment:
        known = self.segments.all(edited.store)
        rule = self.read(edited.store, edited.rule, known, own=edited.id)
        edited = replace(edited, version=edited.version + 1)
        if edited.name == title(parse_rule(stored.rule), known):
            edited = replace(edited, name=title(rule, known))
        if not edited.live:
            return edited
        check_live(references(rule), known)
        return replace(edited, state="building", build_percent=0)


@dataclass(frozen=True, slots=True)
class ArchiveSegment:
    segments: Segments
    usage: FindUsage
    build: Build
    now: Clock

    def __call__(
        self, store: StoreId, name: SegmentId, expected: int | None = None, by: str | None = None
    ) -> Segment:
        """What ruling 20 says of DELETE; raises InUse with the users. Archived already: as it is."""
        stored = found(self.segments, store, name)
        check_revision(stored.revision, expected)
        if stored.state == "archived":
            return stored
        if refusal := self._obstacle(stored):
            raise refusal
        gone = replace(
            stored,
            state="archived",
            build_percent=None,
            revision=stored.revision + 1,
            last_changed_at=self.now(),
            changed_by=by,
        )
        check_saved(saved=self.segments.save(gone, expected=stored.revision))
        if refusal := self._obstacle(stored):
            self._take_back(stored, gone)
            raise refusal
        return gone

    def _obstacle(self, stored: Segment) -> InUse | None:
        return obstacle(stored, self.usage(stored.store, self.segments.all(stored.store)).get(stored.id, ()))

    def _take_back(self, stored: Segment, gone: Segment) -> None:
        """Somebody came to use it while it was put away. Its features are gone, so what was live is built anew."""
        state = "building" if stored.live else stored.state
        percent = 0 if stored.live else None
        back = replace(gone, state=state, build_percent=percent, revision=gone.revision + 1)
        check_saved(saved=self.segments.save(back, expected=gone.revision))
        if back.live:
            self.build(stored.store)


def found(segments: Segments, store: StoreId, name: SegmentId) -> Segment:
    """NotFound too for a hidden one: it belongs to its campaign or scenario."""
    stored = segments.get(store, name)
    if stored is None or stored.hidden:
        raise NotFound(name)
    return stored


def obstacle(segment: Segment, users: Sequence[User]) -> InUse | None:
    """Why it may not be put away now (ruling 20), with those who stand in the way: a webhook never does."""
    users = [user for user in users if user.kind != "webhook"]
    if segment.live and users:
        return InUse("It is active and in use. Pause it first; what still sends must end before.", users)
    if holders := [user for user in users if user.holds]:
        return InUse("It is in use by what is live or about to be sent.", holders)
    return None


def title(rule: Rule, known: Sequence[Segment]) -> str:
    """What a segment without a name is called: its sentence, as far as a name may go."""
    return words(rule, known)[:MAX_TITLE]


def _id(store: StoreId, request: str | None, random: RandomBytes) -> SegmentId:
    if request is None:
        return SegmentId(f"seg-{random(8).hex()}")
    digest = hashlib.sha256(f"{store}\n{request}".encode()).hexdigest()
    return SegmentId(f"seg-{digest[:16]}")
