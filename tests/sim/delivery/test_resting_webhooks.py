"""A receiver that is down or slow costs who waits for it a bounded number of receipts, and others nothing."""

from typing import Final

import pytest
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND

from tests.sim.delivery.hooks import HookDay
from tests.unit.app.shop import NOON

MOST_HANDED: Final = 130
"""Receipts of one notice in its day, each as a message of its own: 115 to 119 were seen."""


def day_of_one_that_is_down(waiting: int, *, at_once: bool) -> HookDay:
    """Beside one that is well and is told of something each minute."""
    day = HookDay(NOON, {"down": (0, 10 * SECOND)}, ("wh_down", "wh_well"))
    for number in range(waiting):
        day.tell("wh_down", NOON if at_once else NOON + number * DAY // waiting, number)
    for number in range(2 * DAY // MINUTE):
        day.tell("wh_well", NOON + number * MINUTE, number)
    day.run()
    return day


@pytest.mark.parametrize(
    ("waiting", "at_once"),
    [
        (300, True),
        (300, False),
        pytest.param(10_000, True, marks=pytest.mark.long),
        pytest.param(10_000, False, marks=pytest.mark.long),
    ],
)
def test_what_waits_for_one_that_is_down_is_given_up_after_a_day_and_holds_up_nobody(
    waiting: int, at_once: bool
) -> None:
    day = day_of_one_that_is_down(waiting, at_once=at_once)
    assert day.queue.dead == []
    assert day.counts["wh_down"]["webhook_given_up"] == waiting
    assert day.counts["wh_down"]["webhook_delivered"] == 0
    assert day.counts["wh_well"]["webhook_delivered"] == 2 * DAY // MINUTE
    assert max(day.handed.values()) <= MOST_HANDED
    assert day.queue.most_receives == 1
    assert day.late["wh_well"] < MINUTE


def test_a_slow_one_is_told_of_what_it_has_the_time_for_and_the_rest_is_given_up_and_not_lost() -> None:
    """It takes eight seconds and rests for eight: thousands that wait would be received thousands of times."""
    waiting = 2_000
    day = HookDay(NOON, {"slow": (200, 8 * SECOND)}, ("wh_slow", "wh_well"))
    for number in range(waiting):
        day.tell("wh_slow", NOON, number)
    for number in range(6 * HOUR // MINUTE):
        day.tell("wh_well", NOON + number * MINUTE, number)
    day.run()
    went = day.counts["wh_slow"]
    assert went["webhook_delivered"] + went["webhook_given_up"] == waiting
    assert max(day.handed.values()) <= MOST_HANDED
    assert day.late["wh_well"] < MINUTE
