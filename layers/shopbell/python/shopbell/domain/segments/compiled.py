"""One live segment, compiled: its truth, its leaves by path, and what may touch it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.amounts import Statistics
from shopbell.domain.rules.graph import leaves
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
class LiveSegment:
    id: SegmentId
    version: int
    since: int
    """The rules_version that brought this rule, or that of a segment it names."""
    scenario: str | None
    test: Test
    leaves: tuple[tuple[str, Test], ...]
    shape: Shape
    touches: frozenset[Touch]


def compile_segment(
    live: LiveRule,
    rule: Rule,
    columns: Columns,
    children: Mapping[SegmentId, LiveSegment],
    statistics: Statistics,
    zone: str = "UTC",
) -> LiveSegment:
    """`children` are all that the rule names and that live: they are compiled into it (ruling 13)."""
    found = list(leaves(rule))
    tests = {name: child.test for name, child in children.items()}
    compiled = [(path, leaf_test(leaf, columns, tests, statistics, zone_of(zone))) for path, leaf in found]
    touched = [_touches(leaf, columns, children) for _, leaf in found]
    return LiveSegment(
        live.segment,
        live.version,
        live.since,
        live.scenario,
        _test(rule, iter([test for _, test in compiled])),
        tuple(compiled),
        _shape(rule, iter(range(len(found)))),
        frozenset().union(*touched),
    )


def trait_touch(name: str) -> Touch:
    return f"trait:{name}"


def _touches(  # noqa: PLR0911 - one for each kind
    leaf: Leaf, columns: Columns, children: Mapping[SegmentId, LiveSegment]
) -> frozenset[Touch]:
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
        case SegmentLeaf(in_segment=name):
            child = children.get(SegmentId(name))
            return child.touches if child else frozenset()
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
            shapes = [_shape(child, places) for child in children]
            return lambda truths: all(shape(truths) for shape in shapes)
        case Or(any=children):
            shapes = [_shape(child, places) for child in children]
            return lambda truths: any(shape(truths) for shape in shapes)
        case Not(child=child):
            inside = _shape(child, places)
            return lambda truths: not inside(truths)
        case _:
            place = next(places)
            return lambda truths: truths[place]
