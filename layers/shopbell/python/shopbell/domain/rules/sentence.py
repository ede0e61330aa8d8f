"""A rule as one plain English sentence."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, assert_never

from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.behaviour import AggregateLeaf, EventLeaf, FirstLeaf, LastLeaf, Measure, RatioLeaf
from shopbell.domain.rules.lengths import last, span
from shopbell.domain.rules.nodes import And, Leaf, Not, Or, Rule
from shopbell.domain.rules.phrases import age, compared, counted, deed, quoted, things, window
from shopbell.domain.rules.sequences import MessageLeaf, SequenceLeaf, Step
from shopbell.domain.rules.standing import (
    AffinityLeaf,
    BucketLeaf,
    CartAgeLeaf,
    CartContainsLeaf,
    CartLeaf,
    NextOrderLeaf,
    RfmLeaf,
    ScoreLeaf,
    SegmentLeaf,
    SubscriptionAgeLeaf,
    SubscriptionLeaf,
)
from shopbell.domain.rules.standing_words import (
    bucket_words,
    cart_words,
    score_words,
    subscription_words,
    trait_words,
)
from shopbell.domain.rules.traits import DateLeaf, ListLeaf, TraitLeaf

BehaviourLeaves = EventLeaf | AggregateLeaf | FirstLeaf | LastLeaf | RatioLeaf | SequenceLeaf | MessageLeaf
_NUMBERS: Final[Mapping[str, str]] = {
    "count": "the number of {things}",
    "sum": "the sum of {of} over {things}",
    "avg": "the average of {of} over {things}",
    "min": "the smallest {of} among {things}",
    "max": "the largest {of} among {things}",
    "distinct": "the number of different {of} among {things}",
}


def sentence(rule: Rule, names: Mapping[SegmentId, str]) -> str:
    """`names` gives segments their names; one without is called by its id."""
    return f"Visitors {_clause(rule, names)}."


def _clause(rule: Rule, names: Mapping[SegmentId, str]) -> str:
    match rule:
        case And(all=children):
            return _joined(children, ", and ", names)
        case Or(any=children):
            return _joined(children, ", or ", names)
        case Not(child=EventLeaf() as leaf) if not counted(leaf.op, leaf.value):
            return f"who did not {_event(leaf, base=True)}"
        case Not(child=MessageLeaf() as leaf) if not counted(leaf.op, leaf.value):
            return f"who did not {_event(leaf.counted, base=True)}"
        case Not(child=child):
            return f"who are not among those {_inner(child, names)}"
        case _:
            return _leaf(rule, names)


def _joined(children: Iterable[Rule], glue: str, names: Mapping[SegmentId, str]) -> str:
    return glue.join(_inner(child, names) for child in children)


def _inner(rule: Rule, names: Mapping[SegmentId, str]) -> str:
    text = _clause(rule, names)
    grouped = (isinstance(rule, And) and len(rule.all) > 1) or (isinstance(rule, Or) and len(rule.any) > 1)
    return f"({text})" if grouped else text


def _leaf(leaf: Leaf, names: Mapping[SegmentId, str]) -> str:  # noqa: PLR0911 - one for each kind
    match leaf:
        case EventLeaf() | AggregateLeaf() | FirstLeaf() | LastLeaf() | RatioLeaf() | SequenceLeaf() | MessageLeaf():
            return _behaviour(leaf)
        case TraitLeaf() | DateLeaf() | ListLeaf():
            return trait_words(leaf)
        case SubscriptionLeaf() | SubscriptionAgeLeaf():
            return subscription_words(leaf)
        case CartLeaf() | CartAgeLeaf() | CartContainsLeaf():
            return cart_words(leaf)
        case AffinityLeaf() | RfmLeaf() | ScoreLeaf() | NextOrderLeaf():
            return score_words(leaf)
        case SegmentLeaf():
            return _segment(leaf, quoted(names.get(SegmentId(leaf.in_segment), leaf.in_segment)))
        case BucketLeaf():
            return bucket_words(leaf)
        case _:
            assert_never(leaf)


def _behaviour(leaf: BehaviourLeaves) -> str:  # noqa: PLR0911 - one for each kind
    match leaf:
        case EventLeaf():
            return f"who did not {_event(leaf, base=True)}" if _never(leaf) else f"who {_event(leaf)}"
        case LastLeaf():
            return f"who last {deed(leaf.last, leaf.where)} {age(leaf.ago)}"
        case FirstLeaf():
            return f"who first {deed(leaf.first, leaf.where)} {age(leaf.ago)}"
        case AggregateLeaf():
            return f"of whom {_number(leaf)} {compared(leaf.op, leaf.value)}"
        case RatioLeaf(ratio=ratio):
            return f"of whom {_number(ratio.of)}, divided by {_number(ratio.to)}, {compared(leaf.op, leaf.value)}"
        case SequenceLeaf():
            return f"who {_steps(leaf)}"
        case MessageLeaf():
            return _behaviour(leaf.counted)
        case _:
            assert_never(leaf)


def _event(leaf: EventLeaf, *, base: bool = False) -> str:
    often = "" if base else counted(leaf.op, leaf.value)
    parts = (deed(leaf.event, leaf.where, base=base), often, window(leaf.window))
    return " ".join(part for part in parts if part)


def _never(leaf: EventLeaf) -> bool:
    return (leaf.op, leaf.value) in {("eq", 0), ("lt", 1), ("lte", 0), ("between", (0, 0))}


def _number(leaf: AggregateLeaf | Measure) -> str:
    return _NUMBERS[leaf.aggregate].format(of=leaf.of, things=things(leaf.event, leaf.where, leaf.window))


def _steps(leaf: SequenceLeaf) -> str:
    steps = leaf.sequence
    same = f", all of the same {steps.same.removesuffix('_id')}" if steps.same else ""
    told = ", then ".join(_step(step) for step in steps.steps)
    return f"{told}{same}, within {span(steps.within)}, complete {last(steps.window)}"


def _step(step: Step) -> str:
    return f"did not {deed(step.event, step.where, base=True)}" if step.negate else deed(step.event, step.where)


def _segment(leaf: SegmentLeaf, name: str) -> str:
    parts: Sequence[str] = [
        *([f"have been in {name} for at least {span(leaf.for_at_least)}"] if leaf.for_at_least else []),
        *([f"entered {name} {last(leaf.entered_within)} and still are in it"] if leaf.entered_within else []),
    ]
    return f"who {' and '.join(parts) or f'are in {name}'}"
