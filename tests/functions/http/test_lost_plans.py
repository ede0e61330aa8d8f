"""A campaign whose plan never came to its queue is sent all the same: by the same call again, or by nobody's."""

from typing import Final

import pytest
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.app.delivery.firing import FireCampaign
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.runs import Run
from shopbell.runtime.http.campaign_uses import reporting

from tests.functions.http.failing import Down, plan_over
from tests.functions.http.office import MARKETER, Office
from tests.functions.http.test_campaign_agreeing import plan, post
from tests.functions.http.world import MGMT, OURS

QUARTER: Final = 15 * MINUTE
AGAIN: Final = {"campaigns_planned_again": 1}
CALLS: Final = (("send", MARKETER), ("approve", MGMT))


def sweep(office: Office, after: int = QUARTER) -> dict[str, int]:
    """The schedule of all campaigns fires."""
    office.clock.now += after
    ports = office.ports()
    stored = ports.stores, ports.campaigns, ports.runs
    fire = FireCampaign(*stored, reporting(ports).sent, office.plan, lambda _: "not_decided", office.clock)
    return dict(fire.all(office.clock.now).counts)


def runs(office: Office, name: str) -> list[Run]:
    return [*office.ports().runs.of_source(OURS, "campaign", name)]


def lost(office: Office, what: str, key: str) -> str:
    """A campaign that was sent or approved by a call that ended 503, since the queue took nothing."""
    for number in range(3):
        office.visit(f"v{number}", subscribed=True)
    name = office.campaign()
    if what == "approve":
        office.manage("PATCH", "/v1/store", {"approve_over": 0, "approval": "second_person"})
        path = f"/v1/campaigns/{name}/send"
        assert office.manage("POST", path, {"expected_audience": 3}, key=MARKETER).json["status"] == "draft"
    plan_over(office, Down())
    assert post(office, name, what, key).status == 503
    plan_over(office, MemoryQueue())
    return name


@pytest.mark.parametrize(("what", "key"), CALLS, ids=["send", "approve"])
def test_the_same_call_again_has_it_planned(office: Office, what: str, key: str) -> None:
    name = lost(office, what, key)
    again = post(office, name, what, key)
    assert (again.status, again.json["status"]) == (202, "sending")
    assert post(office, name, what, key).status == 202, "an impatient click"
    assert plan(office) == [{"runs_planned": 1}, {"runs_planned_before": 1}]
    assert len(runs(office, name)) == 1


@pytest.mark.parametrize(("what", "key"), CALLS, ids=["send", "approve"])
def test_nobody_has_to_call_again(office: Office, what: str, key: str) -> None:
    name = lost(office, what, key)
    assert sweep(office, MINUTE) == {"not_decided": 1}, "it may be on its way"
    assert sweep(office) == AGAIN
    assert sweep(office) == AGAIN, "the message has not been worked at yet"
    assert plan(office) == [{"runs_planned": 1}, {"runs_planned_before": 1}]
    assert len(runs(office, name)) == 1
    before = office.manage("GET", f"/v1/campaigns/{name}")
    assert sweep(office) == {"campaigns_seen_planned": 1}
    assert sweep(office) == {"nothing_due": 1}, "nobody looks after it any more"
    after = office.manage("GET", f"/v1/campaigns/{name}")
    assert (after.json, after.headers["etag"]) == (before.json, before.headers["etag"])


def test_what_was_planned_at_once_is_not_planned_again(office: Office) -> None:
    office.visit("ann", subscribed=True)
    name = office.campaign()
    assert post(office, name, "send", MARKETER).status == 202
    assert plan(office) == [{"runs_planned": 1}]
    assert sweep(office) == {"campaigns_seen_planned": 1}
    assert post(office, name, "send", MARKETER).status == 409
    assert plan(office) == []


def test_a_pause_is_not_counted_and_what_goes_on_is_planned(office: Office) -> None:
    name = lost(office, "send", MARKETER)
    assert post(office, name, "pause", MARKETER).status == 202
    assert sweep(office, 20 * DAY) == {"nothing_due": 1}
    assert post(office, name, "resume", MARKETER).json["status"] == "sending"
    assert sweep(office) == AGAIN
    assert plan(office) == [{"runs_planned": 1}]


def test_an_instant_of_a_schedule_is_found_too(office: Office) -> None:
    office.visit("ann", subscribed=True)
    name = office.campaign(schedule={"at": "2026-03-05T17:00:00Z"})
    assert post(office, name, "schedule", MARKETER).status == 202
    assert sweep(office, 3 * DAY + 5 * HOUR) == {"campaigns_started": 1}
    office.plan.take()  # and given up by the queue
    assert sweep(office) == AGAIN
    assert plan(office) == [{"runs_planned": 1}]
    assert len(runs(office, name)) == 1


def test_later_it_is_planned_once_an_hour_and_after_thirteen_days_it_was_missed(office: Office) -> None:
    name = lost(office, "send", MARKETER)
    found = [sweep(office) for _ in range(12)]
    assert found.count(AGAIN) == 3 + 3
    assert found.count({"run_waited_for": 1}) == 6
    assert sweep(office, 13 * DAY) == {"missed": 1}
    assert [run.given_up for run in runs(office, name)] == ["missed"]
    assert sweep(office) == {"campaigns_seen_planned": 1}
