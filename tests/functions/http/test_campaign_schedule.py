"""Campaigns that go by themselves: scheduled, held, put back, ended, and what stands in the way."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.runs import MemoryRuns
from shopbell.adapters.memory.schedules import MemoryOwnSchedules
from shopbell.app.delivery.plan import run_of_campaign
from shopbell.domain.clock import DAY, MINUTE, SECOND, parse_instant
from shopbell.domain.ids import CampaignId
from shopbell.domain.scenarios.ownschedule import OwnSchedule, named_for

from tests.functions.http.office import BUYERS, Office
from tests.functions.http.world import NOON, OURS, Answered

THURSDAY = "2026-03-05T17:00:00Z"
WEEKLY: dict[str, Any] = {"cron": "0 18 ? * THU *", "time_zone": "Europe/Berlin"}


def own(office: Office, name: str) -> tuple[str, str] | None:
    """The schedule that the campaign has in EventBridge's group."""
    found = MemoryOwnSchedules(office.world).get(OURS, named_for(CampaignId(name)))
    return None if found is None else (found.expression, found.zone)


def scheduled(office: Office, body: Any = None, **campaign: Any) -> str:
    name = office.campaign(**campaign)
    answer = call(office, name, "schedule", body or {"at": THURSDAY})
    assert answer.status == 202, answer.text
    return name


def call(office: Office, name: str, what: str, body: Any = None, **headers: str) -> Answered:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return office.manage("POST", f"/v1/campaigns/{name}/{what}", body, headers=given)


def status(office: Office, name: str) -> str:
    return str(office.manage("GET", f"/v1/campaigns/{name}").json["status"])


@pytest.mark.parametrize(
    ("body", "expected", "next_run_at"),
    [
        pytest.param({"at": THURSDAY}, ("at(2026-03-05T17:00:00)", "UTC"), THURSDAY, id="once"),
        pytest.param(WEEKLY, ("cron(0 18 ? * THU *)", "Europe/Berlin"), THURSDAY, id="in a zone"),
        pytest.param(
            {"cron": "0 18 ? * THU *"},
            ("cron(0 18 ? * THU *)", "America/New_York"),
            "2026-03-05T23:00:00Z",
            id="ours",
        ),
        pytest.param(
            {"cron": "0 18 ? * THU *", "visitor_local": True},
            ("cron(0 18 ? * THU *)", "Pacific/Kiritimati"),
            "2026-03-05T04:00:00Z",
            id="by the visitors' clocks: by the first of them",
        ),
        pytest.param(
            {"at": THURSDAY, "visitor_local": True, "time_zone": "Europe/Berlin"},
            ("at(2026-03-05T04:00:00)", "UTC"),
            "2026-03-05T04:00:00Z",
            id="one time of everybody's day",
        ),
    ],
)
def test_a_draft_is_scheduled_with_a_schedule_of_its_own(
    office: Office, body: dict[str, Any], expected: tuple[str, str], next_run_at: str
) -> None:
    office.manage("PATCH", "/v1/store", {"time_zone": "America/New_York"})
    name = office.campaign()
    answer = call(office, name, "schedule", body)
    assert (answer.status, answer.json["status"]) == (202, "scheduled")
    assert (own(office, name), answer.json["next_run_at"]) == (expected, next_run_at)
    zone = body.get("time_zone", "America/New_York")
    usual = {"at": None, "cron": None, "visitor_local": False, "best_hour": False}
    assert answer.json["schedule"] == {**usual, **body, "time_zone": zone}
    assert office.plan.take() == [], "nothing is sent yet"


def test_without_a_body_the_drafts_own_schedule_counts(office: Office) -> None:
    name = office.campaign(schedule=WEEKLY)
    assert call(office, name, "send").status == 409, "what has a schedule is not sent by accident"
    assert call(office, name, "schedule").json["next_run_at"] == THURSDAY
    bare = call(office, office.campaign(), "schedule")
    assert (bare.status, [path for path, _ in bare.faults]) == (422, ["schedule"])


def test_an_instant_too_near_for_a_schedule_to_stand_in_time_is_caught_up_within_a_minute(office: Office) -> None:
    office.clock.now = parse_instant(THURSDAY)[0] - 40 * SECOND
    assert own(office, scheduled(office)) == ("at(2026-03-05T17:00:20)", "UTC")


@pytest.mark.parametrize(
    ("campaign", "body", "path"),
    [
        pytest.param({}, {"at": "2026-03-02T11:00:00Z"}, "at", id="over"),
        pytest.param({"schedule": {"at": "2026-03-02T11:00:00Z"}}, None, "schedule.at", id="the draft's is over"),
        pytest.param({}, {"cron": "0 18 ? * THU 2025"}, "cron", id="never comes any more"),
        pytest.param({}, {"at": THURSDAY, "cron": "0 18 ? * THU *"}, "", id="both"),
        pytest.param({}, {"visitor_local": True}, "", id="no time"),
        pytest.param({}, {**WEEKLY, "ends_at": THURSDAY}, "ends_at", id="ends before it begins"),
        pytest.param({"ends_at": THURSDAY}, {"at": THURSDAY}, "ends_at", id="ends as it begins"),
        pytest.param({"delivery": {"ttl": "PT1H", "per_minute": 1}}, {"at": THURSDAY}, "delivery.ttl", id="ttl"),
    ],
)
def test_what_could_not_be_sent_is_refused_by_its_path(
    office: Office, campaign: dict[str, Any], body: Any, path: str
) -> None:
    for number in range(100):
        office.visit(f"v{number}", subscribed=True)
    name = office.campaign(**campaign)
    answer = call(office, name, "schedule", body)
    assert (answer.status, [fault[0] for fault in answer.faults]) == (422, [path])
    assert (status(office, name), own(office, name)) == ("draft", None)


def test_a_recurrence_that_ends_takes_its_schedule_with_it(office: Office) -> None:
    name = scheduled(office, {**WEEKLY, "ends_at": "2026-04-01T00:00:00Z"})
    found = MemoryOwnSchedules(office.world).get(OURS, named_for(CampaignId(name)))
    end = parse_instant("2026-04-01T00:00:00Z")[0]
    assert found == OwnSchedule(OURS, named_for(CampaignId(name)), "cron(0 18 ? * THU *)", "Europe/Berlin", end)


def test_held_it_has_no_schedule_and_goes_on_from_when_it_is_let(office: Office) -> None:
    name = scheduled(office, WEEKLY)
    for _ in range(2):
        assert call(office, name, "pause").json["status"] == "paused"
        assert own(office, name) is None
    office.clock.now += 4 * DAY
    for _ in range(2):
        assert call(office, name, "resume").json["next_run_at"] == "2026-03-12T17:00:00Z"
        assert own(office, name) == ("cron(0 18 ? * THU *)", "Europe/Berlin")
    assert office.world.campaigns[OURS, CampaignId(name)].since == NOON + 4 * DAY


def test_one_time_that_passed_while_it_was_held_is_not_made_up_for(office: Office) -> None:
    name = scheduled(office)
    call(office, name, "pause")
    office.clock.now += 4 * DAY
    assert call(office, name, "resume").status == 409
    assert call(office, name, "unschedule").json["status"] == "draft"
    assert call(office, name, "schedule", {"at": "2026-03-12T17:00:00Z"}).json["status"] == "scheduled"


def test_a_recurrence_that_ended_while_it_was_held_goes_on_with_what_it_had_begun_alone(office: Office) -> None:
    never, begun = (scheduled(office, {**WEEKLY, "ends_at": "2026-03-07T00:00:00Z"}) for _ in range(2))
    campaign, at = office.world.campaigns[OURS, CampaignId(begun)], parse_instant(THURSDAY)[0]
    assert MemoryRuns(office.world).create(run_of_campaign(campaign, 1, at, at))
    for name in (never, begun):
        assert call(office, name, "pause").status == 202
    office.clock.now += 6 * DAY
    assert [call(office, name, "resume").status for name in (never, begun)] == [409, 202]
    assert status(office, begun) == "sent", "its run is long over"
    assert own(office, begun) is None


def test_given_up_it_never_goes(office: Office) -> None:
    name = scheduled(office, audience={"rule": BUYERS})
    assert call(office, name, "cancel").json["status"] == "cancelled"
    assert own(office, name) is None
    assert office.manage("GET", f"/v1/segments/campaign-{name}-2").json["state"] == "archived"
    assert [call(office, name, what).status for what in ("resume", "pause", "unschedule", "schedule")] == [409] * 4


def test_what_has_not_begun_becomes_a_draft_that_can_be_changed(office: Office) -> None:
    office.visit("ann")
    name = scheduled(office, audience={"rule": BUYERS})
    assert office.manage("PATCH", f"/v1/campaigns/{name}", {"name": "Better"}).status == 409
    for _ in range(2):
        assert call(office, name, "unschedule").json["status"] == "draft"
        assert own(office, name) is None
    assert office.manage("PATCH", f"/v1/campaigns/{name}", {"name": "Better"}).status == 200
    assert call(office, name, "schedule").json["status"] == "scheduled", "the schedule stays the draft's"
    assert office.manage("GET", f"/v1/segments/campaign-{name}-5").json["state"] == "building"
    assert office.manage("DELETE", f"/v1/campaigns/{name}").status == 409


def test_what_has_been_sent_once_is_no_draft_again(office: Office) -> None:
    name = scheduled(office, WEEKLY)
    campaign = office.world.campaigns[OURS, CampaignId(name)]
    at = parse_instant(THURSDAY)[0]
    assert MemoryRuns(office.world).create(run_of_campaign(campaign, 1, at, at))
    office.clock.now = at
    assert status(office, name) == "sending", "while its run is"
    assert office.manage("GET", f"/v1/campaigns/{name}/progress").json["state"] == "sending"
    answer = call(office, name, "unschedule")
    assert (answer.status, "duplicate" in answer.json["detail"]) == (409, True)
    assert call(office, name, "pause").json["status"] == "paused"
    (run,) = MemoryRuns(office.world).of_source(OURS, "campaign", name)
    assert run.state == "paused"
    office.clock.now += MINUTE
    assert call(office, name, "resume").status == 202
    (run,) = MemoryRuns(office.world).of_source(OURS, "campaign", name)
    assert (run.state, run.shift) == ("sending", MINUTE)


def test_its_segments_are_in_use_until_it_is_over(office: Office) -> None:
    segment = office.active()
    name = scheduled(office, audience={"include": [segment]})
    for what in ("pause", "resume"):
        refused = office.manage("DELETE", f"/v1/segments/{segment}")
        assert (refused.status, "Sale" in refused.text) == (409, True)
        call(office, name, what)
    office.manage("POST", f"/v1/segments/{segment}/pause")
    assert office.manage("DELETE", f"/v1/segments/{segment}").status == 409
    call(office, name, "cancel")
    assert office.manage("DELETE", f"/v1/segments/{segment}").status == 204


def test_a_retried_click_schedules_once_and_another_body_is_told(office: Office) -> None:
    name = office.campaign()
    first = call(office, name, "schedule", {"at": THURSDAY}, idempotency_key="k")
    again = call(office, name, "schedule", {"at": THURSDAY}, idempotency_key="k")
    other = call(office, name, "schedule", {"at": "2026-03-06T17:00:00Z"}, idempotency_key="k")
    assert (first.status, again.status, other.status) == (202, 202, 409)
    assert first.json == again.json
    assert call(office, name, "send", idempotency_key="k").status == 409, "nor is it a key for something else"


def test_a_missed_time_is_told_in_its_progress(office: Office) -> None:
    name = scheduled(office)
    campaign = office.world.campaigns[OURS, CampaignId(name)]
    at = parse_instant(THURSDAY)[0]
    run = replace(run_of_campaign(campaign, 0, at, at), state="cancelled", given_up="missed")
    assert MemoryRuns(office.world).create(run)
    office.world.campaigns[OURS, CampaignId(name)] = replace(campaign, status="sending", sent_at=at)
    told = office.manage("GET", f"/v1/campaigns/{name}/progress").json
    assert told["given_up"] == [{"at": THURSDAY, "reason": "missed"}]
    assert status(office, name) == "cancelled", "it was not sent"
