"""Build live rules over visitors already there: touch each one once, shard by shard, and say when it is done."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.ends import Done, End, Later, Remaining
from shopbell.app.work import MAX_HOPS, BuildWork, build_message
from shopbell.domain.clock import SECOND, Clock, Duration
from shopbell.domain.errors import NotFound, Rejected
from shopbell.domain.ids import RunId, StoreId, VisitorId, visitor_hash
from shopbell.domain.runs import ShardProgress
from shopbell.domain.segments.definition import Segment
from shopbell.ports import Queue, RunProgress, Segments, Stores, Visitors

PAGE: Final = 50
RESERVE: Final[Duration] = 15 * SECOND
"""What must be left of an invocation to begin another page."""
PERCENT_STEP: Final = 10
"""Progress is written in such steps: each write is a revision of the segment."""
_WHOLE: Final = 1_000
_STEP: Final = _WHOLE * PERCENT_STEP // 100

Touch = Callable[[StoreId, Sequence[VisitorId]], Mapping[str, int]]
"""`Evaluate.touch`: bring visitors up to the live rules; counts what happened; raises Unavailable."""


def build_id(version: int) -> RunId:
    """A build keeps its progress as a run keeps its own: one row for each shard."""
    return RunId(f"build-{version}")


@dataclass(frozen=True, slots=True)
class StartBuild:
    """Call it after each `Segments.save` that made a segment `building`; a repeat only goes on with what is left."""

    stores: Stores
    segments: Segments
    progress: RunProgress
    rebuild: Queue

    def __call__(self, store: StoreId) -> int:
        """Put one message for each shard on the queue; answers the version of the rules that is built."""
        known = self.stores.get(store)
        if known is None:
            raise NotFound(store)
        version = self.segments.rules_version(store)
        begun = {row.shard: row for row in self.progress.shards(store, build_id(version))}
        for shard in range(known.shards):
            if shard not in begun:
                fresh = ShardProgress(shard, planned=0, cursor=None, done=False)
                self.progress.save_shard(store, build_id(version), fresh)
        left = [shard for shard in range(known.shards) if shard not in begun or not begun[shard].done]
        # With nothing left, one message still settles what an interrupted last one left unsaid
        self.rebuild.send([build_message(BuildWork(store, version, shard)) for shard in left or [0]])
        return version


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Queue `rebuild`: walk one shard from its checkpoint on; the last shard makes the segments active."""

    stores: Stores
    segments: Segments
    visitors: Visitors
    progress: RunProgress
    rebuild: Queue
    touch: Touch
    now: Clock

    def __call__(self, work: BuildWork, remaining: Remaining) -> End:
        """Raises Unavailable; whoever takes the message up again goes on from the last checkpoint."""
        store = self.stores.get(work.store)
        if store is None:
            return Done({"build_store_gone": 1})
        if self._covered(work):
            return Done({"build_superseded": 1})
        place = self._place(work)
        counts: Counter[str] = Counter()
        while not place.done:
            if remaining() < RESERVE:
                return self._hand_on(work, counts)
            place = self._page(work, place, counts)
        return self._finish(work, store.shards, counts)

    def _covered(self, work: BuildWork) -> bool:
        """A newer build touches everyone again. Without one (a pause, too, makes a version) this one goes on."""
        current = self.segments.rules_version(work.store)
        return current > work.version and bool(self.progress.shards(work.store, build_id(current)))

    def _place(self, work: BuildWork) -> ShardProgress:
        begun = self.progress.shards(work.store, build_id(work.version))
        fresh = ShardProgress(work.shard, planned=0, cursor=None, done=False)
        return next((row for row in begun if row.shard == work.shard), fresh)

    def _page(self, work: BuildWork, place: ShardProgress, counts: Counter[str]) -> ShardProgress:
        page = self.visitors.walk(work.store, work.shard, _walk_cursor(place), PAGE)
        counts.update(self.touch(work.store, page.items))
        counts["visitors_built"] += len(page.items)
        cursor = None
        if page.cursor is not None:
            cursor = f"{_fraction(work.store, page.items[-1])}|{page.cursor}"
        moved = replace(place, planned=place.planned + len(page.items), cursor=cursor, done=page.cursor is None)
        self.progress.save_shard(work.store, build_id(work.version), moved)
        if not moved.done and _reached(moved) // _STEP > _reached(place) // _STEP:
            self._show_percent(work)
        return moved

    def _hand_on(self, work: BuildWork, counts: Counter[str]) -> End:
        if work.hops >= MAX_HOPS:
            raise Rejected.at("hops", f"the build of shard {work.shard} was handed on {work.hops} times")
        self._show_percent(work)
        self.rebuild.send([build_message(replace(work, hops=work.hops + 1))])
        return Done({**counts, "build_handed_on": 1})

    def _finish(self, work: BuildWork, shards: int, counts: Counter[str]) -> End:
        begun = self.progress.shards(work.store, build_id(work.version))
        if sum(row.done for row in begun) < shards:
            self._show_percent(work)
            return Done({**counts, "shards_built": 1})
        for segment in self._built(work):
            if not self._activate(segment):
                return Later(SECOND, "segment_changed", {**counts})
            counts["segments_built"] += 1
        return Done({**counts, "shards_built": 1})

    def _built(self, work: BuildWork) -> Sequence[Segment]:
        since = {rule.segment: rule.since for rule in self.segments.rules(work.store).rules}
        building = [row for row in self.segments.all(work.store) if row.state == "building"]
        return [row for row in building if since.get(row.id, work.version + 1) <= work.version]

    def _activate(self, segment: Segment) -> bool:
        active = replace(
            segment,
            state="active",
            build_percent=None,
            last_verified_at=self.now(),
            revision=segment.revision + 1,
        )
        return self.segments.save(active, expected=segment.revision)

    def _show_percent(self, work: BuildWork) -> None:
        """Best effort: whoever edits the segment at this moment goes first."""
        done = percent(self.progress.shards(work.store, build_id(work.version)))
        shown = done - done % PERCENT_STEP
        for segment in self._built(work):
            if (segment.build_percent or 0) < shown:
                self.segments.save(
                    replace(segment, build_percent=shown, revision=segment.revision + 1),
                    expected=segment.revision,
                )


def percent(rows: Sequence[ShardProgress]) -> int:
    """How much of a build is done, 0 to 100; hashes spread evenly, so the last one says how far a walk is."""
    if not rows:
        return 0
    return sum(_WHOLE if row.done else _reached(row) for row in rows) * 100 // (_WHOLE * len(rows))


def _fraction(store: StoreId, visitor: VisitorId) -> int:
    return int.from_bytes(visitor_hash(store, visitor)[:4], "big") * _WHOLE >> 32


def _reached(row: ShardProgress) -> int:
    return int(row.cursor.partition("|")[0]) if row.cursor else 0


def _walk_cursor(row: ShardProgress) -> str | None:
    return row.cursor.partition("|")[2] if row.cursor else None
