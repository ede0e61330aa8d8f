"""What EventBridge Scheduler hands over: a scenario or campaign, whose it is, and for which time it fires."""

from collections.abc import Mapping
from typing import Any, Final

from shopbell.app.delivery.firing import FireCampaign
from shopbell.app.ends import Done
from shopbell.app.scenarios.run import RunScenario
from shopbell.domain.clock import Instant, parse_instant
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.runtime.observability import Report

ALL: Final = "*"
"""Names every campaign that is scheduled."""
LITERAL: Final = "<aws."
"""How an attribute begins that the scheduler was to fill in and did not."""


class UnfilledTimeError(ValueError):
    """A run named by a placeholder would be the only one for ever: every later firing would find it there."""


def scheduled_at(event: Mapping[str, Any]) -> Instant:
    """Raises UnfilledTimeError for a placeholder, ValueError for anything else that is no instant."""
    given = event.get("scheduled_time")
    if not isinstance(given, str):
        raise ValueError("the event holds no scheduled_time")  # noqa: TRY004 - of the event, not of code
    if LITERAL in given:
        raise UnfilledTimeError("scheduled_time was not filled in by the scheduler")
    return parse_instant(given)[0]


def run(event: Mapping[str, Any], scenario: RunScenario, report: Report) -> dict[str, Any]:
    name, at, only = str(event["scenario"]), scheduled_at(event), event.get("store")
    done = scenario(name, at, None if only is None else StoreId(str(only)))
    report.count(done.counts)
    report.say(
        "not available yet" if "not_available" in done.counts else "planned",
        scenario=name,
        at=at,
        outcomes=dict(done.counts),
    )
    return dict(done.counts)


def fire(event: Mapping[str, Any], campaigns: FireCampaign, report: Report) -> dict[str, Any]:
    name, at = str(event["campaign"]), scheduled_at(event)
    if name == ALL:
        done = campaigns.all(at)
    else:
        done = Done({campaigns.one(StoreId(str(event["store"])), CampaignId(name), at): 1})
    report.count(done.counts)
    report.say("fired", campaign=name, at=at, outcomes=dict(done.counts))
    return dict(done.counts)
