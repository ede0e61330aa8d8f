"""What is said of two groups, and when nothing is."""

import pytest
from shopbell.domain.lift import Group, Lift, lift_of

EUR = {"EUR": 500_000}


def group(people: int, buyers: int, opt_outs: int = 0, revenue: int = 0, squares: int = 0) -> Group:
    money = ({"EUR": revenue}, {"EUR": squares}) if revenue else ({}, {})
    return Group(people, buyers, buyers, opt_outs, *money)


@pytest.mark.parametrize(
    ("treated", "held_out", "why"),
    [
        pytest.param(group(0, 0), group(0, 0), "a group has 0 people, and it takes 100 in each", id="nobody"),
        pytest.param(
            group(900, 90), group(99, 50), "a group has 99 people, and it takes 100 in each", id="few people"
        ),
        pytest.param(group(900, 90), group(100, 9), "a group has 9 buyers, and it takes 10 in each", id="few buyers"),
        pytest.param(
            group(100, 95),
            group(100, 50),
            "a group has 5 people without buyers, and it takes 10 in each",
            id="all buy",
        ),
        pytest.param(
            group(10_000, 10), group(100, 20), "at their common rate one would have 0.3, and it takes 5", id="rare"
        ),
        pytest.param(group(900, 90), group(100, 10), None, id="enough"),
    ],
)
def test_where_there_is_not_enough_it_is_said_and_no_number_is(
    treated: Group, held_out: Group, why: str | None
) -> None:
    found = Lift(10, held_out, treated).conversion
    assert (found.why, found.enough) == (why, why is None)
    assert (found.absolute is None) == (found.p_value is None) == (why is not None)


def test_effects_are_of_the_treated_less_the_held_out() -> None:
    lift = Lift(10, group(1_000, 50, 20, 100_000, 30_000_000), group(9_000, 900, 100, 2_700_000, 900_000_000))
    found = lift.conversion
    assert found.absolute == pytest.approx(0.05)
    assert found.relative == pytest.approx(1.0)
    assert found.interval is not None
    assert found.interval[0] < 0.05 < found.interval[1]
    assert found.p_value is not None
    assert found.p_value < 1e-6
    assert lift.opt_outs.absolute == pytest.approx(100 / 9_000 - 0.02)
    revenue = lift.revenue["EUR"]
    assert revenue.absolute == pytest.approx(200.0)
    assert revenue.relative == pytest.approx(2.0)
    assert revenue.relative_interval is not None
    assert revenue.needed_people is not None
    assert revenue.needed_people < 10_000


def test_groups_that_did_the_same_need_no_number_of_people() -> None:
    found = Lift(50, group(1_000, 100), group(1_000, 100)).conversion
    assert (found.absolute, found.needed_people, found.p_value) == (0, None, 1)


def test_the_percentage_of_now_is_told_of_else_the_one_with_most_people() -> None:
    cells = {
        "0|people|10:held_out": 5,
        "0|people|10:treated": 50,
        "0|buyers|10:treated": 7,
        "0|revenue:EUR|10:treated": 900,
        "0|squares:EUR|10:treated": 810_000,
        "0|people|20:treated": 3,
    }
    now, most = lift_of(cells, 20), lift_of(cells, 0)
    assert now is not None
    assert (now.percent, now.treated.people, now.held_out.people) == (20, 3, 0)
    assert most is not None
    assert most == Lift(10, Group(5), Group(50, 7, 0, 0, {"EUR": 900}, {"EUR": 810_000}))
    assert lift_of({}, 10) is None
