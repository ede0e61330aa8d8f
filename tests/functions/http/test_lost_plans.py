"""A campaign whose plan never came to its queue is sent all the same: by the same call again, or by nobody's."""

from collections.abc import Mapping
from typing import Final

import pytest
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.adapters.memory.runs import MemoryRunProgress
from shopbell.app.delivery.firing import FireCampaign
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.runs import Run, ShardProgress
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


def lost(office: Office, what: str, key: str, delivery: Mapping[str, object] | None = None) -> str:
    """A campaign that was sent or approved by a call that ended 503, since the queue took nothing."""
    for number in range(3):
        office.visit(f"v{number}", subscribed=True)
    name = office.campaign(delivery=delivery or {})
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


@pytest.mark.parametrize("looked", [False, True], ids=["unseen", "seen"])
@pytest.mark.parametrize("paused", [False, True], ids=["through", "given up"])
def test_its_last_instant_goes_whoever_looks_at_it_before_it_is_planned(
    office: Office, looked: bool, paused: bool
) -> None:
    """What is known of the instants before it says nothing of it."""
    office.visit("ann", subscribed=True)
    name = office.campaign(schedule={"cron": "0 18 * * ? *", "time_zone": "UTC"}, ends_at="2026-03-04T12:00:00Z")
    assert post(office, name, "schedule", MARKETER).status == 202
    if paused:
        office.manage("PATCH", "/v1/store", {"sending": "paused"})
    assert sweep(office, 6 * HOUR + MINUTE) == {"skipped_paused" if paused else "campaigns_started": 1}
    through(office)
    office.manage("PATCH", "/v1/store", {"sending": "on"})
    assert sweep(office, DAY) == {"campaigns_started": 1}
    if looked:
        assert office.manage("GET", f"/v1/campaigns/{name}").json["status"] == "sending"
    assert plan(office) == [{"runs_planned": 1}]
    assert [run.given_up for run in runs(office, name)] == [None, "skipped_paused" if paused else None]


def test_an_instant_that_was_given_up_keeps_nobody_from_sending_it_and_having_that_planned(office: Office) -> None:
    office.visit("ann", subscribed=True)
    name = office.campaign(schedule={"cron": "0 18 * * ? *", "time_zone": "UTC"})
    assert post(office, name, "schedule", MARKETER).status == 202
    office.manage("PATCH", "/v1/store", {"sending": "paused"})
    assert sweep(office, 6 * HOUR + MINUTE) == {"skipped_paused": 1}
    office.manage("PATCH", "/v1/store", {"sending": "on"})
    assert post(office, name, "unschedule", MARKETER).status == 202
    assert office.manage("PATCH", f"/v1/campaigns/{name}", {"schedule": None}).status == 200
    plan_over(office, Down())
    assert post(office, name, "send", MARKETER).status == 503
    plan_over(office, MemoryQueue())
    assert office.manage("GET", f"/v1/campaigns/{name}").json["status"] == "sending"
    assert post(office, name, "send", MARKETER).status == 202
    assert plan(office) == [{"runs_planned": 1}]
    assert [run.given_up for run in runs(office, name)] == [None, "skipped_paused"]


def through(office: Office) -> None:
    """What is on the queue is planned, and nobody is in it."""
    for outcome in plan(office):
        assert outcome == {"runs_planned": 1}
    for run in office.world.runs.values():
        if run.given_up is None:
            for number in range(run.shards):
                row = ShardProgress(number, planned=0, cursor=None, done=True)
                MemoryRunProgress(office.world).save_shard(OURS, run.id, row)


def test_what_could_reach_nobody_any_more_was_missed(office: Office) -> None:
    """Its messages would be expired: planned so late it would be `sent`, to nobody."""
    name = lost(office, "send", MARKETER, {"ttl": "PT1H"})
    assert sweep(office, 2 * HOUR) == {"missed": 1}
    assert [run.given_up for run in runs(office, name)] == ["missed"]
    assert office.manage("GET", f"/v1/campaigns/{name}").json["status"] == "cancelled"


def test_later_it_is_planned_once_an_hour_and_after_thirteen_days_it_was_missed(office: Office) -> None:
    name = lost(office, "send", MARKETER, {"ttl": "P28D"})
    found = [sweep(office) for _ in range(12)]
    assert found.count(AGAIN) == 3 + 3
    assert found.count({"run_waited_for": 1}) == 6
    assert sweep(office, 13 * DAY) == {"missed": 1}
    assert [run.given_up for run in runs(office, name)] == ["missed"]
    assert sweep(office) == {"campaigns_seen_planned": 1}
