"""Of several messages that fall due at one instant the most important goes, and the others a minute later."""

from typing import Any

import pytest
from shopbell.domain.clock import HOUR, MINUTE, Instant
from shopbell.domain.scenarios.plan import Plan, Step

from tests.unit.scenarios.person import CART, HELLO, START, Person, event, plan

LOW, HIGH = "fly_mode:a", "fly_mode:b"


def low(**more: Any) -> Plan:
    return plan(CART, [HOUR], name=LOW, **{"priority": 20, **more})


def gone(*plans: Plan) -> list[tuple[str, Instant]]:
    """Which messages went, and how long after the event."""
    person, went = Person([*plans]), list[tuple[str, Instant]]()
    person.at(START)
    person.at(START, event("1", "cart_add", START))
    while (wake_at := person.profile.wake_at) is not None:
        went += [(name, wake_at - START) for name, _ in person.at(wake_at)]
    return went


@pytest.mark.parametrize(
    ("first", "second", "wait"),
    [
        pytest.param({}, {"priority": 90}, MINUTE, id="less important"),
        pytest.param({}, {"priority": 20}, 0, id="as important"),
        pytest.param({"message_class": "transactional"}, {"priority": 90}, 0, id="no advertisement"),
        pytest.param({"steps": (Step(HOUR, HELLO, relevance=MINUTE),)}, {"priority": 90}, 0, id="stale by then"),
    ],
)
def test_the_others_wait_a_minute_if_they_may(first: dict[str, Any], second: dict[str, Any], wait: Instant) -> None:
    high = plan(CART, [HOUR], name=HIGH, **second)
    assert sorted(gone(low(**first), high)) == [(LOW, HOUR + wait), (HIGH, HOUR)]


def test_each_rank_waits_for_the_one_above_it() -> None:
    plans = [plan(CART, [HOUR], name=f"fly_mode:{rank}", priority=rank) for rank in (10, 30, 20)]
    assert gone(*plans) == [
        ("fly_mode:30", HOUR),
        ("fly_mode:20", HOUR + MINUTE),
        ("fly_mode:10", HOUR + 2 * MINUTE),
    ]


def test_what_is_switched_off_by_then_holds_nobody_up() -> None:
    off = plan(CART, [HOUR], name=HIGH, priority=90)
    person = Person([low(), off])
    person.at(START)
    person.at(START, event("1", "cart_add", START))
    person.set(low())
    assert person.at(START + HOUR) == [(LOW, 0)]
