"""What a segment was: its versions, one of them restored, and what was changed of it by whom."""

from dataclasses import dataclass
from typing import Final

from shopbell.app.management.segments.rules import words
from shopbell.app.management.segments.write import EditSegment, found
from shopbell.domain.errors import NotFound, Rejected
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.incoming.segments import SegmentPatchIn
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.segments.changes import ChangeKind, SegmentChange
from shopbell.domain.segments.definition import Segment
from shopbell.ports import Page, SegmentPast, Segments

PAGES_A_CALL: Final = 10
"""Pages of other changes that one call may look through before it says: go on from here."""


@dataclass(frozen=True, slots=True)
class VersionView:
    """The segment as it was when this version was saved; segments that it names are called as they are now."""

    segment: Segment
    sentence: str
    current: bool


@dataclass(frozen=True, slots=True)
class ReadPast:
    segments: Segments
    past: SegmentPast

    def versions(self, store: StoreId, name: SegmentId, cursor: str | None, limit: int) -> Page[VersionView]:
        """Newest first."""
        latest = self.segments.get(store, name)
        if latest is None:
            raise NotFound(name)
        known = self.segments.all(store)
        page = self.past.versions(store, name, cursor, limit)
        views = [
            VersionView(row, words(parse_rule(row.rule), known), current=row.version == latest.version)
            for row in page.items
        ]
        return Page(tuple(views), page.cursor)

    def changes(
        self, store: StoreId, name: SegmentId, kind: ChangeKind, cursor: str | None, limit: int
    ) -> Page[SegmentChange]:
        """Of one kind, newest first; a page may be short and still not the last."""
        if self.segments.get(store, name) is None:
            raise NotFound(name)
        taken: list[SegmentChange] = []
        for _ in range(PAGES_A_CALL):
            page = self.past.changes(store, name, cursor, limit - len(taken))
            taken += [change for change in page.items if kind in change.kinds]
            cursor = page.cursor
            if cursor is None or len(taken) == limit:
                break
        return Page(tuple(taken), cursor)


@dataclass(frozen=True, slots=True)
class RestoreVersion:
    segments: Segments
    past: SegmentPast
    edit: EditSegment

    def __call__(
        self,
        store: StoreId,
        name: SegmentId,
        version: int,
        expected: int | None = None,
        by: str | None = None,
    ) -> Segment:
        """The rule of that version as a new version, with all that an edit means; of the newest: nothing."""
        found(self.segments, store, name)
        row = self.past.version(store, name, version)
        if row is None:
            raise Rejected.at("version", "is none that this segment had")
        given = SegmentPatchIn.model_validate({"rule": row.rule})
        return self.edit(store, name, given, expected, by)
