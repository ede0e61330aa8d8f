"""The churn model: what it must reach on a public data set, and what holds for any buyer."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import hyp2f1
from shopbell.adapters.fitting import ScipyFitting
from shopbell.domain.scores.survival import Survival

from tests.unit.scores.cdnow import Cdnow, auc, cdnow

PUBLISHED = Survival(r=0.243, alpha=4.414 * 7, a=0.793, b=2.426)
"""Of the paper's table 2, fitted to a tenth of CDNOW by weeks; alpha here in days."""


@pytest.fixture(scope="module")
def data() -> Cdnow:
    return cdnow()


@pytest.fixture(scope="module")
def fitted(data: Cdnow) -> Survival:
    found = ScipyFitting().fit(data.buyers.values(), data.now)
    assert found is not None
    return found


def test_churn_on_cdnow_is_told_as_well_as_it_was_measured(data: Cdnow, fitted: Survival) -> None:
    rows = [
        (fitted.churn(one.repeats, one.span, one.age(data.now)), data.stayed_away[name], one.repeats > 0)
        for name, one in data.buyers.items()
    ]
    everyone = auc([(score, away) for score, away, _ in rows])
    repeat = auc([(score, away) for score, away, again in rows if again])
    print(f"AUC {everyone:.4f} of {len(rows)} buyers, {repeat:.4f} of those who came again")

    assert len(rows) == 23_570
    assert everyone == pytest.approx(0.830, abs=0.01)
    assert repeat == pytest.approx(0.765, abs=0.01)


def test_the_bands_of_the_score_hold_what_they_say(data: Cdnow, fitted: Survival) -> None:
    low: list[bool] = []
    middle: list[bool] = []
    high: list[bool] = []
    for name, one in data.buyers.items():
        churn = fitted.churn(one.repeats, one.span, one.age(data.now))
        (low if churn < 0.33 else middle if churn < 0.66 else high).append(data.stayed_away[name])

    shares = [sum(band) / len(band) for band in (low, middle, high)]
    assert shares == pytest.approx([0.26, 0.58, 0.92], abs=0.03)


def test_the_same_buyers_give_the_same_parameters_in_any_order(data: Cdnow) -> None:
    some = list(data.buyers.values())[:2_000]

    forth, back = (ScipyFitting().fit(rows, data.now) for rows in (some, some[::-1]))
    assert forth is not None
    assert back is not None
    assert (forth.r, forth.alpha, forth.a, forth.b) == pytest.approx((back.r, back.alpha, back.a, back.b), rel=0.01)


def test_nobody_has_no_model() -> None:
    assert ScipyFitting().fit([], 0) is None


@given(st.integers(0, 500), st.integers(0, 3_000), st.integers(0, 3_000))
def test_a_probability_stays_one_for_any_past(repeats: int, span: int, since: int) -> None:
    churn = PUBLISHED.churn(repeats, span if repeats else 0, (span if repeats else 0) + since)

    assert 0.0 <= churn <= 1.0
    assert math.isfinite(churn)


@given(st.integers(1, 50), st.integers(1, 1_000), st.integers(0, 1_000), st.integers(1, 500))
def test_who_stays_away_longer_is_never_more_alive(repeats: int, span: int, since: int, more: int) -> None:
    assert PUBLISHED.alive(repeats, span, span + since + more) <= PUBLISHED.alive(repeats, span, span + since)


def test_the_orders_to_expect_are_those_of_the_published_example() -> None:
    """Two repeat orders, the last at week 30.43 of 38.86: 1.226 in the next 39 (a note of the authors)."""
    assert PUBLISHED.orders(2, 213, 272, 273) == pytest.approx(1.226, abs=0.001)


_PARAMETER = st.floats(0.05, 5.0)


@given(_PARAMETER, st.floats(0.5, 200.0), _PARAMETER, _PARAMETER, st.integers(0, 60), st.integers(0, 900), st.data())
def test_the_orders_to_expect_are_those_of_the_paper_for_any_past(
    r: float, alpha: float, a: float, b: float, repeats: int, age: int, data: st.DataObject
) -> None:
    assume(abs(a - 1) > 0.001)
    assume(abs(a + b + repeats - 1) > 0.001)
    span = data.draw(st.integers(0, age)) if repeats else 0
    model, ahead = Survival(r, alpha, a, b), alpha + age + 365
    most = a + b + repeats - 1
    left = ((alpha + age) / ahead) ** (r + repeats) * hyp2f1(r + repeats, b + repeats, most, 365 / ahead)
    expected = most / (a - 1) * (1 - left) * model.alive(repeats, span, age)
    assume(math.isfinite(expected))  # the reference gives up close to its singularity

    assert model.orders(repeats, span, age, 365) == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_at_the_poles_of_its_formula_the_orders_are_those_beside_them() -> None:
    beside, at = (Survival(0.3, 20.0, a, 2.0).orders(3, 50, 90, 365) for a in (1.0001, 1.0))
    assert at == pytest.approx(beside, rel=1e-3)
    assert Survival(0.3, 20.0, 0.4, 0.6).orders(0, 0, 90, 365) > 0


def test_a_buyer_of_one_order_has_not_left_by_the_model() -> None:
    assert PUBLISHED.alive(0, 0, 400) == 1.0


@pytest.mark.parametrize("a", [300.0, 591.4446302319047, 2_000.0])
def test_a_store_whose_buyers_all_leave_alike_has_orders_to_expect_too(a: float) -> None:
    """The fit then finds huge parameters; nobody orders more often than who never leaves."""
    model = Survival(3.9, 48.0, a, 250 * a)
    staying = (model.r + 5) / (model.alpha + 30) * 365
    assert 0.5 * staying < model.orders(5, 20, 30, 365) < staying
