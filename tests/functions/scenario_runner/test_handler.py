"""The function `scenario_runner`: schedules of scenarios, and the queue of campaigns that were started."""

from typing import Any

import pytest
from shopbell.app.scenarios.enable import ScenarioChange
from shopbell.app.work import PlanWork, plan_message, read_due
from shopbell.domain.campaigns import Campaign, CampaignAudience
from shopbell.domain.clock import DAY, MINUTE, format_instant
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import CampaignId, SegmentId
from shopbell.domain.runs import DeliveryOptions
from shopbell.runtime.schedules import UnfilledTimeError

from functions.scenario_runner.handler import handler
from tests.functions.lambda_events import Deferred, consumer, context, counted, sqs_event
from tests.unit.app.shop import HELLO, NOON, STORE, Shop


def fired(name: str, at: str = "2026-03-02T12:05:00Z") -> dict[str, Any]:
    return {"scenario": name, "scheduled_time": at}


def with_candidate() -> Shop:
    shop = Shop()
    shop.enable(STORE, "we_missed_you", ScenarioChange(enabled=True, parameters={"send_time": "immediate"}))
    shop.drain_builds()
    shop.subscribe("ann")
    shop.visit("ann", NOON - 30 * DAY + MINUTE)
    shop.clock.now = NOON + MINUTE
    for message in shop.due.take():
        shop.evaluate.wake(read_due(message.body))
    return shop


def test_a_firing_makes_a_run_of_the_scheduled_time(capsys: pytest.CaptureFixture[str]) -> None:
    shop = with_candidate()
    assert handler(fired("we_missed_you"), context(), shop.run_scenario) == {"runs_planned": 1}
    (run,) = shop.world.runs.values()
    assert format_instant(run.scheduled_at) == "2026-03-02T12:05:00Z"
    assert counted(capsys.readouterr().out) == {"runs_planned": 1, "invocations": 1}


def test_a_placeholder_for_a_time_is_refused_before_anything_is_made() -> None:
    shop = with_candidate()
    with pytest.raises(UnfilledTimeError):
        handler(fired("we_missed_you", "<aws.scheduler.scheduled-time>"), context(), shop.run_scenario)
    assert shop.world.runs == {}


def test_an_unknown_scenario_is_refused() -> None:
    with pytest.raises(Rejected):
        handler(fired("nonsense"), context(), Shop().run_scenario)


def campaign(shop: Shop, *include: str) -> None:
    made = Campaign(
        STORE,
        CampaignId("spring"),
        "Spring",
        "sending",
        CampaignAudience(include=tuple(SegmentId(name) for name in include)),
        HELLO,
        DeliveryOptions(),
        NOON,
        NOON,
    )
    shop.campaigns.save(made, expected=None)


def test_a_started_campaign_becomes_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    campaign(shop)
    event = sqs_event([plan_message(PlanWork(STORE, CampaignId("spring"), NOON))])
    answer = handler(event, context(), campaign=shop.plan, consume=consumer(shop))
    assert answer == {"batchItemFailures": []}
    assert len(shop.world.runs) == len(shop.audience_queue.messages) == 1
    assert counted(capsys.readouterr().out)["runs_planned"] == 1


def test_a_campaign_whose_audience_is_building_is_given_back(capsys: pytest.CaptureFixture[str]) -> None:
    shop, deferred = Shop(), Deferred()
    shop.segment("visited", {"event": "page_view"}, state="building")
    campaign(shop, "visited")
    event = sqs_event([plan_message(PlanWork(STORE, CampaignId("spring"), NOON))])
    answer = handler(event, context(), campaign=shop.plan, consume=consumer(shop, deferred))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert deferred.seconds == {"r0": 10}
    assert counted(capsys.readouterr().out)["later_audience_building"] == 1
