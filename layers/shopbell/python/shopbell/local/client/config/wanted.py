"""What a file wants of a store, after everything that can be wrong with it by itself was said with its line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shopbell.local.client.config.files import Place, Written
from shopbell.local.client.config.kinds import KINDS, SEGMENTS, STORE, Body, Kind
from shopbell.local.client.config.live import Key
from shopbell.local.client.config.readings import PREDEFINED, as_shipped, shipped_ids
from shopbell.local.client.config.shapes import faults, nearest, plain
from shopbell.local.client.documents import UnreadableError

FORMAT: Final = "shopbell"
"""The field that says which form of file this is."""
VERSION: Final = 1
_RULES: Final = frozenset({"rule", "where"})
_MOST: Final = 20
"""Faults that are shown; whoever mends these sees the rest."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that the file describes, without what it says for nothing."""

    kind: Kind
    name: str
    body: Body

    @property
    def place(self) -> Place:
        return (self.kind.section,) if self.kind.section == STORE else (self.kind.section, self.name)


def wanted(written: Written) -> Mapping[Key, Wanted]:
    """Every thing of the file. Raises UnreadableError with the line of each fault."""
    refuse(written, list(_faults(written.value)))
    return {
        (kind.section, name): Wanted(kind, name, plain(_told(kind, body), kind.schema))
        for kind in KINDS
        for name, body in _things(kind, written.value)
    }


def refuse(written: Written, found: Sequence[tuple[Place, str]]) -> None:
    """Raises UnreadableError when there is a fault, with the first of them."""
    if found:
        lines = [f"{written.at(place)} {words}" for place, words in found[:_MOST]]
        more = [f"and {len(found) - _MOST} more"] if len(found) > _MOST else []
        raise UnreadableError("\n  ".join([f"{len(found)} to correct in the file:", *lines, *more]))


def _faults(value: Any) -> Iterator[tuple[Place, str]]:
    if not isinstance(value, dict):
        yield (), "must be a configuration, as `shopbell config export` writes it"
        return
    if value.get(FORMAT) != VERSION:
        yield (FORMAT,), f"must be {VERSION}, the form of file that this release reads"
    known = {kind.section for kind in KINDS}
    for name, section in value.items():
        if name in known and not isinstance(section, dict | None):
            yield (name,), "must be fields with values"
        elif name not in {*known, FORMAT}:
            yield (name,), f"is not known here{nearest(name, sorted(known))}"
    for kind in KINDS:
        yield from _faults_of(kind, value)


def _faults_of(kind: Kind, value: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    for name, body in _things(kind, value):
        unruled = kind is SEGMENTS and isinstance(body, dict) and "rule" not in body
        if unruled and PREDEFINED in body and as_shipped(body[PREDEFINED]) is None:
            yield (
                (kind.section, name, PREDEFINED),
                f"is no predefined segment{nearest(body[PREDEFINED], shipped_ids())}",
            )
        place: Place = (kind.section,) if kind.section == STORE else (kind.section, name)
        if fault := kind.name_fault(name):
            yield place, fault
        for at, words in (*faults(body, kind.schema), *_repeats(body)):
            yield (*place, *at), words


def _repeats(value: Any, at: Place = ()) -> Iterator[tuple[Place, str]]:
    """Words that a list has twice. Rules may: both ends of a range are the same, or steps of a sequence are."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in _RULES:
                yield from _repeats(inner, (*at, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            if isinstance(inner, str) and inner in value[:place]:
                yield (*at, place), f"stands in this list already: {inner}"
            yield from _repeats(inner, (*at, place))


def _told(kind: Kind, body: Body) -> Body:
    """A predefined segment without a rule is as it was shipped, but for what is said."""
    shipped = as_shipped(body.get(PREDEFINED)) if kind is SEGMENTS and "rule" not in body else None
    return {**(shipped or {}), **body}


def _things(kind: Kind, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """A thing without a word is one of defaults."""
    section = value.get(kind.section)
    if not isinstance(section, dict):
        return
    if kind.section == STORE:
        yield "", section
        return
    for name, body in section.items():
        yield name, {} if body is None else body
