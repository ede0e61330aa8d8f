"""How much of a stored profile tells when time ends a membership: which parts of it, or nothing at all."""

from shopbell.domain.part import PartName
from shopbell.domain.rules.nodes import (
    And,
    BucketLeaf,
    EventLeaf,
    Leaf,
    ListLeaf,
    MessageLeaf,
    Not,
    Or,
    RfmLeaf,
    Rule,
    ScoreLeaf,
    SubscriptionLeaf,
    TraitLeaf,
)
from shopbell.domain.rules.traits import AGE
from shopbell.domain.segments.compiled import LiveSegment
from shopbell.domain.segments.needs import needs
from shopbell.domain.visits.derived import is_derived


def parts_read(segment: LiveSegment) -> frozenset[PartName]:
    """The parts that its leaves look into, and those of the segments that it names.

    Purchases and views lie apart from P, which is the largest by far; all that is not an event lies in P.
    """
    parts: set[PartName] = {"P"} if segment.named else set()
    for leaf in (each.leaf for each in segment.watched):
        features = needs(leaf)
        parts.update(feature.part for feature in features)
        if not features and not isinstance(leaf, BucketLeaf):
            parts.add("P")
    return frozenset(parts)


def endless(rule: Rule, *, holds: bool = True) -> bool:
    """Whether time alone can never turn it from `holds` to the opposite. False also where that is not certain."""
    match rule:
        case And(all=children) | Or(any=children):
            return all(endless(child, holds=holds) for child in children)
        case Not(child=child):
            return endless(child, holds=not holds)
        case MessageLeaf():
            return holds and _only_grows(rule.counted)
        case EventLeaf():
            return holds and _only_grows(rule)
        case _:
            return _stands_still(rule)


def _only_grows(leaf: EventLeaf) -> bool:
    """An event that is dated a little ahead of now makes the count larger, never smaller."""
    return leaf.window is None and leaf.op in {"gte", "gt"} and not is_derived(leaf.event)


def _stands_still(leaf: Leaf) -> bool:
    match leaf:
        case TraitLeaf(trait=name):
            return name != AGE
        case ListLeaf() | SubscriptionLeaf() | RfmLeaf() | ScoreLeaf() | BucketLeaf():
            return True
        case _:
            return False
