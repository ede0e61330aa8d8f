"""Which single leaf stands between a visitor and a rule: what makes a near miss near."""

from collections.abc import Iterator, Sequence

from shopbell.domain.rules.nodes import And, Not, Or, Rule

Weighed = tuple[bool, frozenset[int]]
"""A truth, and the places of the leaves each of which would turn it by turning alone."""


def pivots(rule: Rule, truths: Sequence[bool]) -> Weighed:
    """`truths` are those of the rule's leaves, in the order in which they are written."""
    return _weigh(rule, enumerate(truths))


def failing(rule: Rule, truths: Sequence[bool]) -> int | None:
    """The place of the only leaf that keeps the rule from holding; None where it holds, or other ways lead there."""
    truth, places = pivots(rule, truths)
    if truth or len(places) != 1:
        return None
    (place,) = places
    return place


def _weigh(rule: Rule, leaves: Iterator[tuple[int, bool]]) -> Weighed:
    match rule:
        case And(all=children):
            return _group([_weigh(child, leaves) for child in children], decides=False)
        case Or(any=children):
            return _group([_weigh(child, leaves) for child in children], decides=True)
        case Not(child=child):
            truth, places = _weigh(child, leaves)
            return not truth, places
        case _:
            place, truth = next(leaves)
            return truth, frozenset({place})


def _group(children: Sequence[Weighed], *, decides: bool) -> Weighed:
    """One child that says `decides` decides it: only if there is just one can a leaf below turn the whole."""
    deciding = [places for truth, places in children if truth is decides]
    if not deciding:
        return not decides, frozenset().union(*(places for _, places in children))
    return decides, deciding[0] if len(deciding) == 1 else frozenset()


def obstacles(rule: Rule, truths: Sequence[bool]) -> tuple[int, ...]:
    """The places of all leaves that stand in the way of a rule that does not hold; () where it does."""
    _, false = _obstacles(rule, enumerate(truths))
    return tuple(sorted(false))


def _obstacles(rule: Rule, leaves: Iterator[tuple[int, bool]]) -> tuple[frozenset[int], frozenset[int]]:
    """Places that keep the rule true, and those that keep it false; one of the two is empty."""
    match rule:
        case And(all=children) | Or(any=children):
            pairs = [_obstacles(child, leaves) for child in children]
            true = frozenset().union(*(pair[0] for pair in pairs))
            false = frozenset().union(*(pair[1] for pair in pairs))
            holds = any(pair[0] for pair in pairs) if isinstance(rule, Or) else not false
            return (true, frozenset()) if holds else (frozenset(), false)
        case Not(child=child):
            true, false = _obstacles(child, leaves)
            return false, true
        case _:
            place, truth = next(leaves)
            return (frozenset({place}), frozenset()) if truth else (frozenset(), frozenset({place}))
