"""The hidden segment of a scenario or of a marketer's own trigger, kept in step with what was set (ruling 19)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import Conflict
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.segments.definition import Segment
from shopbell.ports import Segments

TRIES: Final = 5
Build = Callable[[StoreId], object]
"""`app.building.StartBuild`."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A hidden segment as it must be. `live` False: it is evaluated no more, if there ever was one."""

    segment: SegmentId
    title: str
    scenario: str
    rule: Json
    live: bool


@dataclass(frozen=True, slots=True)
class KeepSegment:
    """Whoever is in the audience already enters by `definition`, which starts nothing (`include_existing` false)."""

    segments: Segments
    build: Build
    now: Clock

    def __call__(self, store: StoreId, wanted: Wanted) -> None:
        """Conflict if others change it all the time. A repeat changes nothing, and goes on with a build."""
        for _ in range(TRIES):
            stored = self.segments.get(store, wanted.segment)
            if stored is None and not wanted.live:
                return
            row = _as_wanted(stored, store, wanted, self.now())
            if row == stored or self.segments.save(row, expected=stored.revision if stored else None):
                if row.state == "building":
                    self.build(store)
                return
        raise Conflict(f"the segment of {wanted.title} is being changed by someone else")

    def archive(self, store: StoreId, segment: SegmentId) -> None:
        """Nobody asks for it any more; a repeat changes nothing."""
        for _ in range(TRIES):
            stored = self.segments.get(store, segment)
            if stored is None or stored.state == "archived":
                return
            if self.segments.save(_changed(stored, self.now(), state="archived"), expected=stored.revision):
                return
        raise Conflict(f"the segment of {segment} is being changed by someone else")


def _as_wanted(stored: Segment | None, store: StoreId, wanted: Wanted, now: Instant) -> Segment:
    """A new version when the rule differs, building when it was not live."""
    if stored is None:
        return _made(store, wanted, now)
    if not wanted.live:
        return stored if stored.state == "paused" else _changed(stored, now, state="paused")
    edited = stored.rule != wanted.rule
    if not edited and stored.live:
        return stored
    fresh = _changed(stored, now, state="building")
    return replace(fresh, rule=wanted.rule, version=stored.version + edited, build_percent=None)


def _made(store: StoreId, wanted: Wanted, now: Instant) -> Segment:
    return Segment(
        store=store,
        id=wanted.segment,
        name=wanted.title,
        rule=wanted.rule,
        state="building",
        version=1,
        revision=1,
        created_at=now,
        last_changed_at=now,
        hidden=True,
        scenario=wanted.scenario,
    )


def _changed(stored: Segment, now: Instant, *, state: Literal["paused", "building", "archived"]) -> Segment:
    return replace(stored, state=state, revision=stored.revision + 1, last_changed_at=now)
