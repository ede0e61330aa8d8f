"""A rule as one plain English sentence."""

from collections.abc import Mapping, Sequence

from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.nodes import (
    And,
    BucketLeaf,
    EventLeaf,
    FirstLeaf,
    LastLeaf,
    Leaf,
    Not,
    Or,
    Rule,
    SegmentLeaf,
    SubscriptionAgeLeaf,
    SubscriptionLeaf,
    TraitLeaf,
)
from shopbell.domain.rules.phrases import OPPOSITE, age, condition, counted, deed, window


def sentence(rule: Rule, names: Mapping[SegmentId, str]) -> str:
    """`names` gives segments their names; one without is called by its id."""
    return f"Visitors {_clause(rule, names)}."


def _clause(rule: Rule, names: Mapping[SegmentId, str]) -> str:
    match rule:
        case And(all=children):
            return _joined(children, ", and ", names)
        case Or(any=children):
            return _joined(children, ", or ", names)
        case Not(child=EventLeaf(op="gte", value=1) as leaf):
            return f"who did not {_event(leaf, base=True)}"
        case Not(child=child):
            return f"who are not among those {_inner(child, names)}"
        case _:
            return _leaf(rule, names)


def _joined(children: Sequence[Rule], glue: str, names: Mapping[SegmentId, str]) -> str:
    return glue.join(_inner(child, names) for child in children)


def _inner(rule: Rule, names: Mapping[SegmentId, str]) -> str:
    text = _clause(rule, names)
    grouped = (isinstance(rule, And) and len(rule.all) > 1) or (isinstance(rule, Or) and len(rule.any) > 1)
    return f"({text})" if grouped else text


def _leaf(leaf: Leaf, names: Mapping[SegmentId, str]) -> str:
    match leaf:
        case EventLeaf() | LastLeaf() | FirstLeaf():
            return _behaviour(leaf)
        case SubscriptionLeaf() | SubscriptionAgeLeaf():
            return _subscription(leaf)
        case TraitLeaf():
            return f"whose {leaf.trait.removeprefix('custom.')} {condition(leaf.op, leaf.value)}"
        case SegmentLeaf():
            return f"who are in “{names.get(SegmentId(leaf.in_segment), leaf.in_segment)}”"
        case BucketLeaf():
            return f"who fall between {leaf.from_} % and {leaf.to} % of the split “{leaf.bucket}”"
        case _:
            return f"of whom {leaf.model_dump_json(by_alias=True)} holds"


def _behaviour(leaf: EventLeaf | LastLeaf | FirstLeaf) -> str:
    match leaf:
        case EventLeaf():
            return f"who did not {_event(leaf, base=True)}" if _never(leaf) else f"who {_event(leaf)}"
        case LastLeaf():
            return f"who last {deed(leaf.last, leaf.where)} {age(leaf.ago)}"
        case FirstLeaf():
            return f"who first {deed(leaf.first, leaf.where)} {age(leaf.ago)}"


def _event(leaf: EventLeaf, *, base: bool = False) -> str:
    often = "" if base else counted(leaf.op, leaf.value)
    parts = (deed(leaf.event, leaf.where, base=base), often, window(leaf.window))
    return " ".join(part for part in parts if part)


def _never(leaf: EventLeaf) -> bool:
    return (leaf.op, leaf.value) in {("eq", 0), ("lt", 1), ("lte", 0)}


def _subscription(leaf: SubscriptionLeaf | SubscriptionAgeLeaf) -> str:
    if isinstance(leaf, SubscriptionAgeLeaf):
        return f"who subscribed to push {age(leaf)}"
    if leaf.subscription == "active":
        return "who cannot be reached by push" if leaf.value is False else "who can be reached by push"
    if leaf.op in OPPOSITE:
        said = condition(OPPOSITE[leaf.op], leaf.value)
        return f"who have no push subscription whose {leaf.subscription} {said}"
    return f"who have a push subscription whose {leaf.subscription} {condition(leaf.op, leaf.value)}"
