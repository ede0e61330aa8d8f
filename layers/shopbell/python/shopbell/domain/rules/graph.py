"""Walks over rules: their leaves with paths, the segments that they name, and cycles among these."""

from collections.abc import Iterator, Mapping, Sequence

from shopbell.domain.errors import Rejected
from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.amounts import Stat
from shopbell.domain.rules.nodes import (
    AggregateLeaf,
    And,
    CartLeaf,
    FirstLeaf,
    LastLeaf,
    Leaf,
    Not,
    Or,
    Rule,
    SegmentLeaf,
)
from shopbell.domain.rules.windows import StatAge

ROOT = "rule"
"""The path of a leaf that is the whole rule."""


def leaves(rule: Rule, path: str = "") -> Iterator[tuple[str, Leaf]]:
    """Every leaf with its path, such as `and.0.or.1`, in the order they are written."""
    match rule:
        case And(all=children):
            yield from _inside(children, f"{path}.and")
        case Or(any=children):
            yield from _inside(children, f"{path}.or")
        case Not(child=child):
            yield from leaves(child, f"{path}.not")
        case _:
            yield path.removeprefix(".") or ROOT, rule


def _inside(children: Sequence[Rule], path: str) -> Iterator[tuple[str, Leaf]]:
    for index, child in enumerate(children):
        yield from leaves(child, f"{path}.{index}")


def references(rule: Rule) -> frozenset[SegmentId]:
    """The segments that it names."""
    return frozenset(SegmentId(leaf.in_segment) for _, leaf in leaves(rule) if isinstance(leaf, SegmentLeaf))


def is_bound(leaf: Leaf) -> bool:
    """Whether it compares with a statistic of the store (ruling 15)."""
    match leaf:
        case AggregateLeaf(value=value) | CartLeaf(value=value):
            return any(isinstance(one, Stat) for one in (value if isinstance(value, tuple) else (value,)))
        case LastLeaf(ago=ago) | FirstLeaf(ago=ago):
            return isinstance(ago, StatAge)
        case _:
            return False


def find_cycle(uses: Mapping[SegmentId, frozenset[SegmentId]]) -> tuple[SegmentId, ...] | None:
    """A way from a segment back to itself, ends included; None where there is none."""
    done: set[SegmentId] = set()
    for start in sorted(uses):
        way = _back(start, uses, done, ())
        if way is not None:
            return way
    return None


def _back(
    at: SegmentId,
    uses: Mapping[SegmentId, frozenset[SegmentId]],
    done: set[SegmentId],
    way: tuple[SegmentId, ...],
) -> tuple[SegmentId, ...] | None:
    if at in way:
        return (*way[way.index(at) :], at)
    if at in done:
        return None
    for child in sorted(uses.get(at, ())):
        found = _back(child, uses, done, (*way, at))
        if found is not None:
            return found
    done.add(at)
    return None


def check_cycle(uses: Mapping[SegmentId, frozenset[SegmentId]], names: Mapping[SegmentId, str]) -> None:
    """Rejected shows the cycle, such as `Buyers (a) → Friends (b) → Buyers (a)`."""
    cycle = find_cycle(uses)
    if cycle is not None:
        way = " → ".join(f"{names[one]} ({one})" if one in names else one for one in cycle)
        raise Rejected.at(ROOT, f"segments must not depend on themselves: {way}")


def children_first(uses: Mapping[SegmentId, frozenset[SegmentId]]) -> tuple[SegmentId, ...]:
    """Every segment after all that it names; segments that are in nobody's way in the order of their ids."""
    order: dict[SegmentId, None] = {}

    def visit(segment: SegmentId) -> None:
        for child in sorted(uses[segment]):
            if child in uses and child not in order:
                visit(child)
        order.setdefault(segment)

    for segment in sorted(uses):
        visit(segment)
    return tuple(order)
