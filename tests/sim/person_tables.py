"""The tables of the simulated store: each profile as bytes, every transaction able to fail in the ways it can."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.domain.events import EventItem
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.part import PARTS, PartName
from shopbell.domain.profile import Commit, Profile
from shopbell.domain.segments.codec import dump, load
from shopbell.ports import Page

from tests.sim.worlds import STORE

if TYPE_CHECKING:
    from tests.sim.person_world import PersonWorld


class Killed(Exception):  # noqa: N818 - it is no error of the product
    """The process ended here."""


@dataclass
class Tables:
    """A fuse ends the process after so many transactions; -1: never."""

    world: "PersonWorld"
    inner: MemoryVisitors
    fuse: int = -1
    lost: bool = False
    """The next transaction is written, and its answer is lost."""
    meanwhile: Callable[[], None] | None = None
    """What someone else does between the next read and its write."""

    def load(self, store: StoreId, visitor: VisitorId) -> Profile:
        found = self.inner.load(store, visitor)
        if self.meanwhile is not None:
            other, self.meanwhile, mine = self.meanwhile, None, self.world.arrived
            other()
            self.world.arrived = mine
        if found.version and not self.world.seams.stamped:
            return replace(found, rules_version=self.world.rules.version)
        return found

    def load_many(
        self, store: StoreId, visitors: Sequence[VisitorId], parts: Collection[PartName] = PARTS
    ) -> Mapping[VisitorId, Profile]:
        return self.inner.load_many(store, visitors, parts)

    def commit(self, commit: Commit) -> bool:
        if not self.fuse:
            raise Killed
        world = self.world
        stored = self.inner.load(commit.after.store, commit.after.visitor)
        written = world.seams.commit(commit, world.arrived)
        if not world.seams.guarded:
            written = replace(written, before=written.before.with_version(stored.version))
        if not self.inner.commit(replace(written, after=_read_again(written.after))):
            return False
        self.fuse -= 1
        world.note(stored, commit)
        lost, self.lost = self.lost, False
        return not lost

    def walk(self, store: StoreId, shard: int, cursor: str | None, limit: int) -> Page[VisitorId]:
        return self.inner.walk(store, shard, cursor, limit)

    def by_hash(self, store: StoreId, shard: int, digest: bytes) -> VisitorId | None:
        return self.inner.by_hash(store, shard, digest)


def _read_again(after: Profile) -> Profile:
    """Through the bytes."""
    stored = load(STORE, after.visitor, dump(after), after.version, after.rules_version, after.wake_at)
    return replace(stored, alias=after.alias)


@dataclass
class Log:
    """The event log; it tells what was read from it."""

    world: "PersonWorld"
    inner: MemoryEvents

    def append(self, items: Sequence[EventItem]) -> Sequence[bool]:
        return self.inner.append(items)

    def of(self, store: StoreId, visitor: VisitorId) -> Iterator[EventItem]:
        for item in self.inner.of(store, visitor):
            self.world.arrived += item.events
            yield item
