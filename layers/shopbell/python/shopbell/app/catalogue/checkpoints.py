"""How far a feed was taken in, as its job notes it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from shopbell.app.catalogue.seen import Parts
from shopbell.domain.events import Json
from shopbell.domain.feeds.entries import BEGINNING, Entry, Mark
from shopbell.domain.jobs import Job

_ALMOST: Final = 99


def checkpoint(batch: Sequence[Entry], place: Mapping[str, Json]) -> Mapping[str, Json]:
    """The latest entry with which reading can begin, and how many are to be passed over from there."""
    for behind, entry in enumerate(reversed(batch), 1):
        if entry.start is not None:
            return {"at": [entry.start.head, entry.start.offset, entry.start.line], "skip": behind}
    return {"skip": number_of(place, "skip") + len(batch)}


def mark_of(place: Mapping[str, Json]) -> Mark:
    match place.get("at"):
        case [int(head), int(offset), int(line)]:
            return Mark(head, offset, line)
        case _:
            return BEGINNING


def parts_of(place: Mapping[str, Json]) -> Parts:
    found = place.get("parts", ())
    return tuple(one for one in found if isinstance(one, int)) if isinstance(found, Sequence) else ()


def percent_of(job: Job, place: Mapping[str, Json]) -> int:
    return min(_ALMOST, mark_of(place).offset * 100 // max(number_of(job.ask, "bytes"), 1))


def first_bytes(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    for piece in pieces:
        yield piece[:size]
        size -= len(piece)
        if size <= 0:
            return


def number_of(of: Mapping[str, Json], name: str) -> int:
    value = of.get(name, 0)
    return value if isinstance(value, int) else 0
