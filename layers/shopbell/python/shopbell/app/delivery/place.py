"""Where the planning of one shard stands: the checkpoint from which any worker goes on as if it had begun there."""

import hashlib
import json
from dataclasses import dataclass

from shopbell.domain.ids import StoreId, VisitorId, visitor_hash


@dataclass(frozen=True, slots=True)
class Sweep:
    """Candidates whose chunks are queued and whose rows are still to go: a page and who was in it.

    Removing comes after the checkpoint, or a crash between the two would lose the count or send twice.
    """

    cursor: str | None
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stream:
    """One of the lists that an audience is merged from; `ended`: nothing is left in it."""

    cursor: str | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """`chunks` so far, the last visitor that was taken, how far each list is read, and what is left to sweep."""

    chunks: int = 0
    after: str = ""
    streams: tuple[Stream, ...] = (Stream(),)
    sweep: Sweep | None = None
    lot: int | None = None
    """The highest that is drawn; None: everybody is."""
    left: int = 0
    """How many may still be drawn."""

    @property
    def ended(self) -> bool:
        return all(stream.ended for stream in self.streams)


def write(place: Place) -> str:
    sweep = None if place.sweep is None else [place.sweep.cursor, sorted(place.sweep.marks)]
    streams = [[stream.cursor, stream.ended] for stream in place.streams]
    draw = [] if place.lot is None else [place.lot, place.left]
    return json.dumps([place.chunks, place.after, streams, sweep, *draw], separators=(",", ":"))


def read(text: str) -> Place:
    chunks, after, streams, sweep, *draw = json.loads(text)
    return Place(
        chunks=int(chunks),
        after=str(after),
        streams=tuple(Stream(cursor, bool(ended)) for cursor, ended in streams),
        sweep=None if sweep is None else Sweep(sweep[0], frozenset(sweep[1])),
        lot=draw[0] if draw else None,
        left=draw[1] if draw else 0,
    )


def mark(store: StoreId, visitor: VisitorId) -> str:
    """8 hex characters for one of a page's few hundred visitors."""
    return visitor_hash(store, visitor)[:4].hex()


def digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
