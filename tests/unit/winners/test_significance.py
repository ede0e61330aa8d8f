"""The tests of significance give the values of the textbooks, and err no oftener than they may."""

from collections.abc import Sequence
from itertools import product
from math import comb
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.significance import (
    ALPHA,
    Amounts,
    Share,
    happens_more,
    held_to,
    means_differ,
    shares_differ,
    two_sided,
)

SMALL = st.integers(0, 12)


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [
        # Agresti, Introduction to Categorical Data Analysis, 2nd edition, section 2.2: chi-square is 25.01
        pytest.param(Share(189, 11_034), Share(104, 11_037), 5.7e-7, id="aspirin"),
        pytest.param(Share(15, 100), Share(25, 100), 0.07710, id="z of 1.7678"),
        pytest.param(Share(30, 100), Share(30, 100), 1.0, id="the same"),
        pytest.param(Share(4, 1_000), Share(3, 1_000), 1.0, id="too few to say"),
        pytest.param(Share(999, 1_000), Share(990, 1_000), 0.006507, id="nearly all"),
        pytest.param(Share(0, 0), Share(30, 100), 1.0, id="nobody"),
    ],
)
def test_two_shares(one: Share, other: Share, p: float) -> None:
    assert shares_differ(one, other) == pytest.approx(p, rel=0.01)
    assert shares_differ(other, one) == shares_differ(one, other)


def test_a_z_of_1_96_is_where_5_per_cent_begin() -> None:
    assert two_sided(1.959963984540054) == pytest.approx(0.05)
    assert two_sided(-2.5758293035489) == pytest.approx(0.01)


def test_the_lady_tasting_tea() -> None:
    """Agresti, the same, section 2.6: 3 of 4 cups guessed, P = 0.243."""
    assert happens_more(Share(3, 4), Share(1, 4)) == pytest.approx(17 / 70)
    assert happens_more(Share(4, 4), Share(0, 4)) == pytest.approx(1 / 70)


@given(SMALL, SMALL, SMALL, SMALL)
def test_the_exact_test_counts_all_tables(a: int, b: int, c: int, d: int) -> None:
    one, other, both = a + b, c + d, a + c
    ways = [comb(one, k) * comb(other, both - k) for k in range(both + 1)]
    assert happens_more(Share(a, one), Share(c, other)) == pytest.approx(sum(ways[a:]) / comb(one + other, both))


@pytest.mark.parametrize(
    ("values", "adjusted"),
    [
        pytest.param([0.01, 0.04, 0.03, 0.005], (0.03, 0.06, 0.06, 0.02), id="four"),
        pytest.param([0.03], (0.03,), id="one alone"),
        pytest.param([0.6, 0.9], (1.0, 1.0), id="never above 1"),
        pytest.param([], (), id="none"),
    ],
)
def test_many_tests_at_once(values: Sequence[float], adjusted: Sequence[float]) -> None:
    assert held_to(values) == pytest.approx(adjusted)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_no_test_becomes_surer_among_many_and_their_order_stays(values: list[float]) -> None:
    adjusted = held_to(values)
    assert all(after >= before for before, after in zip(values, adjusted, strict=True))
    for (p, mine), (q, others) in product(zip(values, adjusted, strict=True), repeat=2):
        assert p > q or mine <= others


def test_two_means_by_hand() -> None:
    """Variances of 2.5 and 10, of five each: z = 3 / sqrt(0.5 + 2)."""
    one, other = [1, 2, 3, 4, 5], [2, 4, 6, 8, 10]
    first, second = (Amounts(sum(row), sum(x * x for x in row), len(row)) for row in (one, other))
    assert first.error**2 == pytest.approx(0.5)
    assert means_differ(first, second) == pytest.approx(two_sided(3 / 2.5**0.5))
    assert means_differ(Amounts(0, 0, 50), Amounts(0, 0, 50)) == 1.0
    assert Amounts(7, 49, 1).error == 0.0


def test_of_groups_that_are_the_same_no_more_than_5_per_cent_seem_different() -> None:
    """1,000 worlds: more than 73 errors in them would come about less than once in 1,000 times at 5 %."""
    draw = Random(41)  # noqa: S311 - a simulation
    wrong = sum(
        shares_differ(*(Share(sum(draw.random() < 0.1 for _ in range(400)), 400) for _ in range(2))) <= ALPHA
        for _ in range(1_000)
    )
    assert 20 < wrong <= 73
