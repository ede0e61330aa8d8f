"""Which variant wins: the better one, beyond chance and on enough data, and never one that drives people away."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from shopbell.app.management.campaigns.weighing import arms_of
from shopbell.domain.clock import HOUR
from shopbell.domain.content import Content, Variant
from shopbell.domain.gates.holdout import held_out
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.reports import added_up
from shopbell.domain.variants import choice
from shopbell.domain.winner import Arm, Metric, Phase, WinnerTest
from shopbell.domain.winning import decided

CLICKS, ORDERS, REVENUE = (WinnerTest(metric, 20, 24 * HOUR) for metric in ("clicks", "orders", "revenue"))
A, B, C = Arm("a", 1_000, clicks=50), Arm("b", 1_000, clicks=90), Arm("c", 1_000, clicks=52)
STORE = StoreId("store00001")


@pytest.mark.parametrize(
    ("arms", "reason", "winner", "found"),
    [
        pytest.param([A, B], "won", "b", 140, id="two"),
        pytest.param([A, B, C], "won", "b", 192, id="better than each of the others"),
        pytest.param([replace(A, clicks=88), B, C], "no_difference", None, 230, id="as good as one of them"),
        pytest.param([replace(A, clicks=8), replace(B, clicks=29)], "not_enough_data", None, 37, id="too few clicks"),
        pytest.param([replace(A, clicks=30), replace(B, clicks=69)], "not_enough_data", None, 99, id="one too few"),
        pytest.param([replace(A, clicks=30), replace(B, clicks=70)], "won", "b", 100, id="just enough"),
        pytest.param([A, replace(B, clicks=50)], "no_difference", None, 100, id="the same"),
        pytest.param([A, replace(B, recipients=12, clicks=6), C], "no_difference", None, 108, id="hardly tried"),
        pytest.param([A, replace(B, recipients=0, clicks=0), C], "no_difference", None, 102, id="never sent"),
        pytest.param([replace(A, clicks=2_000), B], "won", "a", 1_090, id="more receipts than were accepted"),
        pytest.param([A, replace(B, left=12)], "opt_outs", None, 140, id="the best drives people away"),
        pytest.param([replace(A, left=12), B], "won", "b", 140, id="another does"),
        pytest.param([replace(A, left=3), replace(B, left=4)], "won", "b", 140, id="a few leave after any"),
    ],
)
def test_the_better_one_wins_if_it_is_surely_better(
    arms: Sequence[Arm], reason: str, winner: str | None, found: int
) -> None:
    made = decided(CLICKS, arms, 7)
    assert (made.reason, made.winner, made.found, made.at) == (reason, winner, found, 7)
    assert made.sends == ((winner,) if winner else tuple(arm.variant for arm in arms))
    assert decided(CLICKS, arms[::-1], 7).winner == winner


@pytest.mark.parametrize(
    ("otherwise", "arms", "sends"),
    [
        pytest.param("keep_split", [A, C], ("a", "c"), id="the split is kept"),
        pytest.param("stop", [A, C], (), id="nothing is sent"),
        pytest.param("best", [A, C], ("c",), id="the best so far"),
        pytest.param("best", [A, replace(C, clicks=50)], ("a", "c"), id="of two alike none is picked"),
        pytest.param("best", [A, replace(B, left=12)], ("a",), id="not the one that drives people away"),
        pytest.param("stop", [A, B], ("b",), id="a winner is sent"),
    ],
)
def test_without_a_winner_it_goes_on_as_was_said(otherwise: str, arms: Sequence[Arm], sends: tuple[str, ...]) -> None:
    test = WinnerTest("clicks", 20, HOUR, otherwise)  # type: ignore[arg-type]
    assert decided(test, arms, 0).sends == sends


def test_the_numbers_are_kept_by_which_it_was_decided() -> None:
    made = decided(CLICKS, [A, replace(B, left=2)], 0)
    first, second = made.variants
    assert (first.variant, first.recipients, first.successes, first.rate) == ("a", 1_000, 50, 0.05)
    assert (first.low, first.high) == pytest.approx((0.0381, 0.0653), abs=1e-4)
    assert first.p == second.p == pytest.approx(0.00046, abs=1e-4)
    assert (second.left, second.barred) == (2, False)


def test_orders_are_counted_by_who_bought_and_revenue_by_what_they_spent() -> None:
    few, many = Arm("few", 2_000, buyers=60, revenue=600_000), Arm("many", 2_000, buyers=110, revenue=605_000)
    assert decided(ORDERS, [few, many], 0).winner == "many"
    assert decided(CLICKS, [few, many], 0).reason == "not_enough_data"
    spent = [replace(one, squares=one.revenue**2 // one.buyers) for one in (few, many)]
    made = decided(REVENUE, spent, 0)
    assert (made.reason, made.found) == ("no_difference", 170)
    assert [one.rate for one in made.variants] == [300.0, 302.5]
    dear = replace(few, revenue=3_000_000, squares=3_000_000**2 // 60)
    assert decided(REVENUE, [dear, spent[1]], 0).winner == "few"
    assert decided(REVENUE, [replace(dear, buyers=30), replace(spent[1], buyers=69)], 0).reason == "not_enough_data"


def world(draw: Random, rates: Sequence[float], people: int) -> list[Arm]:
    arms = []
    for place, rate in enumerate(rates):
        spent = [draw.randrange(500, 5_000) for _ in range(people) if draw.random() < rate]
        arm = Arm(f"v{place}", people, len(spent), len(spent), sum(spent), sum(one * one for one in spent))
        arms.append(arm)
    return arms


@pytest.mark.parametrize("metric", ["clicks", "revenue"])
@pytest.mark.parametrize("variants", [2, 3, 5])
def test_of_variants_that_are_alike_one_wins_at_most_one_time_in_twenty(metric: Metric, variants: int) -> None:
    """400 worlds: 35 errors or more in them would come less than once in 1,000 times at 5 %."""
    draw, test = Random(variants), WinnerTest(metric, 20, HOUR)  # noqa: S311 - a simulation
    wins = sum(decided(test, world(draw, [0.2] * variants, 300), 0).winner is not None for _ in range(400))
    assert wins < 35


def test_a_better_one_wins_a_large_test_nearly_always() -> None:
    draw = Random(3)  # noqa: S311 - a simulation
    wins = Counter(decided(CLICKS, world(draw, [0.05, 0.05, 0.09], 3_000), 0).winner for _ in range(20))
    assert wins == {"v2": 20}


def test_everybody_is_in_one_part_whatever_their_variant_is_and_whoever_is_held_out() -> None:
    two = tuple(Variant(name, 1, Content(name, "x", "/")) for name in ("a", "b"))
    people = [VisitorId(f"v{number}") for number in range(8_000)]
    test, rest = Phase(25), Phase(25, rest=True)
    assert all(test.takes(STORE, "spring", who) != rest.takes(STORE, "spring", who) for who in people)
    tries = [who for who in people if test.takes(STORE, "spring", who)]
    assert len(tries) == pytest.approx(2_000, abs=150)
    first = sum(choice(two, (STORE, "spring", 0), who) == 0 for who in tries)
    assert first == pytest.approx(len(tries) / 2, abs=90)
    held = sum(held_out(STORE, who, "spring", 50) for who in tries)
    assert held == pytest.approx(len(tries) / 2, abs=90)
    again = sum(test.takes(STORE, "summer", who) for who in tries)
    assert again == pytest.approx(len(tries) / 4, abs=80), "another campaign is tried out on others"


@pytest.mark.parametrize(
    ("number", "percent", "tries"), [(100, 20, 20), (7, 50, 4), (1, 1, 1), (0, 40, 0), (10, 99, 10)]
)
def test_so_many_at_most_are_parted_without_losing_any(number: int, percent: int, tries: int) -> None:
    assert Phase(percent).of(number) == tries
    assert Phase(percent, rest=True).of(number) == number - tries


def test_the_clicks_that_decide_are_those_of_the_report_buttons_and_all() -> None:
    cells = Counter({"0|clicked|a": 9, "0|action:go|a": 4, "0|landed|a": 30, "0|clicked|b": 5})
    report = added_up({0: {"accepted@a": 20, "accepted@b": 20}}, [cells], ["a", "b"], 0, finished=True)
    arms = arms_of(["a", "b"], report.by_variant, "EUR")
    assert [arm.clicks for arm in arms] == [9, 5]
    assert [share.brought.receipts["clicked"] for share in report.by_variant.values()] == [9, 5]
