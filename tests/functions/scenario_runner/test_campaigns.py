"""Schedules of campaigns, as EventBridge Scheduler calls the function `scenario_runner`."""

from typing import Any

import pytest
from shopbell.app.work import PlanWork, plan_message
from shopbell.domain.campaigns import Schedule
from shopbell.domain.clock import format_instant
from shopbell.runtime.schedules import UnfilledTimeError

from functions.scenario_runner.handler import handler
from tests.functions.lambda_events import consumer, context, counted, sqs_event
from tests.unit.app.shop import STORE
from tests.unit.app.timed import NAME, Timed, at

THURSDAY = at("2026-03-05T17:00:00Z")


def fired(when: str = "2026-03-05T17:00:00Z") -> dict[str, Any]:
    """The input of a schedule as `adapters.schedules` writes it, with the nominal time that Scheduler fills in."""
    return {"campaign": NAME, "store": STORE, "scheduled_time": when}


def with_campaign(schedule: Schedule | None = None) -> Timed:
    shop = Timed()
    shop.people(ann="Europe/Berlin")
    shop.schedule(schedule or Schedule(at=THURSDAY))
    shop.clock.now = THURSDAY
    return shop


def test_a_firing_becomes_a_message_and_that_a_run_of_the_scheduled_time(capsys: pytest.CaptureFixture[str]) -> None:
    shop = with_campaign()
    assert handler(fired(), context(), fire=shop.firing) == {"campaigns_started": 1}
    (message,) = shop.planning.take()
    assert message.body == plan_message(PlanWork(STORE, NAME, THURSDAY)).body
    answer = handler(sqs_event([message]), context(), campaign=shop.plan, consume=consumer(shop))
    assert answer == {"batchItemFailures": []}
    (run,) = shop.mine()
    assert format_instant(run.scheduled_at) == "2026-03-05T17:00:00Z"
    told = counted(capsys.readouterr().out)
    assert (told["campaigns_started"], told["runs_planned"]) == (1, 1)


def test_the_schedule_of_all_makes_up_for_one_that_was_lost() -> None:
    shop = with_campaign(Schedule(cron="7 18 ? * THU *"))
    everyone = {"campaign": "*", "scheduled_time": "2026-03-05T17:15:00Z"}
    assert handler(everyone, context(), fire=shop.firing) == {"campaigns_started": 1}
    shop.planned()
    assert [format_instant(run.scheduled_at) for run in shop.mine()] == ["2026-03-05T17:07:00Z"]
    assert handler(everyone, context(), fire=shop.firing) == {"not_due": 1}
    assert handler(fired("2026-03-05T17:07:00.000Z"), context(), fire=shop.firing) == {"not_due": 1}


def test_a_placeholder_for_a_time_is_refused_before_anything_is_made() -> None:
    shop = with_campaign()
    with pytest.raises(UnfilledTimeError):
        handler(fired("<aws.scheduler.scheduled-time>"), context(), fire=shop.firing)
    assert shop.planning.take() == []
