"""Look at segments: one, the list, who is in one, and who came and went."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from shopbell.app.management.segments.history import ReadHistory
from shopbell.app.management.segments.lines import lines
from shopbell.app.management.segments.places import after, cursor_of, place_of
from shopbell.app.management.segments.rules import words
from shopbell.app.management.usage import FindUsage
from shopbell.domain.errors import NotFound, Rejected
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.membership import LogLine, Member
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.segments.definition import Segment, SegmentState
from shopbell.domain.segments.dips import Dip
from shopbell.domain.segments.history import Day
from shopbell.domain.segments.users import User
from shopbell.ports import Counters, Memberships, Page, Segments

Size = tuple[int, int]
"""Members in all, and those of them who can be reached."""
_NOBODY: Final[Size] = (0, 0)
SHARDS_A_CALL: Final = 32
"""Empty shards that one page of members may look through before it says: go on from here."""


@dataclass(frozen=True, slots=True)
class SegmentView:
    segment: Segment
    sentence: str
    total: int
    reachable: int
    users: tuple[User, ...]
    warning: Dip | None = None
    """It loses unusually many members, today or yesterday."""


SortKey = Literal["name", "last_changed_at", "last_verified_at", "created_at", "size", "reachable", "used_by"]
"""By name from A on, by all else from the latest or the most."""


@dataclass(frozen=True, slots=True)
class SegmentQuery:
    """Archived ones are listed only when asked for. `used` None: both."""

    q: str = ""
    state: SegmentState | None = None
    used: bool | None = None
    tag: str | None = None
    by: str | None = None
    """The key that made it."""
    sort: SortKey = "name"
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class ReadSegments:
    segments: Segments
    shards: Callable[[StoreId], int]
    """How many shards a store has, fixed at its creation (ruling 23); NotFound for one that is not there."""
    counters: Counters
    memberships: Memberships
    usage: FindUsage
    history: ReadHistory

    def one(self, store: StoreId, name: SegmentId) -> SegmentView:
        """Hidden ones too, for the log names them."""
        row = self.segments.get(store, name)
        if row is None:
            raise NotFound(name)
        known = self.segments.all(store)
        return self._warned(self._view(row, known, self.usage(store, known).get(name, ())), self.history.today(store))

    def list(self, store: StoreId, query: SegmentQuery) -> Page[SegmentView]:
        """Searched in names, descriptions and sentences. Sorted by size, every one that is left is counted first."""
        known, today = self.segments.all(store), self.history.today(store)
        usage = self.usage(store, known)
        wanted = [row for row in known if _wanted(row, query, used=row.id in usage)]
        sentences = {row.id: words(parse_rule(row.rule), known) for row in wanted}
        found = [row for row in wanted if _found(row, sentences[row.id], query.q.casefold())]
        sizes = {row.id: self._size(row) for row in found} if query.sort in {"size", "reachable"} else {}
        places = {
            row.id: place_of(row, query.sort, sizes.get(row.id, _NOBODY), len(usage.get(row.id, ()))) for row in found
        }
        rows = after(sorted(found, key=lambda row: places[row.id]), places, query.sort, query.cursor)
        views = [self._view(row, known, usage.get(row.id, ())) for row in rows[: query.limit]]
        page = tuple(self._warned(view, today) for view in views)
        more = page if len(rows) > len(page) else ()
        return Page(page, cursor_of(query.sort, places[more[-1].segment.id]) if more else None)

    def members(self, row: Segment, cursor: str | None, limit: int) -> Page[Member]:
        """By shard and visitor id; a page may be short and still not the last (ruling 25)."""
        shards = self.shards(row.store)
        shard, inner = _shard_cursor(cursor, shards)
        taken: list[Member] = []
        for _ in range(SHARDS_A_CALL):
            page = self.memberships.page(row.store, row.id, shard, inner, limit - len(taken))
            taken += page.items
            inner = page.cursor
            shard += inner is None
            if shard == shards:
                return Page(tuple(taken))
            if len(taken) == limit:
                break
        return Page(tuple(taken), f"{shard}.{inner or ''}")

    def log(
        self, store: StoreId, name: SegmentId, cursor: str | None, limit: int, cause: str | None = None
    ) -> Page[LogLine]:
        """Newest first; with a `cause`, a page may be short and still not the last."""
        if self.segments.get(store, name) is None:
            raise NotFound(name)
        return lines(
            lambda place, count: self.memberships.log_of_segment(store, name, place, count), cause, cursor, limit
        )

    def _view(self, row: Segment, known: Sequence[Segment], users: tuple[User, ...]) -> SegmentView:
        total, reachable = self._size(row)
        return SegmentView(row, words(parse_rule(row.rule), known), total, reachable, users)

    def _warned(self, view: SegmentView, today: Day) -> SegmentView:
        if view.segment.state != "active":
            return view
        return replace(view, warning=self.history.warning(view.segment.store, view.segment.id, today))

    def _size(self, row: Segment) -> Size:
        size = self.counters.total(row.store, f"segment:{row.id}")
        return max(0, size.get("total", 0)), max(0, size.get("reachable", 0))


def _wanted(row: Segment, query: SegmentQuery, *, used: bool) -> bool:
    if row.hidden or (row.state == "archived" and query.state != "archived"):
        return False
    return (
        query.state in {None, row.state}
        and query.used in {None, used}
        and (query.tag is None or query.tag in row.tags)
        and query.by in {None, row.created_by}
    )


def _found(row: Segment, sentence: str, needle: str) -> bool:
    return any(needle in text.casefold() for text in (row.name, row.description or "", sentence))


def _shard_cursor(cursor: str | None, shards: int) -> tuple[int, str | None]:
    if cursor is None:
        return 0, None
    shard, _, inner = cursor.partition(".")
    if not (shard.isascii() and shard.isdecimal()) or len(shard) > 3 or int(shard) >= shards:  # noqa: PLR2004
        raise Rejected.at("cursor", "is not a cursor of this list")
    return int(shard), inner or None
