"""One live segment, compiled: its truth, its leaves by path, and what may touch it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.amounts import Statistics
from shopbell.domain.rules.graph import is_bound, leaves
from shopbell.domain.rules.nodes import (
    And,
    CartAgeLeaf,
    CartContainsLeaf,
    CartLeaf,
    DateLeaf,
    Leaf,
    ListLeaf,
    NextOrderLeaf,
    Not,
    Or,
    RfmLeaf,
    Rule,
    ScoreLeaf,
    SegmentLeaf,
    SubscriptionAgeLeaf,
    SubscriptionLeaf,
    TraitLeaf,
)
from shopbell.domain.segments.columns import Columns
from shopbell.domain.segments.dates import BIRTHDAY
from shopbell.domain.segments.definition import LiveRule
from shopbell.domain.segments.deriving import CART_TOUCH
from shopbell.domain.segments.leaves import leaf_test
from shopbell.domain.segments.needs import needs
from shopbell.domain.segments.truth import Test, every, opposite, some
from shopbell.domain.segments.zones import zone_of

Touch = int | str
"""What may be touched: a feature by its bit number, a trait as `trait:country`, SUBSCRIPTION, SCORES, CART_TOUCH."""
SUBSCRIPTION: Final = "subscription"
SCORES: Final = "scores"
_ZONE: Final = "trait:time_zone"
Shape = Callable[[Sequence[bool]], bool]
"""The rule as a function of the truths of its leaves, in their order."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A leaf, its test, and what may touch it."""

    leaf: Leaf
    test: Test
    touches: frozenset[Touch]


@dataclass(frozen=True, slots=True)
class LiveSegment:
    id: SegmentId
    version: int
    since: int
    """The rules_version that brought this rule, or that of a segment it names."""
    scenario: str | None
    test: Test
    leaves: tuple[tuple[str, Test], ...]
    shape: Shape
    watched: tuple[Watched, ...]
    """Its leaves and those of the segments that it names."""
    named: Mapping[str, SegmentId]
    """Path of a leaf to the segment that it names."""
    bound: frozenset[str]
    """Paths of the leaves that compare with a statistic of the store."""

    @property
    def touches(self) -> frozenset[Touch]:
        return frozenset[Touch]().union(*(each.touches for each in self.watched))


def compile_segment(
    live: LiveRule,
    rule: Rule,
    columns: Columns,
    children: Mapping[SegmentId, LiveSegment],
    statistics: Statistics,
    zone: str,
    tests: dict[Leaf, Test],
) -> LiveSegment:
    """`children` are all that the rule names and that live: they are compiled into it (ruling 13).

    `tests` are those of the leaves of all segments compiled so far: equal leaves share one.
    """
    found = list(leaves(rule))
    named = {name: child.test for name, child in children.items()}
    for _, leaf in found:
        if leaf not in tests:
            tests[leaf] = leaf_test(leaf, columns, named, statistics, zone_of(zone))
    compiled = [(path, tests[leaf]) for path, leaf in found]
    return LiveSegment(
        live.segment,
        live.version,
        live.since,
        live.scenario,
        _test(rule, iter([test for _, test in compiled])),
        tuple(compiled),
        _shape(rule, iter(range(len(found)))),
        tuple(each for _, leaf in found for each in _watched(leaf, tests[leaf], columns, children)),
        {path: SegmentId(leaf.in_segment) for path, leaf in found if isinstance(leaf, SegmentLeaf)},
        frozenset(path for path, leaf in found if is_bound(leaf)),
    )


def trait_touch(name: str) -> Touch:
    return f"trait:{name}"


def _watched(
    leaf: Leaf, test: Test, columns: Columns, children: Mapping[SegmentId, LiveSegment]
) -> Iterable[Watched]:
    if isinstance(leaf, SegmentLeaf):
        child = children.get(SegmentId(leaf.in_segment))
        return child.watched if child else ()
    return (Watched(leaf, test, _touches(leaf, columns)),)


def _touches(leaf: Leaf, columns: Columns) -> frozenset[Touch]:  # noqa: PLR0911 - one for each kind
    match leaf:
        case TraitLeaf(trait="age"):
            return frozenset({trait_touch(BIRTHDAY), _ZONE, SUBSCRIPTION})
        case DateLeaf(trait=name):
            return frozenset({trait_touch(name), _ZONE, SUBSCRIPTION})
        case TraitLeaf(trait=name) | ListLeaf(trait=name):
            return frozenset({trait_touch(name)})
        case RfmLeaf() | ScoreLeaf() | NextOrderLeaf():
            return frozenset({SCORES})
        case SubscriptionLeaf() | SubscriptionAgeLeaf():
            return frozenset({SUBSCRIPTION})
        case CartLeaf() | CartAgeLeaf() | CartContainsLeaf():
            return frozenset({CART_TOUCH})
        case _:
            return frozenset({columns.of(feature).bit for feature in needs(leaf)})


def _test(rule: Rule, tests: Iterator[Test]) -> Test:
    match rule:
        case And(all=children):
            return every([_test(child, tests) for child in children])
        case Or(any=children):
            return some([_test(child, tests) for child in children])
        case Not(child=child):
            return opposite(_test(child, tests))
        case _:
            return next(tests)


def _shape(rule: Rule, places: Iterator[int]) -> Shape:
    match rule:
        case And(all=children):
            return _shaped([_shape(child, places) for child in children], decides=False)
        case Or(any=children):
            return _shaped([_shape(child, places) for child in children], decides=True)
        case Not(child=child):
            inside = _shape(child, places)
            return lambda truths: not inside(truths)
        case _:
            place = next(places)
            return lambda truths: truths[place]


def _shaped(shapes: Sequence[Shape], *, decides: bool) -> Shape:
    """A loop, since `all` and `any` over a generator take twice as long, and each flip asks several times."""

    def shape(truths: Sequence[bool]) -> bool:
        for each in shapes:
            if each(truths) is decides:
                return decides
        return not decides

    return shape
