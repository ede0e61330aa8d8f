"""What happened with products, as it is counted by day: parts of records that fit into one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shopbell.domain.events import Event
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.lists import Demand
from shopbell.domain.recommend.together import Note

Row = tuple[int, ProductId]
"""UTC day, days since 1970, and product."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Part of what one record adds. `place` orders the portions of one source as the stream does."""

    source: str
    place: str
    rows: Mapping[Row, Demand]
    deeds: tuple[Event, ...] = ()
    """Views and orders that may tell what goes together; with the first portion of a record."""
    notes: tuple[Note, ...] = ()
    """What they told."""


class Place(NamedTuple):
    """Up to where a source is counted, and the trail of its visitor."""

    at: str
    trail: str = ""


@dataclass(frozen=True, slots=True)
class Addition:
    """What one transaction adds: portions, and each of their sources moved from one place (None: none) to another."""

    portions: Sequence[Portion]
    moved: Mapping[str, tuple[str | None, Place]] = field(default_factory=dict)
    day: int = 0
    """On which what goes together is noted, days since 1970."""
