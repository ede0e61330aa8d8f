"""Two who schedule, put back, pause or resume one campaign at once: its own schedule is there while it waits."""

from collections.abc import Callable
from itertools import product
from typing import Final

import pytest
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.ids import CampaignId
from shopbell.domain.scenarios.ownschedule import named_for

from tests.functions.http.interleaving import Act, interleaved
from tests.functions.http.office import MARKETER, Office
from tests.functions.http.test_campaign_agreeing import THURSDAY, fire, plan, post, scheduled, widened
from tests.functions.http.test_lost_plans import sweep
from tests.functions.http.world import MGMT, OURS

WEEKLY: Final = {"cron": "5 18 ? * THU *", "time_zone": "UTC"}
CALLS: Final = ("schedule", "unschedule", "pause", "resume", "cancel")
BEFORE: Final[dict[str, tuple[str, ...]]] = {"draft": (), "scheduled": ("schedule",), "paused": ("schedule", "pause")}


def only(office: Office) -> CampaignId:
    return next(name for _, name in office.world.campaigns)


def act(what: str) -> Act:
    return lambda office: post(office, only(office), what, MARKETER)


def standing(before: str) -> Callable[[], Office]:
    def prepared() -> Office:
        office = Office()
        office.visit("ann", subscribed=True)
        office.campaign(schedule=WEEKLY)
        assert all(act(what)(office).status == 202 for what in BEFORE[before])
        return office

    return prepared


@pytest.mark.parametrize(("before", "outer", "inner"), [*product(BEFORE, CALLS, CALLS)])
def test_whoever_comes_last_leaves_the_schedule_of_what_stands(before: str, outer: str, inner: str) -> None:
    for met in interleaved(standing(before), act(outer), act(inner)):
        name = only(met.office)
        waits = met.office.world.campaigns[OURS, name].status == "scheduled"
        known = (OURS, named_for(name)) in met.office.world.schedules
        assert known == waits, (met.at, met.outer.status, met.inner.status)


@pytest.mark.parametrize("paused", [False, True])
def test_what_was_given_up_has_not_been_sent(office: Office, *, paused: bool) -> None:
    """Nobody agreed to the first of its instants in time."""
    name, segment = scheduled(office, WEEKLY)
    widened(office, segment)
    first = THURSDAY + HOUR + 5 * MINUTE
    assert fire(office, name, first) == "campaigns_started"
    assert plan(office) == [{"approval_asked": 1}]
    assert sweep(office, 7 * HOUR) == {"not_approved": 1}
    if paused:
        assert post(office, name, "pause", MARKETER).status == 202
    back = post(office, name, "unschedule", MARKETER)
    assert (back.status, back.json["status"]) == (202, "draft")

    path = f"/v1/campaigns/{name}/schedule"
    assert office.manage("POST", path, {"expected_audience": 8}, key=MARKETER).status == 202
    assert post(office, name, "approve", MGMT).json["status"] == "scheduled"
    assert fire(office, name, first + 7 * DAY) == "campaigns_started"
    assert plan(office) == [{"runs_planned": 1}]
