"""A report depends on what was told, not on the order in which it was, nor on when anybody turned out to be whom."""

import random
from itertools import permutations

import pytest
from shopbell.app.reporting.attribute import MOST_IDS
from shopbell.domain.clock import HOUR
from shopbell.domain.ids import VisitorId

from tests.unit.reporting.histories import drawn, recounted, reported, told
from tests.unit.reporting.people import NOON, Counting, order, receipt
from tests.unit.reporting.test_repeats import CUSTOMER, identified

PHONE, LAPTOP = VisitorId("phone"), VisitorId("laptop")
LATER = NOON + 2 * HOUR
STEPS = ("the phone is the customer", "the laptop is the customer", "the browser says 900", "the server says 1000")


@pytest.mark.parametrize("turns", list(permutations(STEPS)), ids=" · ".join)
def test_the_server_says_what_an_order_was_whenever_the_browser_is_known(turns: tuple[str, ...]) -> None:
    counting = Counting()
    counting.tell(receipt(PHONE, NOON), receipt(LAPTOP, NOON + HOUR, run="r2"))
    for step in turns:
        if step == STEPS[0]:
            identified(counting, PHONE)
        elif step == STEPS[1]:
            identified(counting, LAPTOP)
        elif step == STEPS[2]:
            counting.tell(order(LAPTOP, LATER, total=900, trusted=False))
        else:
            counting.tell(order(PHONE, LATER + 5, total=1_000))
    assert counting.measured("orders", "revenue:EUR") == (1, 1_000)


def test_who_joins_a_customer_of_many_browsers_is_taken_along() -> None:
    counting = Counting()
    for number in range(MOST_IDS + 10):
        identified(counting, VisitorId(f"browser-{number}"))
    counting.tell(receipt(PHONE, NOON), order(PHONE, LATER, total=900, trusted=False))
    identified(counting, PHONE)
    counting.tell(order(CUSTOMER, LATER + 5, total=1_000), order(PHONE, LATER, "o2", 50))
    assert counting.measured("orders", "revenue:EUR") == (2, 1_050)


def test_what_any_of_many_browsers_said_of_an_order_counts_once_its_holder_is_known() -> None:
    counting, browsers = Counting(), [VisitorId(f"browser-{number}") for number in range(MOST_IDS + 10)]
    counting.tell(*(receipt(one, NOON, run=one) for one in (PHONE, browsers[0])))
    for one in browsers:
        identified(counting, one)
    counting.tell(order(PHONE, LATER, total=900, trusted=False))
    counting.tell(order(browsers[-1], LATER + 5, total=1_000))
    identified(counting, PHONE)
    assert counting.measured("orders", "revenue:EUR") == (1, 1_000)


def _check(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - no secret
    history = drawn(draw)
    assert reported(told(history, draw)) == recounted(history), f"seed {seed}"


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_whatever_is_told_in_whatever_order_comes_to_what_is_counted_anew(start: int) -> None:
    for seed in range(start, start + 50):
        _check(seed)


@pytest.mark.long
@pytest.mark.parametrize("start", range(1_000, 7_000, 500))
def test_so_do_many_more_histories(start: int) -> None:
    for seed in range(start, start + 500):
        _check(seed)
