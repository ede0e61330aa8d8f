"""No setting leaves a scenario without a run in which its messages may go."""

from typing import Final

import pytest
from shopbell.domain.clock import MINUTE
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import SCENARIOS, SCHEDULED

FIVE: Final = 5 * MINUTE


def plan(name: str, **parameters: Json) -> Plan:
    return SCENARIOS[name].plan(ScenarioSettings(StoreId("store1"), name, enabled=True, parameters=parameters))


def refused(name: str, **parameters: Json) -> list[Problem]:
    with pytest.raises(Rejected) as found:
        plan(name, **parameters)
    return list(found.value.problems)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def test_from_send_at_to_latest_a_birthday_always_has_a_run() -> None:
    assert SCENARIOS["birthday"].every == FIVE
    for minute in range(23 * 60 + 51):
        send = plan("birthday", send_at=clock(minute), latest=clock(minute + 5)).send_time
        assert send.latest is not None
        assert -(-send.minute * MINUTE // FIVE) * FIVE < send.latest * MINUTE


def test_a_birthday_that_no_run_would_send_is_refused() -> None:
    assert refused("birthday", send_at="20:56") == [
        Problem("parameters.latest", "must be at least 5 minutes later than send_at")
    ]
    assert refused("birthday", send_at="23:51", latest="23:59") == [
        Problem("parameters.send_at", "must be 23:50 at the latest: it goes on the day or not at all")
    ]


@pytest.mark.parametrize("name", SCHEDULED)
def test_what_waits_for_a_run_is_relevant_until_it_was_carried_out(name: str) -> None:
    low = 10 if SCENARIOS[name].every == FIVE else 20
    assert plan(name, ttl_of_relevance=f"PT{low}M").steps[0].relevance == low * MINUTE
    assert refused(name, ttl_of_relevance=f"PT{low - 1}M") == [
        Problem("parameters.ttl_of_relevance", f"must be from PT{low}M to P14D")
    ]


def test_a_series_of_which_nothing_would_be_sent_is_refused() -> None:
    assert len(plan("nice_to_meet_you", max_age="P1D", steps=["PT23H", "P2D"]).steps) == 2
    (problem,) = refused("nice_to_meet_you", max_age="P1D", steps=["P1D", "P2D"])
    assert problem.path == "parameters.steps"
