"""Members of a segment as people look at them: until when, and why; and all of them as a file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shopbell.app.exporting import EXPORT_MEMBERS
from shopbell.app.jobs import StartJob
from shopbell.app.management.segments.read import ReadSegments
from shopbell.app.rulebook import Rulebook
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.jobs import Job
from shopbell.domain.membership import Member
from shopbell.domain.part import PARTS
from shopbell.domain.profile import Profile
from shopbell.domain.rules.nodes import Rule
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.rules.sentence import sentence
from shopbell.domain.segments.compiled import LiveSegment
from shopbell.domain.segments.definition import Segment
from shopbell.domain.segments.reading import endless, parts_read
from shopbell.domain.segments.reasons import ends_at, reasons
from shopbell.ports import Counters, Page, Segments, Visitors


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the rule that holds for the member."""

    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class MemberView:
    """`why` None: not asked for."""

    member: Member
    why: tuple[Reason, ...] | None


@dataclass(frozen=True, slots=True)
class ReadMembers:
    """`expires_at` and `why` are computed from the profile as it is stored, when they are asked for.

    Kept in the member row, the instant would have to be written with every event that moves it. A segment that is
    not evaluated has neither.
    """

    read: ReadSegments
    segments: Segments
    visitors: Visitors
    rulebook: Rulebook
    now: Clock

    def __call__(
        self, store: StoreId, name: SegmentId, cursor: str | None, limit: int, *, why: bool = False
    ) -> Page[MemberView]:
        """By shard and visitor id; a page may be short and still not the last (ruling 25)."""
        row = self.segments.get(store, name)
        if row is None:
            raise NotFound(name)
        page, rule = self.read.members(row, cursor, limit), parse_rule(row.rule)
        live = None if not page.items or (endless(rule) and not why) else self._live(row)
        if live is None:
            return Page(tuple(MemberView(member, () if why else None) for member in page.items), page.cursor)
        parts = PARTS if why else parts_read(live)
        profiles = self.visitors.load_many(store, [member.visitor for member in page.items], parts)
        describe = _Describe(live, rule, self.segments.all(store) if why else None, self.now())
        views = [describe(member, profiles.get(member.visitor)) for member in page.items]
        return Page(tuple(views), page.cursor)

    def _live(self, row: Segment) -> LiveSegment | None:
        return next((one for one in self.rulebook.check(row.store).order if one.id == row.id), None)


@dataclass(frozen=True, slots=True)
class StartExport:
    """All members as CSV: visitor_id, entered_at, reachable, version; a job, however few they are."""

    segments: Segments
    counters: Counters
    start: StartJob

    def __call__(self, store: StoreId, name: SegmentId, by: str | None = None) -> Job:
        if self.segments.get(store, name) is None:
            raise NotFound(name)
        total = self.counters.total(store, f"segment:{name}").get("total", 0)
        return self.start(store, EXPORT_MEMBERS, {"segment": name, "total": max(0, total)}, by)


@dataclass(frozen=True, slots=True)
class _Describe:
    live: LiveSegment
    rule: Rule
    known: Sequence[Segment] | None
    """For the words of the reasons; None: none are asked for."""
    now: Instant

    def __call__(self, member: Member, profile: Profile | None) -> MemberView:
        if profile is None:
            return MemberView(member, None if self.known is None else ())
        return MemberView(replace(member, expires_at=ends_at(self.live, profile, self.now)), self._why(profile))

    def _why(self, profile: Profile) -> tuple[Reason, ...] | None:
        if self.known is None:
            return None
        names = {row.id: row.name for row in self.known}
        parts = reasons(self.rule, self.live, profile, self.now)
        return tuple(Reason(path, sentence(part, names)) for path, part in parts)
