"""Switch segments on and off."""

from dataclasses import dataclass, replace

from shopbell.app.management.changes import check_revision, check_saved
from shopbell.app.management.segments.rules import ReadRule, uses
from shopbell.app.management.segments.write import Build, found
from shopbell.app.management.usage import speaking
from shopbell.domain.clock import Clock
from shopbell.domain.errors import Conflict
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.segments.definition import Segment
from shopbell.domain.segments.leaning import check_live
from shopbell.domain.segments.users import InUse
from shopbell.ports import Segments, Stores, Visitors


@dataclass(frozen=True, slots=True)
class ActivateSegment:
    segments: Segments
    rules: ReadRule
    stores: Stores
    visitors: Visitors
    build: Build
    now: Clock

    def __call__(
        self, store: StoreId, name: SegmentId, expected: int | None = None, by: str | None = None
    ) -> Segment:
        """`building` until every visitor was touched; in a store without any, `active` at once.

        Again while it is building: the build is asked to go on with what is left.
        """
        stored = found(self.segments, store, name)
        check_revision(stored.revision, expected)
        if stored.state == "active":
            return stored
        if stored.state == "archived":
            raise Conflict("It is archived.")
        if stored.state != "building":
            stored = self._begin(replace(stored, changed_by=by))
        self.build(store)
        return self._finish(stored) if self._empty(store) else stored

    def _begin(self, stored: Segment) -> Segment:
        check_live(uses(stored), self.segments.all(stored.store))
        self.rules.check_lists(stored)
        begun = _changed(stored, self.now())
        begun = replace(begun, state="building", build_percent=0)
        check_saved(saved=self.segments.save(begun, expected=stored.revision))
        return begun

    def _finish(self, begun: Segment) -> Segment:
        now = self.now()
        done = replace(_changed(begun, now), state="active", build_percent=None, last_verified_at=now)
        # the builder may have been as quick: then its word stands
        return (
            done if self.segments.save(done, expected=begun.revision) else found(self.segments, done.store, done.id)
        )

    def _empty(self, store: StoreId) -> bool:
        row = self.stores.get(store)
        shards = row.shards if row else 0
        return not any(self.visitors.walk(store, shard, None, 1).items for shard in range(shards))


@dataclass(frozen=True, slots=True)
class PauseSegment:
    segments: Segments
    now: Clock

    def __call__(
        self, store: StoreId, name: SegmentId, expected: int | None = None, by: str | None = None
    ) -> Segment:
        """Members and features stay, nothing is evaluated. InUse while a live segment refers to it (ruling 13)."""
        stored = found(self.segments, store, name)
        check_revision(stored.revision, expected)
        if stored.state == "paused":
            return stored
        if not stored.live:
            raise Conflict(f"It is {stored.state}, so there is nothing to pause.")
        live = [row for row in self.segments.all(store) if row.live and name in uses(row)]
        if live:
            raise InUse("Live segments refer to it.", [speaking(row, holds=True) for row in live])
        paused = replace(_changed(stored, self.now()), state="paused", build_percent=None, changed_by=by)
        check_saved(saved=self.segments.save(paused, expected=stored.revision))
        return paused


def _changed(stored: Segment, now: int) -> Segment:
    return replace(stored, revision=stored.revision + 1, last_changed_at=now)
