"""A warning for a fall that is beyond what is usual, and for nothing else."""

from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.segments.dips import FEWEST_DAYS, dip, is_dip, since_the_first
from shopbell.domain.segments.history import DayCount, Turn, later

CHANGES = st.lists(st.integers(-1_000, 1_000), min_size=FEWEST_DAYS, max_size=60)
FIRST = "2026-02-01"


@given(CHANGES, st.integers(-100_000, 100_000), st.integers(1, 100_000))
def test_a_gain_or_a_small_loss_is_never_a_dip(changes: list[int], change: int, before: int) -> None:
    if change >= 0 or -change < 0.05 * before:
        assert not is_dip(changes, change, before)


@given(CHANGES, st.integers(-100_000, -1), st.integers(1, 100_000), st.integers(1, 1_000))
def test_a_deeper_fall_is_a_dip_where_a_shallower_one_is(
    changes: list[int], change: int, before: int, deeper: int
) -> None:
    if is_dip(changes, change, before):
        assert is_dip(changes, change - deeper, before)


@given(CHANGES, st.integers(-100_000, -1), st.integers(1, 100_000), st.integers(2, 50))
def test_the_size_of_the_store_does_not_matter(changes: list[int], change: int, before: int, factor: int) -> None:
    """Ten times the store has ten times the changes, and the same dips (exactly: in powers of two)."""
    scale = 1 << (factor % 8)
    assert is_dip(changes, change, before) is is_dip([one * scale for one in changes], change * scale, before * scale)


@given(CHANGES, st.integers(-100_000, -1), st.integers(1, 100_000), st.lists(st.integers(-1_000, 1_000)))
def test_what_is_older_than_28_days_does_not_matter(
    changes: list[int], change: int, before: int, older: list[int]
) -> None:
    recent = (changes * 4)[-28:]
    assert is_dip(recent, change, before) is is_dip([*older, *recent], change, before)


@given(CHANGES, st.integers(-100_000, -1), st.integers(1, 100_000), st.randoms())
def test_the_order_of_the_days_does_not_matter(changes: list[int], change: int, before: int, chance: Random) -> None:
    recent = changes[-28:]
    shuffled = list(recent)
    chance.shuffle(shuffled)
    assert is_dip(recent, change, before) is is_dip(shuffled, change, before)


@pytest.mark.parametrize(
    ("usual", "change", "before", "expected"),
    [
        pytest.param([0] * 28, -5, 100, True, id="a calm segment loses a twentieth"),
        pytest.param([0] * 28, -4, 100, False, id="less than a twentieth"),
        pytest.param([10, -10] * 14, -31, 100, True, id="just beyond three deviations"),
        pytest.param([10, -10] * 14, -30, 100, False, id="three deviations are not beyond three"),
        pytest.param([-5] * 28, -5, 100, False, id="it loses as many every day"),
        pytest.param([0] * 6, -50, 100, False, id="too young to know"),
        pytest.param([0] * 28, -5, 0, False, id="nobody was there"),
    ],
)
def test_where_the_line_is(usual: list[int], change: int, before: int, expected: bool) -> None:
    assert is_dip(usual, change, before) is expected


def history(turns: Mapping[Turn, int], size: int, calm: int = 20) -> list[DayCount]:
    """So many days on which nothing happened, then one with these turns that ends with `size` members."""
    days = [DayCount(later(FIRST, number), 100) for number in range(calm)]
    return [*days, DayCount(later(FIRST, calm), size, turns)]


def test_a_dip_names_the_leaf_that_let_most_go() -> None:
    found = dip(
        history(
            {
                Turn("exited", "clock", 2, "and.1"): 30,
                Turn("exited", "event", 2, "and.0"): 12,
                Turn("entered", "event", 2, "and.0"): 2,
            },
            60,
        )
    )
    assert found is not None
    assert (found.day, found.fell, found.share) == (later(FIRST, 20), 40, 0.4)
    assert (found.leaf, found.version, found.cause) == ("and.1", 2, "clock")


def test_what_a_new_definition_let_go_was_meant() -> None:
    assert dip(history({Turn("exited", "definition", 2, ""): 60}, 40)) is None


def test_a_segment_without_days_has_no_dip() -> None:
    assert dip([]) is None
    assert since_the_first([DayCount(FIRST, 0)] * 3) == []


def test_days_before_the_first_member_are_no_measure() -> None:
    days = [DayCount(FIRST, 0), DayCount(later(FIRST, 1), 3, {Turn("entered", "definition", 1, ""): 3})]
    assert since_the_first(days) == days[1:]
