"""Last step: the members of every live segment are counted, and a counter that says otherwise is corrected.

A member that was written and not yet counted is no drift. So a difference counts only if it is the same at two looks,
a pause apart, and the counter did not move between them.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.management.segments.history import ReadHistory
from shopbell.app.nightly.work import NightWork, Note, Paged, progress_id
from shopbell.app.tallying import SEQUENCE_DIGITS
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.segments.definition import Segment
from shopbell.domain.segments.history import Day, day_of, later
from shopbell.domain.store import Store
from shopbell.domain.webhooks.alarm import Sound, silent
from shopbell.domain.webhooks.alarms import of_dip, of_members, of_size
from shopbell.ports import Counters, Memberships, RunProgress, Segments

PAGE: Final = 1_000
LOOKS: Final = 2
NOTHING_COUNTED: Final = "0" * SEQUENCE_DIGITS
AFTER: Final = "~"
"""Behind a position: above it, and below every later one."""


@dataclass(frozen=True, slots=True)
class Recount:
    segments: Segments
    memberships: Memberships
    counters: Counters
    progress: RunProgress
    """Where the audit of the same night left whom not to believe."""
    history: ReadHistory
    now: Clock
    pause: Callable[[int], None]
    """Waits between two looks, seconds in a running function: longer than the streams usually lag."""
    sound: Sound = silent

    def page(self, store: Store, work: NightWork, cursor: str | None, note: Note) -> Paged:
        """One segment's shard."""
        segment = next((row for row in _counted(self.segments, store.id) if row.id > (cursor or "")), None)
        if segment is None:
            return Paged(None, 0, {})
        drift = self._drift(store.id, segment.id, work.shard)
        if not any(drift.values()):
            return Paged(segment.id, 1, {"sizes_verified": 1})
        if not segment.hidden:
            self.sound(store.id, of_size(segment.id, (work.night, work.shard), drift, self.now()))
        corrected = self._correct(store.id, segment.id, work.shard, drift)
        note("a size had drifted", store=store.id, segment=segment.id, shard=work.shard, outcomes=dict(drift))
        return Paged(segment.id, 1, {"size_drift": 1, "sizes_corrected": int(corrected)})

    def finish(self, store: Store, night: Instant, note: Note) -> Mapping[str, int]:
        """Say when they were verified, and who fell yesterday; whoever edits a segment at this moment goes first.

        A count of rows says nothing of a segment in whose rows the audit found some missing or wrong.
        """
        said = dips = unsure = 0
        suspects = self._suspects(store.id, night)
        yesterday = later(day_of(night, store.time_zone), -1)
        for segment in _counted(self.segments, store.id):
            if segment.id in suspects:
                unsure += 1
                note("a size was not verified", store=store.id, segment=segment.id, kind="members")
                if not segment.hidden:
                    self.sound(store.id, of_members(segment.id, night, suspects[segment.id], self.now()))
            else:
                said += self._verified(segment)
            dips += not segment.hidden and self._dipped(store.id, segment.id, yesterday, note)
        return {"segments_verified": said, "segments_not_verified": unsure, "dips": dips}

    def _suspects(self, store: StoreId, night: Instant) -> Counter[str]:
        """Segments, with how many of their rows were found missing or wrong."""
        audited = self.progress.shards(store, progress_id(night, "audit"))
        return sum((Counter(shard.skipped) for shard in audited), Counter())

    def _verified(self, segment: Segment) -> bool:
        verified = replace(segment, last_verified_at=self.now(), revision=segment.revision + 1)
        return self.segments.save(verified, expected=segment.revision)

    def _dipped(self, store: StoreId, segment: SegmentId, day: Day, note: Note) -> bool:
        found = self.history.warning(store, segment, day)
        if found is None or found.day != day:
            return False
        note(
            "a segment lost unusually many",
            store=store,
            segment=segment,
            leaf=found.leaf,
            outcomes={"fell": found.fell},
        )
        self.sound(store, of_dip(segment, found, self.now()))
        return True

    def _drift(self, store: StoreId, segment: SegmentId, shard: int) -> Mapping[str, int]:
        """Members less what is counted; all 0 where the two agree, or the counter is still moving."""
        before: tuple[str | None, Mapping[str, int]] | None = None
        for look in range(LOOKS):
            if look:
                self.pause(look)
            position = self._position(store, segment, shard)
            difference = self._difference(store, segment, shard)
            if not any(difference.values()) or position != self._position(store, segment, shard):
                return {}
            if before is not None and before != (position, difference):
                return {}
            before = position, difference
        return before[1] if before else {}

    def _difference(self, store: StoreId, segment: SegmentId, shard: int) -> Mapping[str, int]:
        found, source = self._members(store, segment, shard), _source(shard)
        rows = dict(self.counters.by_source(store, _subject(segment), source, source))
        counted = rows.get(source, {})
        return {name: found[name] - counted.get(name, 0) for name in ("total", "reachable")}

    def _members(self, store: StoreId, segment: SegmentId, shard: int) -> Counter[str]:
        counts: Counter[str] = Counter()
        cursor: str | None = None
        while True:
            page = self.memberships.page(store, segment, shard, cursor, PAGE)
            counts.update(total=len(page.items), reachable=sum(row.reachable for row in page.items))
            if page.cursor is None:
                return counts
            cursor = page.cursor

    def _position(self, store: StoreId, segment: SegmentId, shard: int) -> str | None:
        return self.counters.position(store, _subject(segment), _source(shard))

    def _correct(self, store: StoreId, segment: SegmentId, shard: int, drift: Mapping[str, int]) -> bool:
        """Only from the very position that was looked at: what was counted since then makes it pass over."""
        position = self._position(store, segment, shard)
        place = NOTHING_COUNTED if position is None else position + AFTER
        return self.counters.add(store, _subject(segment), _source(shard), place, drift)


def _counted(segments: Segments, store: StoreId) -> list[Segment]:
    """A segment that is being built changes under the count; its turn comes when it is active."""
    return sorted((row for row in segments.all(store) if row.state == "active"), key=lambda row: row.id)


def _subject(segment: SegmentId) -> str:
    return f"segment:{segment}"


def _source(shard: int) -> str:
    """As the members' partition names it."""
    return f"{shard:03d}"
