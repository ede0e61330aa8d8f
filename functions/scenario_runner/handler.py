"""Schedules, queue `plan`, the catalogue's stream: make runs, tell of those that are through, note new products."""

from collections.abc import Mapping
from typing import Any

from shopbell.app.catalogue.news import NoteNews
from shopbell.app.delivery.firing import FireCampaign
from shopbell.app.delivery.plan import PlanCampaign
from shopbell.app.ends import End
from shopbell.app.scenarios.run import RunScenario
from shopbell.app.watchwork import WatchWork, is_watch, read_watch
from shopbell.app.webhooks.finishing import TellFinished
from shopbell.app.work import PlanWork, read_plan
from shopbell.domain.events import Json
from shopbell.runtime import schedules, streams, wiring
from shopbell.runtime.firing import fire_campaign, tell_finished
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
    finish: TellFinished | None = None,
) -> dict[str, Any]:
    with reporting(context) as report:
        if streams.is_stream(event):
            return dict(streams.news(event, news or note_news(), report))
        if "scenario" in event:
            return schedules.run(event, scenario or wiring.run_scenario(), report)
        if "campaign" in event:
            return schedules.fire(event, fire or fire_campaign(), report)

        def done(work: PlanWork | WatchWork) -> End:
            if isinstance(work, WatchWork):
                return (finish or tell_finished())(work)
            return (campaign or wiring.plan_campaign())(work)

        return dict((consume or wiring.consumer())(event, report, _read, lambda work, _: done(work)))


def _read(body: Mapping[str, Json]) -> PlanWork | WatchWork:
    return read_watch(body) if is_watch(body) else read_plan(body)
