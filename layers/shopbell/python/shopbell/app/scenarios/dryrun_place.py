"""Where a dry run of everybody stands: the checkpoint from which any worker goes on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shopbell.domain.events import Json


@dataclass(frozen=True, slots=True)
class Place:
    """`kept` batches of lines, of which `read` are in the file. `counts`: how many ended how.

    Where only so many are drawn, `ends` says how many batches there were by the end of each shard, and `lots` the
    highest that is drawn of each.
    """

    shard: int = 0
    cursor: str | None = None
    kept: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    upload: str | None = None
    read: int = 0
    marks: tuple[str, ...] = ()
    ends: tuple[int, ...] = ()
    lots: tuple[int, ...] = ()

    @property
    def asked(self) -> int:
        return sum(self.counts.values())


def number(given: Json) -> int:
    return given if isinstance(given, int) else 0


def written(place: Place) -> Mapping[str, Json]:
    return {
        "shard": place.shard,
        "cursor": place.cursor,
        "kept": place.kept,
        "counts": dict(place.counts),
        "upload": place.upload,
        "read": place.read,
        "marks": list(place.marks),
        "ends": list(place.ends),
        "lots": list(place.lots),
    }


def read(stored: Mapping[str, Json]) -> Place:
    """From the start where nothing is stored."""
    if not stored:
        return Place()
    counts, marks = stored["counts"], stored["marks"]
    return Place(
        shard=number(stored["shard"]),
        cursor=_text(stored["cursor"]),
        kept=number(stored["kept"]),
        counts=dict(_counts(counts)),
        upload=_text(stored["upload"]),
        read=number(stored["read"]),
        marks=tuple(str(mark) for mark in marks) if isinstance(marks, Sequence) else (),
        ends=_numbers(stored.get("ends")),
        lots=_numbers(stored.get("lots")),
    )


def _counts(stored: Json) -> Iterator[tuple[str, int]]:
    for gate, found in stored.items() if isinstance(stored, Mapping) else ():
        yield gate, number(found)


def _numbers(given: Json) -> tuple[int, ...]:
    return tuple(map(number, given)) if isinstance(given, Sequence) and not isinstance(given, str) else ()


def _text(given: Json) -> str | None:
    return given if isinstance(given, str) else None
