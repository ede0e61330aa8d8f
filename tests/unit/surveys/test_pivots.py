"""Near misses: exactly the leaf whose turning alone would let a visitor in, and only if it is the only one."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.rules.graph import leaves
from shopbell.domain.rules.nodes import And, Not, Or, Rule
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.rules.paths import leaf_at, negated
from shopbell.domain.segments.pivots import failing, pivots

A, B, C = ({"event": name} for name in ("search", "login", "signup"))

CASES: tuple[tuple[str, Any, Sequence[bool], int | None], ...] = (
    ("one leaf that is false", A, [False], 0),
    ("one leaf that holds", A, [True], None),
    ("the false one of two", {"and": [A, B]}, [True, False], 1),
    ("two that are false", {"and": [A, B]}, [False, False], None),
    ("either would do", {"or": [A, B]}, [False, False], None),
    ("a group with one way in", {"and": [{"or": [A, B]}, C]}, [True, False, False], 2),
    ("a group with two ways in", {"and": [{"or": [A, B]}, C]}, [False, False, True], None),
    ("what must not be", {"and": [A, {"not": B}]}, [True, True], 1),
    ("not both: either would do", {"not": {"and": [A, B]}}, [True, True], None),
    ("none of both: one too many", {"not": {"or": [A, B]}}, [False, True], 1),
)


@pytest.mark.parametrize(("rule", "truths", "place"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_a_near_miss_fails_by_one_leaf_alone(rule: Any, truths: Sequence[bool], place: int | None) -> None:
    assert failing(parse_rule(rule), truths) == place


def holds(rule: Rule, truths: list[bool]) -> bool:
    """By definition, taking the leaves' truths from the front."""
    match rule:
        case And(all=children):
            return False not in [holds(child, truths) for child in children]
        case Or(any=children):
            return True in [holds(child, truths) for child in children]
        case Not(child=child):
            return not holds(child, truths)
        case _:
            return truths.pop(0)


RULES = st.recursive(
    st.sampled_from([A, B, C]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda each: {"and": each}),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: {"or": each}),
        inner.map(lambda each: {"not": each}),
    ),
    max_leaves=8,
)


@given(RULES, st.lists(st.booleans(), min_size=30, max_size=30))
def test_pivots_are_the_leaves_that_turn_the_rule_by_turning(raw: Any, drawn: list[bool]) -> None:
    rule = parse_rule(raw) if depth(raw) <= 8 else parse_rule(A)
    truths = drawn[: len(list(leaves(rule)))]

    whole = holds(rule, list(truths))
    turning = frozenset(
        place
        for place in range(len(truths))
        if holds(rule, [not truth if at == place else truth for at, truth in enumerate(truths)]) is not whole
    )

    assert pivots(rule, truths) == (whole, turning)


def depth(raw: Any) -> int:
    inside = raw.get("and") or raw.get("or") or ([raw["not"]] if "not" in raw else [])
    return 1 + max(map(depth, inside), default=0)


@given(RULES)
def test_every_path_leads_back_to_its_leaf(raw: Any) -> None:
    if depth(raw) <= 8:
        for path, leaf in leaves(parse_rule(raw)):
            assert parse_rule(leaf_at(raw, path)) == leaf


def test_an_odd_number_of_nots_turns_what_a_leaf_must_be() -> None:
    rule: Any = {"and": [{"not": {"or": [A, {"not": B}]}}, C]}
    paths = [path for path, _ in leaves(parse_rule(rule))]
    assert [negated(path) for path in paths] == [True, False, False]
    with pytest.raises(KeyError):
        leaf_at(rule, "and.7")
