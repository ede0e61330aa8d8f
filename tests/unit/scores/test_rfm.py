"""Quintiles, their ties, the fixed edges of small stores, and the groups."""

from itertools import product

import pytest
from shopbell.domain.scores.rfm import GROUPS, Rfm, RfmEdges, edges, quintiles, rfm


def test_a_tie_goes_to_the_lower_score() -> None:
    one_order_each = [1] * 80 + [2] * 10 + [3] * 6 + [9] * 4

    found = edges([10] * 100, one_order_each, [100] * 100, 100.0)
    assert list(found.frequency) == [1] * 4
    assert rfm(found, 10, 1, 100) == Rfm(1, 1, 1)
    assert rfm(found, 10, 2, 100).f == 5


def test_five_even_parts_get_the_scores_one_to_five() -> None:
    values = list(range(1, 101))

    found = RfmEdges(frequency=quintiles(values))
    scores = [rfm(found, 0, value, 0).f for value in values]
    assert [scores.count(score) for score in range(1, 6)] == [20] * 5


def test_more_recent_is_better() -> None:
    found = edges(list(range(100)), [1] * 100, [1] * 100, 1.0)

    assert [rfm(found, days, 1, 1).r for days in (0, 25, 45, 65, 99)] == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("recency", "frequency", "spend", "expected"),
    [
        pytest.param(29, 6, 4_001, Rfm(5, 5, 5), id="best of all"),
        pytest.param(30, 5, 4_000, Rfm(4, 4, 4), id="at the edge, the lower"),
        pytest.param(60, 3, 2_000, Rfm(3, 3, 3), id="the middle"),
        pytest.param(90, 2, 1_000, Rfm(2, 2, 2), id="below"),
        pytest.param(180, 1, 500, Rfm(1, 1, 1), id="least"),
    ],
)
def test_a_store_of_few_customers_has_fixed_edges(recency: int, frequency: int, spend: int, expected: Rfm) -> None:
    found = edges([1] * 49, [1] * 49, [1] * 49, 1_000.0)

    assert rfm(found, recency, frequency, spend) == expected


@pytest.mark.parametrize(
    ("scores", "group"),
    [
        (Rfm(5, 4, 4), "champions"),
        (Rfm(2, 4, 4), "cannot_lose"),
        (Rfm(5, 5, 3), "loyal"),
        (Rfm(3, 4, 4), "loyal"),
        (Rfm(4, 3, 1), "potential_loyalist"),
        (Rfm(5, 1, 5), "new"),
        (Rfm(4, 1, 1), "promising"),
        (Rfm(3, 2, 5), "needs_attention"),
        (Rfm(2, 3, 5), "at_risk"),
        (Rfm(1, 5, 3), "at_risk"),
        (Rfm(3, 1, 1), "about_to_sleep"),
        (Rfm(2, 2, 5), "hibernating"),
        (Rfm(1, 1, 1), "lost"),
    ],
    ids=str,
)
def test_the_first_group_that_fits_is_the_buyers(scores: Rfm, group: str) -> None:
    assert scores.group == group


def test_every_combination_of_scores_has_a_group_and_every_group_some() -> None:
    groups = {Rfm(*scores).group for scores in product(range(1, 6), repeat=3)}

    assert groups == {name for name, _ in GROUPS}


def test_nothing_cannot_be_divided() -> None:
    with pytest.raises(ValueError, match="no values"):
        quintiles([])
