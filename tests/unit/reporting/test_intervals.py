"""How far two groups are apart: figures of the papers, and those of an independent library."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from shopbell.domain.intervals import mean_of, needed_people, newcombe, ratio, t_quantile, two_means, variance, welch
from shopbell.domain.significance import Amounts, Share


def amounts(values: list[int]) -> Amounts:
    return Amounts(sum(values), sum(value * value for value in values), len(values))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(Share(56, 70), Share(48, 80), (0.0524, 0.3339), id="a"),
        pytest.param(Share(9, 10), Share(3, 10), (0.1705, 0.8090), id="b"),
        pytest.param(Share(6, 7), Share(2, 7), (0.0582, 0.8062), id="c"),
        pytest.param(Share(5, 56), Share(0, 29), (-0.0381, 0.1926), id="d"),
        pytest.param(Share(0, 10), Share(0, 20), (-0.1611, 0.2775), id="e"),
        pytest.param(Share(10, 10), Share(0, 20), (0.6791, 1.0000), id="g"),
    ],
)
def test_shares_are_as_far_apart_as_the_paper_says(one: Share, other: Share, expected: tuple[float, float]) -> None:
    """Newcombe 1998, table II, method 10."""
    assert newcombe(one, other) == pytest.approx(expected, abs=6e-5)


_GROUP = st.lists(st.integers(0, 10_000), min_size=5, max_size=60).filter(lambda values: len(set(values)) > 1)


@given(_GROUP, _GROUP)
def test_means_are_as_far_apart_as_an_independent_library_says(one: list[int], other: list[int]) -> None:
    theirs = stats.ttest_ind(one, other, equal_var=False)
    reach = theirs.confidence_interval(0.95)
    assert welch(amounts(one), amounts(other)) == pytest.approx((reach.low, reach.high), rel=1e-6, abs=1e-6)
    assert two_means(amounts(one), amounts(other)) == pytest.approx(theirs.pvalue, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("degrees", [1.0, 2.5, 30.0, 999.9, 1e6])
@pytest.mark.parametrize("share", [0.6, 0.9, 0.975, 0.9999])
def test_quantiles_are_those_of_an_independent_library(degrees: float, share: float) -> None:
    assert t_quantile(share, degrees) == pytest.approx(stats.t.ppf(share, degrees), rel=1e-7)


def test_the_interval_of_a_ratio_of_shares_is_that_of_the_risk_ratio() -> None:
    one, other = Share(30, 200), Share(20, 250)
    theirs = stats.contingency.relative_risk(30, 200, 20, 250).confidence_interval(0.95)
    found = ratio(mean_of(one), mean_of(other))
    assert found == pytest.approx((theirs.low - 1, theirs.high - 1), abs=0.01)


def test_so_many_people_find_a_difference_four_times_out_of_five() -> None:
    """10 % against 8 %: 3,211 people in each of two equal groups with variances apart."""
    assert needed_people(mean_of(Share(100, 1_000)), mean_of(Share(80, 1_000))) == pytest.approx(2 * 3_211, rel=0.005)
    assert needed_people(mean_of(Share(80, 1_000)), mean_of(Share(80, 1_000))) is None


def test_nobody_who_differs_from_nobody_is_certain() -> None:
    same = Amounts(500, 2_500, 100)
    assert variance(same) == 0
    assert two_means(same, same) == 1
    assert two_means(same, Amounts(600, 3_600, 100)) == 0
    assert variance(Amounts(7, 49, 1)) == 0
