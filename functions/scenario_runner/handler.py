"""Schedules and queue `plan`: make runs of scenarios that are due and of campaigns that were started."""

from typing import Any

from shopbell.app.delivery.plan import PlanCampaign
from shopbell.app.scenarios.run import RunScenario
from shopbell.app.work import read_plan
from shopbell.runtime import schedules, wiring
from shopbell.runtime.observability import reporting
from shopbell.runtime.queues import Consumer


def handler(
    event: dict[str, Any],
    context: Any,
    scenario: RunScenario | None = None,
    campaign: PlanCampaign | None = None,
    consume: Consumer | None = None,
) -> dict[str, Any]:
    with reporting(context) as report:
        if "scenario" in event:
            return schedules.run(event, scenario or wiring.run_scenario(), report)
        plan = campaign or wiring.plan_campaign()
        return dict((consume or wiring.consumer())(event, report, read_plan, lambda work, _: plan(work)))
