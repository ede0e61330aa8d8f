"""Who was in a segment when, from its log, and what segments have in common."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import Instant
from shopbell.domain.ids import SegmentId
from shopbell.domain.membership import Change, Flip
from shopbell.domain.segments.overlap import common, either, every, parts
from shopbell.domain.segments.stays import Stay, stays, touches, within

START, NOW = 100, 1_000
A, B, C = (SegmentId(name) for name in "abc")


def turn(change: Change, at: Instant) -> Flip:
    return Flip(A, 1, change, at, "clock")


@pytest.mark.parametrize(
    ("turns", "inside", "expected"),
    [
        ([], True, [Stay(99, NOW)]),
        ([], False, []),
        ([("entered", 200)], True, [Stay(200, NOW)]),
        ([("exited", 200)], False, [Stay(99, 200)]),
        ([("exited", 200), ("entered", 200)], True, [Stay(99, 200), Stay(200, NOW)]),
        ([("entered", 200), ("exited", 300), ("entered", 400)], True, [Stay(200, 300), Stay(400, NOW)]),
        ([("entered", 200), ("entered", 250), ("exited", 300)], False, [Stay(200, 300)]),
    ],
    ids=["all along", "never", "came", "went", "at once", "came again", "told twice"],
)
def test_stays_are_what_the_log_says(
    turns: list[tuple[Change, Instant]], inside: bool, expected: Sequence[Stay]
) -> None:
    assert stays([turn(*one) for one in turns], START, NOW, inside=inside) == expected


def test_an_order_that_makes_one_leave_is_a_members_and_one_that_makes_one_enter_is_not() -> None:
    told = stays([turn("entered", 200), turn("exited", 300)], START, NOW, inside=False)
    assert [within(told, at) for at in (199, 200, 201, 300, 301)] == [False, False, True, True, False]


@given(st.booleans(), st.lists(st.integers(START, NOW), unique=True, max_size=12))
def test_at_every_moment_they_say_what_the_last_turn_before_it_said(before: bool, at: list[Instant]) -> None:
    ordered = sorted(at)
    changes: list[Change] = ["exited" if (place % 2 == 0) is before else "entered" for place in range(len(ordered))]
    inside = changes[-1] == "entered" if changes else before
    told = stays(list(map(turn, changes, ordered)), START, NOW, inside=inside)
    for moment in range(START, NOW + 1):
        last = [change for change, one in zip(changes, ordered, strict=True) if one < moment]
        assert within(told, moment) is (last[-1] == "entered" if last else before)


@pytest.mark.parametrize(
    ("stay", "there"), [(Stay(99, 99), False), (Stay(99, 100), True), (Stay(199, 400), True), (Stay(200, 400), False)]
)
def test_who_was_there_at_some_moment_of_some_days(stay: Stay, there: bool) -> None:
    assert touches([stay], 100, 200) is there


MEMBERS = st.sets(st.sampled_from(["v1", "v2", "v3", "v4", "v5", "v6"]))


@given(st.fixed_dictionaries({A: MEMBERS, B: MEMBERS, C: MEMBERS}))
def test_parts_add_up_to_every_segment_and_every_intersection(lists: dict[SegmentId, set[str]]) -> None:
    counted = parts(lists)
    assert sum(counted.values()) == len(set().union(*lists.values()))
    for chosen in every([*lists]):
        mine = [lists[name] for name in chosen]
        assert common(counted, chosen) == len(set.intersection(*mine))
        assert either(counted, chosen) == len(set.union(*mine))
        others = set().union(*(lists[name] for name in lists if name not in chosen))
        assert counted.get(chosen, 0) == len(set.intersection(*mine) - others)
