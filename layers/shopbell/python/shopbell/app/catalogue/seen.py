"""Which products a feed named so far: kept in files beside it, so that no step reads again what one read before."""

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from shopbell.app.catalogue.feeds import upload_name
from shopbell.domain.clock import Instant
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.jobs import Job
from shopbell.ports import Uploads

_WRONG: Final = "!"
"""Before the id of a product whose line is wrong: it is named, and a right line of it may follow."""
_MARK: Final = 8
_NUMBERS: Final = "Q"
Parts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """8 bytes of each, in order."""

    marks: "array[int]"

    @classmethod
    def of(cls, marks: Iterable[int]) -> "Seen":
        return cls(array(_NUMBERS, sorted(marks)))

    def stored(self, name: ProductId) -> bool:
        """A line of it was right."""
        return self._has(_mark(name))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (self._has(_mark(name)) or self._has(_mark(_WRONG + name)))

    def _has(self, mark: int) -> bool:
        place = bisect_left(self.marks, mark)
        return place < len(self.marks) and self.marks[place] == mark


@dataclass(slots=True)
class Naming:
    """What one step names, beside what the earlier ones did."""

    before: Seen
    marks: set[int] = field(default_factory=set)

    def first(self, name: ProductId) -> bool:
        """Whether no right line told of it before; from now on one did."""
        mark = _mark(name)
        if mark in self.marks or self.before.stored(name):
            return False
        self.marks.add(mark)
        return True

    def wrong(self, name: ProductId) -> None:
        self.marks.add(_mark(_WRONG + name))


@dataclass(frozen=True, slots=True)
class SeenFiles:
    """One file for each step of a job, called after the lines that were read when it ended: whoever takes the same
    step writes the same file.
    """

    uploads: Uploads
    _known: dict[tuple[str, Parts], Seen] = field(default_factory=dict)

    def read(self, job: Job, parts: Parts) -> Seen:
        key = (job.id, parts)
        if key not in self._known:
            self._remember(job, parts, Seen.of(mark for part in parts for mark in self._marks(job, part)))
        return self._known[key]

    def keep(self, job: Job, parts: Parts, named: Naming, part: int) -> Parts:
        """The parts with what was named since."""
        if not named.marks:
            return parts
        self.uploads.put(_name(job, part), b"".join(mark.to_bytes(_MARK, "big") for mark in named.marks))
        parts = (*parts, part)
        self._remember(job, parts, Seen.of((*named.before.marks, *named.marks)))
        return parts

    def _remember(self, job: Job, parts: Parts, seen: Seen) -> None:
        """The latest alone: it is what the next step asks for."""
        self._known.clear()
        self._known[job.id, parts] = seen

    def _marks(self, job: Job, part: int) -> Iterator[int]:
        data = b"".join(self.uploads.read(_name(job, part)))
        return (int.from_bytes(data[at : at + _MARK], "big") for at in range(0, len(data), _MARK))


@dataclass(frozen=True, slots=True)
class NewestFull:
    """When the newest full feed was given that a worker has begun to take in."""

    uploads: Uploads

    def begun(self, job: Job) -> None:
        if self.newest(job.store) < job.created_at:
            self.uploads.put(_newest(job.store), str(job.created_at).encode())

    def newest(self, store: StoreId) -> Instant:
        """0: there is none of the last week."""
        try:
            return int(b"".join(self.uploads.read(_newest(store))))
        except NotFound:
            return 0


def _newest(store: StoreId) -> str:
    return upload_name(store, "newest-full-feed")


def _name(job: Job, part: int) -> str:
    return f"{upload_name(job.store, str(job.ask['upload']))}.{job.id}.{part}"


def _mark(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=_MARK).digest(), "big")
