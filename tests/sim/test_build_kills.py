"""A build that is killed at every page: the members, the log and the sizes are those of one that was left alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pytest
from shopbell.app.building import Rebuild
from shopbell.app.work import read_build
from shopbell.domain.clock import DAY, MINUTE
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Json
from shopbell.domain.ids import RunId, SegmentId, StoreId, VisitorId
from shopbell.domain.runs import ShardProgress
from shopbell.domain.segments.definition import Segment

from tests.unit.app.shop import NOON, STORE, Shop

VISITED: Json = {"event": "page_view", "window": {"last": "P30D"}}
SEARCHED: Json = {"event": "search"}
VISITED_AND: Json = {"and": [{"in_segment": "visited"}, {"not": SEARCHED}]}
CROWD = 140
SHARDS = 2


class KilledError(BaseException):
    """The worker is gone: no handler of the product sees this."""


@dataclass
class Fuse:
    """Blows at the given moment, once."""

    moment: int
    passed: int = 0

    def burn(self) -> None:
        self.passed += 1
        if self.passed == self.moment:
            raise KilledError


@dataclass
class Town:
    shop: Shop
    percents: list[int]

    def segment(self, name: str) -> Segment:
        row = self.shop.segments.get(STORE, SegmentId(name))
        assert row is not None
        return row

    def note(self) -> None:
        row = self.segment("visited")
        self.percents.append(100 if row.state == "active" else row.build_percent or 0)


def town() -> Town:
    """People who came before there was a segment; some of them long ago."""
    shop = Shop(shards=SHARDS)
    for number in range(CROWD):
        shop.visit(f"v{number:03}", NOON - (40 if number % 5 == 0 else 3) * DAY)
    return Town(shop, [])


def begin(made: Town) -> None:
    for name, rule in (("visited", VISITED), ("quiet", VISITED_AND)):
        made.shop.segment(name, rule, state="building")


def fused(made: Town, fuse: Fuse) -> Rebuild:
    """The builder, killed before or after a touch, or before or after a checkpoint."""
    shop = made.shop

    def touch(store: StoreId, visitors: Sequence[VisitorId]) -> Mapping[str, int]:
        fuse.burn()
        done = shop.evaluate.touch(store, visitors)
        fuse.burn()
        return done

    class Progress(type(shop.progress)):  # type: ignore[misc]
        def save_shard(self, store: StoreId, run: RunId, progress: ShardProgress) -> None:
            fuse.burn()
            super().save_shard(store, run, progress)
            fuse.burn()
            made.note()

    return replace(shop.rebuild, touch=touch, progress=Progress(shop.world))


def build(made: Town, rebuild: Rebuild, meanwhile: Callable[[int], None] = lambda _: None) -> int:
    """Until the queue is empty; a killed worker's message comes again. Answers how often one was killed."""
    waiting, killed, turn = list(made.shop.rebuild_queue.take()), 0, 0
    while waiting:
        message = waiting.pop(0)
        meanwhile(turn)
        turn += 1
        try:
            rebuild(read_build(message.body), made.shop.left)
        except (KilledError, Unavailable):
            waiting.append(message)
            killed += 1
        made.note()
        waiting += made.shop.rebuild_queue.take()
    return killed


def outcome(made: Town) -> tuple[object, ...]:
    shop = made.shop
    members = {name: sorted(shop.world.members.get((STORE, SegmentId(name)), {})) for name in ("visited", "quiet")}
    causes = sorted(
        (line.visitor, line.flip.segment, line.flip.change, line.flip.cause.partition(":")[0])
        for (_, who) in shop.world.profiles
        for line in shop.log(who)
    )
    return members, causes, [made.segment(name).state for name in ("visited", "quiet")]


def left_alone() -> tuple[tuple[object, ...], int]:
    made = town()
    begin(made)
    fuse = Fuse(moment=-1)
    build(made, fused(made, fuse))
    return outcome(made), fuse.passed


ALONE, MOMENTS = left_alone()


def test_a_build_that_is_left_alone_finds_everyone_who_came_lately() -> None:
    expected = [f"v{number:03}" for number in range(CROWD) if number % 5]
    assert ALONE[0] == {"visited": expected, "quiet": expected}
    assert ALONE[2] == ["active", "active"]


@pytest.mark.parametrize("moment", range(1, MOMENTS + 1))
def test_wherever_it_is_killed_the_members_and_their_log_are_the_same(moment: int) -> None:
    made = town()
    begin(made)
    killed = build(made, fused(made, Fuse(moment)))
    assert killed == 1
    assert outcome(made) == ALONE
    assert made.percents == sorted(made.percents), "progress went back"
    assert made.percents[-1] == 100


@pytest.mark.parametrize("moment", range(1, MOMENTS + 1, 5))
def test_what_happens_meanwhile_is_not_lost(moment: int) -> None:
    """Someone new comes, someone searches, and one who was away is back, each while the build is under way."""
    made = town()
    begin(made)
    shop = made.shop

    def meanwhile(turn: int) -> None:
        shop.clock.now += MINUTE
        shop.visit(f"new{turn}")
        shop.visit(f"v{turn * 5:03}")
        shop.fold(shop.event(f"v{turn * 5 + 1:03}", "search"))

    build(made, fused(made, Fuse(moment)), meanwhile)

    everyone = [who for _, who in shop.world.profiles]
    visited = set(shop.world.members[STORE, SegmentId("visited")])
    quiet = set(shop.world.members[STORE, SegmentId("quiet")])
    lately = {who for who in everyone if _seen(shop, who, "page_view")}
    assert visited == lately
    assert quiet == {who for who in lately if not _seen(shop, who, "search")}


def _seen(shop: Shop, who: VisitorId, kind: str) -> bool:
    events = [event for item in shop.events.of(STORE, who) for event in item.events if event.type == kind]
    return any(event.at > shop.clock.now - 30 * DAY for event in events)


def test_a_pause_in_the_middle_keeps_who_was_found_and_going_on_finds_the_others() -> None:
    made = town()
    begin(made)
    shop = made.shop
    first, *others = shop.rebuild_queue.take()
    shop.rebuild(read_build(first.body), shop.left)
    found = made.segment("quiet")
    assert shop.segments.save(
        replace(found, state="paused", build_percent=None, revision=found.revision + 1), expected=found.revision
    )
    for message in others:
        shop.rebuild(read_build(message.body), shop.left)
    shop.drain_builds()
    assert (made.segment("visited").state, made.segment("quiet").state) == ("active", "paused")
    paused = made.segment("quiet")
    again = replace(paused, state="building", build_percent=0, revision=paused.revision + 1)
    assert shop.segments.save(again, expected=paused.revision)
    shop.build(STORE)
    shop.drain_builds()
    assert outcome(made)[0] == ALONE[0]
    assert made.segment("quiet").state == "active"


def test_an_edit_reaches_the_segments_that_include_it_and_fires_nothing() -> None:
    made = town()
    begin(made)
    shop = made.shop
    shop.drain_builds()
    row = made.segment("visited")
    edited = replace(row, rule=SEARCHED, version=2, state="building", revision=row.revision + 1)
    assert shop.segments.save(edited, expected=row.revision)
    shop.build(STORE)
    shop.drain_builds()
    assert outcome(made)[0] == {"visited": [], "quiet": []}
    left = [line.flip for (_, who) in shop.world.profiles for line in shop.log(who) if line.flip.change == "exited"]
    assert {flip.cause for flip in left} == {"definition"}
    assert shop.world.candidates == {}
