"""Schedules, queue `plan` and the catalogue's stream: make runs that are due, and note products that changed."""

from typing import Any

from shopbell.app.catalogue.news import NoteNews
from shopbell.app.delivery.firing import FireCampaign
from shopbell.app.delivery.plan import PlanCampaign
from shopbell.app.scenarios.run import RunScenario
from shopbell.app.work import read_plan
from shopbell.runtime import schedules, streams, wiring
from shopbell.runtime.firing import fire_campaign
from shopbell.runtime.goods import note_news
from shopbell.runtime.observability import reporting
from shopbell.runtime.queues import Consumer


def handler(
    event: dict[str, Any],
    context: Any,
    scenario: RunScenario | None = None,
    campaign: PlanCampaign | None = None,
    consume: Consumer | None = None,
    news: NoteNews | None = None,
    fire: FireCampaign | None = None,
) -> dict[str, Any]:
    with reporting(context) as report:
        if streams.is_stream(event):
            return dict(streams.news(event, news or note_news(), report))
        if "scenario" in event:
            return schedules.run(event, scenario or wiring.run_scenario(), report)
        if "campaign" in event:
            return schedules.fire(event, fire or fire_campaign(), report)
        plan = campaign or wiring.plan_campaign()
        return dict((consume or wiring.consumer())(event, report, read_plan, lambda work, _: plan(work)))
