"""A feature: events of one type that satisfy the same conditions, with as many of them as its leaves need."""

import json
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from shopbell.domain.clock import Instant
from shopbell.domain.ledger import MAX_ELEMENTS, PartName, part_of
from shopbell.domain.rules.conditions import Condition
from shopbell.domain.rules.nodes import EventLeaf, FirstLeaf, LastLeaf
from shopbell.domain.rules.windows import AgoWindow, BetweenWindow
from shopbell.domain.segments.cuts import Cut, Every, Newest, Oldest, Reach

BehaviourLeaf = EventLeaf | LastLeaf | FirstLeaf
_WHERE: Final[TypeAdapter[tuple[Condition, ...]]] = TypeAdapter(tuple[Condition, ...])


@dataclass(frozen=True, slots=True)
class Feature:
    """Two leaves with the same feature share its bit; a wider window or threshold is another feature (ruling 9)."""

    event: str
    where: tuple[Condition, ...]
    cut: Cut
    between: tuple[Instant, Instant] | None = None
    """Elements outside of it never enter (ruling 3)."""

    @property
    def part(self) -> PartName:
        return part_of(self.event)

    @property
    def key(self) -> str:
        """Canonical text, from which `from_key` makes the same feature again."""
        where = sorted({json.dumps(row.model_dump(mode="json"), sort_keys=True) for row in self.where})
        shape = {
            "event": self.event,
            "where": [json.loads(row) for row in where],
            "keep": _spell(self.cut),
            "between": self.between,
        }
        return json.dumps(
            {name: value for name, value in shape.items() if value}, sort_keys=True, separators=(",", ":")
        )


def from_key(key: str) -> Feature:
    """The feature that a stored key stands for."""
    shape = json.loads(key)
    between = shape.get("between")
    return Feature(
        shape["event"],
        _WHERE.validate_json(json.dumps(shape.get("where", []))),
        _read(shape["keep"]),
        None if between is None else (between[0], between[1]),
    )


def feature_of(leaf: BehaviourLeaf) -> Feature:
    """The smallest set of elements that answers the leaf at any instant."""
    event = _event_of(leaf)
    if part_of(event) == "L":
        return Feature(event, leaf.where, Every())
    match leaf:
        case LastLeaf():
            return Feature(event, leaf.where, Newest(1))
        case FirstLeaf():
            return Feature(event, leaf.where, Oldest())
        case EventLeaf(window=AgoWindow(from_=reach)):
            return Feature(event, leaf.where, Reach(reach))
        case EventLeaf(window=window):
            between = window.between if isinstance(window, BetweenWindow) else None
            return Feature(event, leaf.where, Newest(min(leaf.bounds[1] + 1, MAX_ELEMENTS)), between)


def presence(event: str) -> Feature:
    """All orders of a type: a report that matches no feature must still win over one that does (ruling 2)."""
    return Feature(event, (), Every())


def _event_of(leaf: BehaviourLeaf) -> str:
    match leaf:
        case EventLeaf(event=event) | LastLeaf(last=event) | FirstLeaf(first=event):
            return event


def _spell(cut: Cut) -> list[str | int]:
    match cut:
        case Newest(count=count):
            return ["newest", count]
        case Reach(length=length):
            return ["reach", length]
        case Oldest():
            return ["oldest"]
        case Every():
            return ["every"]


def _read(spelled: list[str | int]) -> Cut:
    match spelled:
        case ["newest", int(count)]:
            return Newest(count)
        case ["reach", int(length)]:
            return Reach(length)
        case ["oldest"]:
            return Oldest()
        case _:
            return Every()
