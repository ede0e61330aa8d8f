"""Pauses of a campaign and of its store, taken together: what lies in both counts once."""

from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.pauses import FOREVER, Pause, between, held, union

PAUSES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda two: (min(two), max(two))), max_size=6)


def minutes(pauses: list[Pause]) -> set[int]:
    return {minute for since, until in pauses for minute in range(since, until)}


@given(PAUSES, PAUSES, st.integers(0, 60), st.integers(0, 60))
def test_what_lies_in_several_counts_once(ours: list[Pause], theirs: list[Pause], begin: int, end: int) -> None:
    known, inside = union(ours, theirs), set(range(begin, end))
    assert held(known, begin, end) == len(minutes([*ours, *theirs]) & inside)
    gaps = [minute for since, until in between(known, begin, end) for minute in range(since, until)]
    assert (len(gaps), set(gaps)) == (len(set(gaps)), inside - minutes([*ours, *theirs]))


def test_one_that_goes_on_counts_up_to_now() -> None:
    assert held(union([(10, FOREVER)], [(5, 12)]), 0, 30) == 25
