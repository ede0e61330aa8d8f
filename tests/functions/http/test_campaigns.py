"""Campaigns over HTTP: written, tried, sent once, stopped, and reported to the last message."""

from typing import Any

import pytest
from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.configuration import MemoryCampaigns
from shopbell.adapters.memory.runs import MemoryRunProgress, MemoryRuns
from shopbell.app.delivery.plan import Launch, PlanCampaign, run_of_campaign
from shopbell.app.work import read_plan
from shopbell.domain.attribution.cells import Cell
from shopbell.domain.clock import DAY, MINUTE
from shopbell.domain.ids import CampaignId, RunId
from shopbell.domain.outcomes import CODES
from shopbell.domain.runs import ChunkLedger, ShardProgress, Terms

from tests.functions.http.office import BUYERS, Office
from tests.functions.http.world import NOON, OURS

CONTENT = {"title": "Sale", "body": "Today only", "url": "/sale"}
GOOD: dict[str, Any] = {"name": "Sale", "content": CONTENT}
FULL: dict[str, Any] = {
    "name": "Sale",
    "content": {
        **CONTENT,
        "icon_url": "https://s.example/i.png",
        "image_url": None,
        "badge_url": None,
        "actions": [{"action": "go", "title": "Go", "url": "/go"}],
        "translations": {"de": {"title": "Ausverkauf"}},
    },
    "delivery": {
        "ttl": "PT2H",
        "urgency": "high",
        "topic": "sale",
        "per_minute": 600,
        "respect_quiet_hours": False,
        "respect_caps": True,
        "max_per_user": {"times": 2, "within": "P7D"},
    },
    "products": {"algorithm": "top_sellers", "count": 2, "filters": {"category": ["Boots"], "in_stock": True}},
    "schedule": {
        "at": None,
        "cron": "0 18 ? * THU *",
        "time_zone": "Europe/Berlin",
        "visitor_local": False,
        "best_hour": True,
    },
    "ends_at": "2026-12-24T00:00:00Z",
    "holdout_percent": 10,
}
"""All that a campaign can be given, but an audience."""


def test_a_campaign_is_a_draft_with_all_that_it_was_given(office: Office) -> None:
    segment = office.segment()
    body = {**FULL, "audience": {"include": [segment], "rule": BUYERS, "exclude": []}}
    answer = office.manage("POST", "/v1/campaigns", body)
    shown = answer.json
    assert answer.status == 201
    said = {**shown, "content": {name: shown["content"][name] for name in body["content"]}}
    assert {name: said[name] for name in body} == body
    assert (shown["status"], shown["sent_at"]) == ("draft", None)
    assert office.manage("GET", f"/v1/campaigns/{shown['id']}").json == shown
    assert len(office.manage("GET", "/v1/segments").json["items"]) == 1


def test_the_same_idempotency_key_makes_one_campaign(office: Office) -> None:
    key = {"idempotency-key": "k"}
    first = office.manage("POST", "/v1/campaigns", GOOD, headers=key)
    office.clock.now += DAY - 1
    again = office.manage("POST", "/v1/campaigns", GOOD, headers=key)
    other = office.manage("POST", "/v1/campaigns", {**GOOD, "name": "Other"}, headers=key)
    assert (first.status, again.status, other.status) == (201, 201, 409)
    assert first.json == again.json


def test_what_the_gates_are_told_of_a_campaign_changes_with_its_draft_and_reaches_its_run(office: Office) -> None:
    name = office.campaign()
    usual: dict[str, Any] = {
        "ttl": "P1D",
        "urgency": "normal",
        "topic": None,
        "respect_quiet_hours": True,
        "respect_caps": True,
    }
    usual |= {"per_minute": None, "max_per_user": None}
    assert office.manage("GET", f"/v1/campaigns/{name}").json["delivery"] == usual
    body = {"delivery": {"respect_caps": False}, "holdout_percent": 20, "recheck_at_send": False}
    shown = office.manage("PATCH", f"/v1/campaigns/{name}", body).json
    assert (shown["delivery"], shown["holdout_percent"]) == ({**usual, "respect_caps": False}, 20)
    assert shown["recheck_at_send"] is False
    assert office.manage("PATCH", f"/v1/campaigns/{name}", {"name": "Other"}).json["holdout_percent"] == 20
    run = run_of_campaign(office.world.campaigns[OURS, CampaignId(name)], 1, NOON, NOON)
    assert run.terms == Terms(respect_caps=False, holdout_percent=20, recheck_audience=False)


def test_a_campaign_goes_to_so_many_people_until_that_is_taken_back(office: Office) -> None:
    name = office.campaign(max_recipients=500)
    path = f"/v1/campaigns/{name}"

    assert office.manage("GET", path).json["max_recipients"] == 500
    assert office.manage("PATCH", path, {"name": "Other"}).json["max_recipients"] == 500
    run = run_of_campaign(office.world.campaigns[OURS, CampaignId(name)], 1, NOON, NOON)
    assert run.terms.max_recipients == 500
    assert office.manage("PATCH", path, {"max_recipients": 0}).status == 422
    assert office.manage("PATCH", path, {"max_recipients": None}).json["max_recipients"] is None


def test_the_newest_campaign_is_listed_first(office: Office) -> None:
    made = []
    for _ in range(3):
        office.clock.now += MINUTE
        made.append(office.campaign())
    first = office.manage("GET", "/v1/campaigns", query={"limit": "2"}).json
    rest = office.manage("GET", "/v1/campaigns", query={"cursor": first["next_cursor"]}).json
    assert [row["id"] for row in first["items"] + rest["items"]] == made[::-1]


def test_a_campaign_is_put_on_the_queue_once(office: Office) -> None:
    name = office.campaign()

    sent = office.manage("POST", f"/v1/campaigns/{name}/send", headers={"idempotency-key": "k"})
    same = office.manage("POST", f"/v1/campaigns/{name}/send", headers={"idempotency-key": "k"})
    other = office.manage("POST", f"/v1/campaigns/{name}/send")

    assert (sent.status, sent.json["id"], sent.json["status"]) == (202, name, "sending")
    assert (same.status, other.status) == (202, 409)
    messages = office.plan.take()
    assert {read_plan(message.body).at for message in messages} == {NOON}
    assert {message.body["campaign"] for message in messages} == {name}


def test_a_campaign_whose_message_was_lost_can_be_sent_again(office: Office) -> None:
    name = office.campaign()
    office.manage("POST", f"/v1/campaigns/{name}/send")
    office.plan.take()
    office.clock.now += MINUTE
    assert office.manage("POST", f"/v1/campaigns/{name}/send").status == 202
    assert [read_plan(message.body).at for message in office.plan.take()] == [NOON]


def test_nothing_is_sent_while_the_store_is_paused(office: Office) -> None:
    name = office.campaign()
    office.manage("PATCH", "/v1/store", {"sending": "paused"})
    assert office.manage("POST", f"/v1/campaigns/{name}/send").status == 409
    assert office.plan.take() == []


def test_an_audience_that_is_not_active_is_refused_before_anything_is_sent(office: Office) -> None:
    name = office.campaign(audience={"include": [office.segment()]})
    answer = office.manage("POST", f"/v1/campaigns/{name}/send")
    assert answer.status == 409
    assert "Buyers" in answer.json["detail"]


def test_an_inline_rule_is_built_when_the_campaign_is_sent_and_rests_afterwards(office: Office) -> None:
    office.visit("ann")
    name = office.campaign(audience={"rule": BUYERS})
    assert office.rebuild.take() == []

    office.manage("POST", f"/v1/campaigns/{name}/send")

    hidden = office.manage("GET", f"/v1/segments/campaign-{name}-2").json
    assert (hidden["state"], hidden["hidden"]) == ("building", True)
    assert len(office.rebuild.take()) == 1
    office.manage("POST", f"/v1/campaigns/{name}/cancel")
    assert office.manage("GET", f"/v1/segments/campaign-{name}-2").json["state"] == "archived"
    assert office.manage("PATCH", f"/v1/segments/campaign-{name}-2", {"name": "x"}).status == 404


def test_only_a_draft_can_be_changed(office: Office) -> None:
    name = office.campaign()
    edited = office.manage("PATCH", f"/v1/campaigns/{name}", {"name": "Better"}, headers={"if-match": '"1"'})
    assert (edited.status, edited.json["name"], edited.headers["etag"]) == (200, "Better", '"2"')
    stale = office.manage("PATCH", f"/v1/campaigns/{name}", {"name": "x"}, headers={"if-match": '"1"'})
    assert stale.status == 412
    office.manage("POST", f"/v1/campaigns/{name}/send")
    assert office.manage("PATCH", f"/v1/campaigns/{name}", {"name": "x"}).status == 409


def test_a_discarded_draft_stays_as_cancelled(office: Office) -> None:
    name = office.campaign()
    assert office.manage("DELETE", f"/v1/campaigns/{name}").status == 204
    assert office.manage("GET", f"/v1/campaigns/{name}").json["status"] == "cancelled"
    assert office.manage("POST", f"/v1/campaigns/{name}/send").status == 409


def planned(office: Office, given: str | None = None) -> tuple[str, RunId]:
    """A campaign that is sending, with its run as the planner makes it."""
    name = given or office.campaign()
    office.manage("POST", f"/v1/campaigns/{name}/send")
    ports = office.ports()
    plan = PlanCampaign(
        ports.stores, MemoryCampaigns(office.world), ports.segments, Launch(ports.runs, office.rebuild), office.clock
    )
    (message,) = office.plan.take()
    plan(read_plan(message.body))
    (run,) = MemoryRuns(office.world).of_source(OURS, "campaign", name)
    return name, run.id


def test_pause_resume_and_cancel_reach_the_run(office: Office) -> None:
    name, run = planned(office)
    for call, status, state in (
        ("pause", "paused", "paused"),
        ("pause", "paused", "paused"),
        ("resume", "sending", "sending"),
        ("cancel", "cancelled", "cancelled"),
    ):
        answer = office.manage("POST", f"/v1/campaigns/{name}/{call}")
        assert (answer.status, answer.json["status"]) == (202, status)
        assert office.world.runs[OURS, run].state == state
    assert office.manage("POST", f"/v1/campaigns/{name}/resume").status == 409


BROUGHT = {"shown": 2, "clicked": 1, "action:buy": 1, "orders": 1, "revenue:EUR": 500, "carts": 1, "unsubscribed": 1}


def test_a_report_adds_up_at_every_moment(office: Office) -> None:
    name, run = planned(office)
    progress = MemoryRunProgress(office.world)
    progress.save_shard(OURS, run, ShardProgress(0, planned=6, cursor=None, done=True, skipped={"audience_left": 2}))
    codes = [CODES[code] for code in ("accepted", "accepted", "retired", "failed:refused", "skipped:no_content")]
    progress.save_ledger(OURS, run, ChunkLedger("c", "mozilla", bytes([*codes, 0])))
    cells = {Cell(name, 0, 0, "", measure): count for measure, count in BROUGHT.items()}
    MemoryReportCounts(office.world).add(OURS, {}, cells)

    report = office.manage("GET", f"/v1/campaigns/{name}/report").json

    assert report["targeted"] == 8
    assert report["skipped"] == {"audience_left": 2, "no_content": 1}
    assert (report["accepted"], report["failed"], report["retired"], report["open"]) == (2, 1, 1, 1)
    assert (report["shown"], report["clicked"], report["closed"], report["landed"]) == (2, 1, 0, 0)
    assert (report["orders"], report["revenue"], report["failed_by"]) == (1, {"EUR": 500}, {"refused": 1})
    assert (report["actions"], report["carts"], report["unsubscribed"]) == ({"buy": 1}, 1, 1)
    assert office.manage("GET", f"/v1/campaigns/{name}").json["status"] == "sending"


def test_a_campaign_is_sent_when_its_last_message_has_ended(office: Office) -> None:
    name, run = planned(office)
    progress = MemoryRunProgress(office.world)
    progress.save_shard(OURS, run, ShardProgress(0, planned=1, cursor=None, done=True))
    assert office.manage("GET", f"/v1/campaigns/{name}").json["status"] == "sending"

    progress.save_ledger(OURS, run, ChunkLedger("c", "mozilla", bytes([CODES["accepted"]])))

    assert office.manage("GET", f"/v1/campaigns/{name}").json["status"] == "sent"
    assert [row["status"] for row in office.manage("GET", "/v1/campaigns").json["items"]] == ["sent"]
    assert office.manage("POST", f"/v1/campaigns/{name}/send").status == 409


def test_a_segment_is_free_once_the_last_message_has_ended_though_nobody_has_looked(office: Office) -> None:
    segment = office.active()
    name, run = planned(office, office.campaign(audience={"include": [segment]}))
    office.manage("POST", f"/v1/segments/{segment}/pause")
    assert office.manage("DELETE", f"/v1/segments/{segment}").status == 409
    MemoryRunProgress(office.world).save_shard(OURS, run, ShardProgress(0, planned=0, cursor=None, done=True))
    assert office.manage("DELETE", f"/v1/segments/{segment}").status == 204
    assert office.world.campaigns[OURS, CampaignId(name)].status == "sent"


def test_a_report_of_a_draft_is_zeros(office: Office) -> None:
    report = office.manage("GET", f"/v1/campaigns/{office.campaign()}/report").json
    assert (report["targeted"], report["skipped"], report["shown"]) == (0, {}, 0)


def test_a_test_goes_to_those_who_can_be_reached(office: Office) -> None:
    office.visit("ann", subscribed=True)
    office.visit("bob")
    name = office.campaign()

    answer = office.manage("POST", f"/v1/campaigns/{name}/test", {"visitor_ids": ["ann", "bob"]})

    assert (answer.status, answer.json) == (202, {"sent": ["ann"], "unreachable": ["bob"]})
    (message,) = office.send_now.take()
    assert message.body["recipients"] == [["ann", "a" * 22]]
    (run,) = MemoryRuns(office.world).of_source(OURS, "test", name)
    assert (run.audience.visitors, run.content.title) == (("ann",), "Sale")
    assert office.manage("GET", f"/v1/campaigns/{name}").json["status"] == "draft"


@pytest.mark.parametrize(
    ("body", "path"),
    [({}, "visitor_ids"), ({"visitor_ids": []}, "visitor_ids"), ({"visitor_ids": ["a b"]}, "visitor_ids.0")],
    ids=["none", "empty", "malformed"],
)
def test_a_test_names_its_visitors(office: Office, body: Any, path: str) -> None:
    answer = office.manage("POST", f"/v1/campaigns/{office.campaign()}/test", body)
    assert (answer.status, [fault[0] for fault in answer.faults]) == (422, [path])
