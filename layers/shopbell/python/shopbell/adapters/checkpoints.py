"""Checkpoints of planning an audience: whether one names a person, and what is left of it without names."""

from dataclasses import replace

from shopbell.adapters import cursors
from shopbell.app.delivery import place as places
from shopbell.domain.erasure import Person
from shopbell.domain.errors import Rejected


def names(cursor: str, person: Person) -> bool:
    """Whether a checkpoint stands at one of them, or has one of them still to sweep."""
    place = places.read(cursor)
    at = [place.after, *map(_position, (stream.cursor for stream in place.streams))]
    marks = place.sweep.marks if place.sweep else frozenset()
    at.append(_position(place.sweep.cursor) if place.sweep else "")
    mine = {places.mark(person.store, who) for who in person.ids}
    return not marks.isdisjoint(mine) or any(f"#{who}#" in f"#{each}#" for who in person.ids for each in at)


def _position(cursor: str | None) -> str:
    try:
        return cursors.position(cursor) or ""
    except Rejected:
        return ""


def bare(cursor: str) -> str:
    """Of a shard that is done: nobody goes on from it any more."""
    place = places.read(cursor)
    streams = tuple(replace(stream, cursor=None) for stream in place.streams)
    return places.write(replace(place, after="", streams=streams, sweep=None))
