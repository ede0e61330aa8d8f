"""A breaker: when it opens, what tries whether it may close, and how soon after an outage it does."""

import pytest
from shopbell.domain.clock import HOUR, SECOND
from shopbell.domain.push.breaker import ENOUGH, LONGEST, OPEN_FOR, PROBE, WINDOW, Breaker


def opened(asked: int = 0) -> Breaker:
    breaker = Breaker()
    assert breaker.hear(0, ENOUGH, ENOUGH, asked) == "opened"
    return breaker


@pytest.mark.parametrize(
    ("rounds", "turn"),
    [
        pytest.param([(0, 199, 199)], None, id="too few to judge"),
        pytest.param([(0, 200, 99)], None, id="less than half"),
        pytest.param([(0, 200, 100)], "opened", id="half"),
        pytest.param([(0, 150, 150), (WINDOW, 150, 150)], None, id="not within one window"),
        pytest.param([(0, 150, 150), (WINDOW - 1, 50, 0)], "opened", id="within one window"),
        pytest.param([(0, 0, 0)], None, id="nothing was posted"),
    ],
)
def test_it_opens_when_half_of_enough_recent_answers_are_failures(
    rounds: list[tuple[int, int, int]], turn: str | None
) -> None:
    breaker = Breaker()
    assert [breaker.hear(*one) for one in rounds][-1] == turn
    assert (breaker.until is None) == (turn is None)


def test_while_it_is_open_nothing_goes_then_a_few_to_try() -> None:
    breaker = opened()
    assert (breaker.admits(OPEN_FOR - 1), breaker.wait(OPEN_FOR - SECOND)) == (0, SECOND)
    assert breaker.admits(OPEN_FOR) == PROBE


def test_one_good_try_closes_it_and_a_bad_one_keeps_it_open() -> None:
    breaker = opened()
    assert breaker.hear(OPEN_FOR, PROBE, PROBE) is None
    assert breaker.admits(OPEN_FOR + 1) == 0
    assert breaker.hear(2 * OPEN_FOR, PROBE, 1) == "closed"
    assert breaker.admits(2 * OPEN_FOR) is None


def test_a_service_that_names_its_time_is_left_alone_for_as_long_but_not_for_ever() -> None:
    assert opened(60 * SECOND).wait(0) == 60 * SECOND
    assert opened(11 * HOUR).wait(0) == LONGEST


def test_a_second_in_an_outage_costs_a_fiftieth_of_the_posts_at_most() -> None:
    """An hour down: after the first 200 failures five posts in 30 s are all that a worker spends."""
    breaker, posts = Breaker(), 0
    for now in range(0, HOUR, SECOND):
        number = breaker.admits(now)
        number = 50 if number is None else number
        posts += number
        breaker.hear(now, number, number)
    assert posts <= ENOUGH + HOUR // OPEN_FOR * PROBE
