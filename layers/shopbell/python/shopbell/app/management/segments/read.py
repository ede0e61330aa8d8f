"""Look at segments: one, the list, who is in one, and who came and went."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shopbell.app.management.segments.rules import words
from shopbell.app.management.usage import FindUsage
from shopbell.domain.errors import NotFound, Rejected
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.membership import LogLine, Member
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.segments.definition import Segment, SegmentState
from shopbell.domain.segments.users import User
from shopbell.ports import Counters, Memberships, Page, Segments, Stores

SHARDS_A_CALL: Final = 32
"""Empty shards that one page of members may look through before it says: go on from here."""


@dataclass(frozen=True, slots=True)
class SegmentView:
    segment: Segment
    sentence: str
    total: int
    reachable: int
    users: tuple[User, ...]


@dataclass(frozen=True, slots=True)
class SegmentQuery:
    """Archived ones are listed only when asked for. `used` None: both."""

    q: str = ""
    state: SegmentState | None = None
    used: bool | None = None
    tag: str | None = None
    sort: Literal["name", "last_changed_at"] = "name"
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class ReadSegments:
    segments: Segments
    stores: Stores
    counters: Counters
    memberships: Memberships
    usage: FindUsage

    def one(self, store: StoreId, name: SegmentId) -> SegmentView:
        """Hidden ones too, for the log names them."""
        row = self.segments.get(store, name)
        if row is None:
            raise NotFound(name)
        known = self.segments.all(store)
        return self._view(row, known, self.usage(store, known).get(name, ()))

    def list(self, store: StoreId, query: SegmentQuery) -> Page[SegmentView]:
        known = self.segments.all(store)
        usage = self.usage(store, known)
        wanted = [row for row in known if _wanted(row, query, used=row.id in usage)]
        rows = _after(sorted(wanted, key=lambda row: _place(row, query)), query.cursor)
        page = tuple(self._view(row, known, usage.get(row.id, ())) for row in rows[: query.limit])
        return Page(page, page[-1].segment.id if len(rows) > len(page) and page else None)

    def members(self, store: StoreId, name: SegmentId, cursor: str | None, limit: int) -> Page[Member]:
        """By shard and visitor id; a page may be short and still not the last (ruling 25)."""
        shards = self._shards(store, name)
        shard, inner = _shard_cursor(cursor, shards)
        taken: list[Member] = []
        for _ in range(SHARDS_A_CALL):
            page = self.memberships.page(store, name, shard, inner, limit - len(taken))
            taken += page.items
            inner = page.cursor
            shard += inner is None
            if shard == shards:
                return Page(tuple(taken))
            if len(taken) == limit:
                break
        return Page(tuple(taken), f"{shard}.{inner or ''}")

    def log(self, store: StoreId, name: SegmentId, cursor: str | None, limit: int) -> Page[LogLine]:
        """Newest first."""
        self._shards(store, name)
        return self.memberships.log_of_segment(store, name, cursor, limit)

    def _shards(self, store: StoreId, name: SegmentId) -> int:
        row = self.stores.get(store)
        if row is None or self.segments.get(store, name) is None:
            raise NotFound(name)
        return row.shards

    def _view(self, row: Segment, known: Sequence[Segment], users: tuple[User, ...]) -> SegmentView:
        size = self.counters.total(row.store, f"segment:{row.id}")
        sentence = words(parse_rule(row.rule), known)
        return SegmentView(row, sentence, max(0, size.get("total", 0)), max(0, size.get("reachable", 0)), users)


def _wanted(row: Segment, query: SegmentQuery, *, used: bool) -> bool:
    if row.hidden or (row.state == "archived" and query.state != "archived"):
        return False
    needle = query.q.casefold()
    found = not needle or needle in row.name.casefold() or needle in (row.description or "").casefold()
    return (
        found
        and query.state in {None, row.state}
        and query.used in {None, used}
        and (query.tag is None or query.tag in row.tags)
    )


def _place(row: Segment, query: SegmentQuery) -> tuple[str, int, str]:
    return (row.name.casefold(), 0, row.id) if query.sort == "name" else ("", -row.last_changed_at, row.id)


def _after(rows: list[Segment], cursor: str | None) -> list[Segment]:
    if cursor is None:
        return rows
    place = next((number for number, row in enumerate(rows) if row.id == cursor), None)
    if place is None:
        raise Rejected.at("cursor", "is not a cursor of this list")
    return rows[place + 1 :]


def _shard_cursor(cursor: str | None, shards: int) -> tuple[int, str | None]:
    if cursor is None:
        return 0, None
    shard, _, inner = cursor.partition(".")
    if not (shard.isascii() and shard.isdecimal()) or len(shard) > 3 or int(shard) >= shards:  # noqa: PLR2004
        raise Rejected.at("cursor", "is not a cursor of this list")
    return int(shard), inner or None
