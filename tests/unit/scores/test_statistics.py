"""What is computed of a store's buyers, and what a buyer's scores say."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.scores.buyers import Buyer, Order, buyer
from shopbell.domain.scores.gaps import spread
from shopbell.domain.scores.score import changed, score
from shopbell.domain.scores.statistics import StoreStatistics, can_be_fitted, differs, moved, summary
from shopbell.domain.scores.survival import Survival

STORE = StoreId("s1")
NOW = 20_000 * DAY + 3 * HOUR


def bought(*orders: tuple[int, int]) -> Buyer:
    """(days ago, total) pairs."""
    found = buyer([Order(NOW - days * DAY, total) for days, total in orders], NOW)
    assert found is not None
    return found


def test_orders_of_one_day_are_one_day_of_the_model_but_each_an_order() -> None:
    one = buyer([Order(NOW, 500), Order(NOW - HOUR, 700), Order(NOW - 10 * DAY, 300)], NOW)

    assert one is not None
    assert (one.repeats, one.span, one.age(NOW), one.orders, one.spend) == (1, 10, 10, 3, 1_500)
    assert one.gaps == {10: 1}


def test_an_order_that_has_not_happened_yet_does_not_count() -> None:
    assert buyer([Order(NOW + 1, 500)], NOW) is None


def test_the_mean_order_looks_back_a_year_and_the_gap_over_all_of_time() -> None:
    found = summary(STORE, [bought((400, 9_000), (10, 1_000)), bought((20, 2_000), (17, 3_000))], NOW)

    assert found.aov == 2_000.0
    assert found.repeat_gap_median == round((390 + 3) / 2 * DAY)
    assert found.buyers == 2


@pytest.mark.parametrize(
    ("gaps", "days"),
    [((30, 40, 50, 60), 50), ((30, 40, 50), 50), ((3, 4), 21), ((200, 300), 180), ((25,), 25)],
    ids=["three of four", "of three the third", "never under three weeks", "never over half a year", "one"],
)
def test_a_long_gap_is_one_that_three_of_four_do_not_pass(gaps: tuple[int, ...], days: int) -> None:
    found = summary(STORE, [bought((400, 1), (400 - gap, 1)) for gap in gaps], NOW)

    assert (found.long_gap, found.values["long_gap"]) == (days * DAY, days * DAY)


def test_nine_of_ten_spent_no_more_than_the_ninetieth_percentile() -> None:
    found = summary(STORE, [bought((1, spend)) for spend in range(1, 21)], NOW)

    assert found.spend_p90 == 18.0


def test_a_store_without_orders_has_no_statistics() -> None:
    assert summary(STORE, [], NOW).values == {}


def test_the_model_asks_for_fifty_repeat_buyers_and_ninety_days() -> None:
    repeat = [bought((89, 1), (10, 1))] * 50

    assert not can_be_fitted(repeat, NOW)
    assert can_be_fitted([*repeat, bought((90, 1))], NOW)
    assert not can_be_fitted([*repeat[1:], bought((90, 1))], NOW)


def test_without_a_model_a_plain_rule_decides_and_says_so() -> None:
    store = summary(STORE, [bought((40, 1), (30, 1))], NOW)
    gone, here = bought((21, 1)), bought((20, 1))

    assert store.repeat_gap_median == 10 * DAY
    assert (score(gone, store, NOW)["churn_90d"], score(gone, store, NOW)["basis"]) == (1.0, "rule")
    assert score(here, store, NOW)["churn_90d"] == 0.0


def test_with_a_model_the_score_names_it() -> None:
    store = replace(summary(STORE, [bought((40, 1), (30, 1))], NOW), survival=Survival(0.25, 30.0, 0.8, 2.5))

    found = score(bought((40, 1), (30, 1)), store, NOW)
    assert found["basis"] == "bgnbd"
    assert isinstance(found["churn_90d"], float)
    assert 0 < found["churn_90d"] < 1


def test_a_store_that_never_saw_a_repeat_says_nothing_of_churn_or_the_next_order() -> None:
    found = score(bought((5, 100)), summary(STORE, [bought((5, 100))], NOW), NOW)

    assert found.keys() == {"rfm", "group", "at"}


def test_a_year_is_worth_the_orders_to_expect_at_a_mean_order_drawn_to_the_stores() -> None:
    model = Survival(0.25, 30.0, 0.8, 2.5)
    store = replace(StoreStatistics(STORE), aov=2_000.0, survival=model)
    one = bought((40, 5_000), (30, 6_000))

    expected = model.orders(1, 10, 40, 365) * (11_000 + 3 * 2_000) / 5
    assert score(one, store, NOW)["clv_12m"] == round(expected)
    assert "clv_12m" not in score(one, replace(store, survival=None, repeat_gap_median=DAY), NOW)


def test_half_of_all_next_orders_fall_into_the_band() -> None:
    """Regular buyers, whose gaps all are as long as the others, and one whose gaps are twice and half as long."""
    regular = [bought((30, 1), (20, 1), (10, 1), (0, 1))] * 4
    assert spread(regular, 10 * DAY) == (1.0, 1.0)
    assert spread([bought((30, 1), (10, 1), (5, 1))], 10 * DAY) == pytest.approx((0.9375, 1.9375), rel=0.2)
    assert spread([bought((5, 1))], 10 * DAY) is None

    store = replace(StoreStatistics(STORE), repeat_gap_median=30 * DAY, gap_spread=(0.5, 1.5))
    found = score(bought((10, 1)), store, NOW)
    due = NOW - 10 * DAY
    assert (found["next_order_from"], found["next_order_to"]) == (due + 15 * DAY, due + 45 * DAY)


@given(st.lists(st.lists(st.integers(1, 300), min_size=1, max_size=8), min_size=1, max_size=8), st.integers(1, 90))
def test_the_band_is_in_order_and_is_of_the_store_not_of_the_order_of_its_buyers(
    pasts: list[list[int]], median: int
) -> None:
    buyers = [bought(*((days, 1) for days in past)) for past in pasts]
    found = spread(buyers, median * DAY)

    assert found == spread(buyers[::-1], median * DAY)
    if found is not None:
        assert 0 < found[0] <= found[1]
    else:
        assert all(not one.gaps for one in buyers)


def test_the_next_order_draws_a_short_past_to_the_stores_median() -> None:
    store = replace(StoreStatistics(STORE), repeat_gap_median=30 * DAY)
    due = NOW - 10 * DAY

    assert score(bought((10, 1)), store, NOW)["next_order_at"] == due + 30 * DAY
    assert score(bought((20, 1), (10, 1)), store, NOW)["next_order_at"] == due + round((10 + 60) / 3 * DAY)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(100.0, 101.0, False, id="one per cent is nothing"),
        pytest.param(100.0, 101.1, True, id="more is something"),
        pytest.param(100.0, 98.9, True, id="downwards too"),
        pytest.param(0.0, 0.0, False, id="nothing stays nothing"),
        pytest.param(0.0, 0.001, True, id="from nothing to something"),
    ],
)
def test_a_number_moves_when_it_changes_by_more_than_one_per_cent(old: float, new: float, expected: bool) -> None:
    assert differs(old, new) is expected
    assert moved({"aov": old}, {"aov": new}) is expected


def test_a_statistic_that_comes_or_goes_moves() -> None:
    assert moved({}, {"aov": 1.0})
    assert moved({"aov": 1.0}, {})


def test_only_what_moved_makes_scores_worth_writing() -> None:
    old: dict[str, Json] = {
        "rfm": [1, 1, 1],
        "group": "lost",
        "churn_90d": 0.8,
        "basis": "bgnbd",
        "next_order_at": NOW,
        "at": NOW,
    }

    assert not changed(old, {**old, "churn_90d": 0.806, "at": NOW + DAY})
    assert changed(old, {**old, "churn_90d": 0.81})
    assert changed(old, {**old, "group": "new"})
    assert changed({}, old)
    assert changed(old, {**old, "next_order_at": NOW + DAY})
    later = {**old, "next_order_from": NOW, "next_order_to": NOW, "clv_12m": 1_000}
    assert changed(old, later)
    assert changed(later, {**later, "next_order_to": NOW + DAY})
    assert changed(later, {**later, "clv_12m": 1_011})
    assert not changed(later, {**later, "clv_12m": 1_010, "next_order_from": NOW + HOUR})
