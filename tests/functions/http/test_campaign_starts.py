"""Starting a campaign with care: once a click, of the size that was expected, agreed to by two; and its copies."""

from typing import Any

import pytest
from shopbell.adapters.memory.runs import MemoryRuns
from shopbell.domain.clock import DAY, MINUTE
from shopbell.domain.ids import CampaignId
from shopbell.domain.runs import Terms
from shopbell.domain.scenarios.plan import Landing

from tests.functions.http.office import BUYERS, MARKETER, VIEWER, Office
from tests.functions.http.world import MGMT, OURS, Answered

THURSDAY = "2026-03-05T17:00:00Z"
KEYED = {"idempotency-key": "k"}


def post(office: Office, name: str, what: str, body: Any = None, *, key: str = MGMT, request: str = "") -> Answered:
    headers = {"idempotency-key": request} if request else {}
    return office.manage("POST", f"/v1/campaigns/{name}/{what}", body, key=key, headers=headers)


def crowd(office: Office, size: int, **store: Any) -> None:
    """So many subscribers, and settings of the store."""
    for number in range(size):
        office.visit(f"v{number}", subscribed=True)
    answer = office.manage("PATCH", "/v1/store", {"approve_over": 50, **store})
    assert answer.status == 200, answer.text
    assert answer.json["approve_over"] == 50


@pytest.mark.parametrize("what", ["send", "schedule"])
def test_above_the_threshold_its_size_must_be_known(office: Office, what: str) -> None:
    crowd(office, 100)
    name = office.campaign(**({"schedule": {"at": THURSDAY}} if what == "schedule" else {}))
    silent = post(office, name, what)
    assert (silent.status, "100 people" in silent.json["detail"]) == (409, True)
    wrong = post(office, name, what, {"expected_audience": 89})
    assert (wrong.status, "100 people" in wrong.json["detail"]) == (409, True)
    assert post(office, name, what, {"expected_audience": 90}).status == 202


def test_up_to_the_threshold_nobody_is_asked(office: Office) -> None:
    crowd(office, 50, approval="second_person")
    assert post(office, office.campaign(), "send").json["status"] == "sending"


@pytest.mark.parametrize("what", ["send", "schedule"])
def test_a_second_person_agrees_and_it_begins(office: Office, what: str) -> None:
    crowd(office, 100, approval="second_person")
    name, body = office.campaign(), {"expected_audience": 100}
    asked = post(office, name, what, body | ({"at": THURSDAY} if what == "schedule" else {}), request="k")
    waits = asked.json["approval"]
    assert (asked.status, asked.json["status"]) == (202, "draft")
    assert (waits["action"], waits["recipients"], waits["approved_by"]) == (what, 100, None)
    assert office.plan.take() == []

    assert post(office, name, "approve").status == 403, "the key that asked"
    assert post(office, name, "approve", key=VIEWER).status == 403
    agreed = post(office, name, "approve", key=MARKETER)

    assert (agreed.status, agreed.json["status"]) == (202, "sending" if what == "send" else "scheduled")
    told = agreed.json["approval"]
    assert told["approved_by"] not in {None, told["asked_by"]}
    assert len(office.plan.take()) == (1 if what == "send" else 0)
    assert post(office, name, "approve", key=MARKETER).json == agreed.json, "a retried click"
    assert post(office, name, "approve").status == 409
    again = post(office, name, what, body | ({"at": THURSDAY} if what == "schedule" else {}), request="k")
    assert again.json == asked.json, "what it was told the first time"
    assert office.manage("GET", f"/v1/campaigns/{name}").json == agreed.json


def test_what_waits_is_asked_for_once_a_click_and_forgotten_with_a_change(office: Office) -> None:
    crowd(office, 100, approval="second_person")
    name, body = office.campaign(), {"expected_audience": 100}
    first = post(office, name, "send", body, request="k")
    assert post(office, name, "send", body, request="k").json == first.json
    shown = office.manage("PATCH", f"/v1/campaigns/{name}", {"name": "Quite another"}).json
    assert shown["approval"] is None
    assert post(office, name, "approve", key=MARKETER).status == 409, "to this nobody was to agree"


def test_who_agreed_to_a_hundred_did_not_agree_to_more(office: Office) -> None:
    crowd(office, 100, approval="second_person")
    name = office.campaign()
    post(office, name, "send", {"expected_audience": 100})
    crowd(office, 120)
    refused = post(office, name, "approve", key=MARKETER)
    assert (refused.status, "120 people" in refused.json["detail"]) == (409, True)
    assert office.manage("GET", f"/v1/campaigns/{name}").json["status"] == "draft"


def test_a_key_that_was_used_for_another_body_is_told_so(office: Office) -> None:
    crowd(office, 10)
    name = office.campaign()
    assert post(office, name, "send", {"expected_audience": 10}, request="k").status == 202
    assert post(office, name, "send", {"expected_audience": 10}, request="k").status == 202
    assert post(office, name, "send", {"expected_audience": 11}, request="k").status == 409
    assert len(office.plan.take()) == 1


def test_a_retried_test_is_one_run_whose_ledger_knows_who_got_it(office: Office) -> None:
    office.visit("ann", subscribed=True)
    office.visit("bob", subscribed=True)
    name, body = office.campaign(), {"visitor_ids": ["ann"]}
    first = post(office, name, "test", body, request="k")
    office.clock.now += 13 * MINUTE * 60
    again = post(office, name, "test", body, request="k")
    assert (first.status, again.status, again.json) == (202, 202, first.json)
    assert len(MemoryRuns(office.world).of_source(OURS, "test", name)) == 1
    messages = office.send_now.take()
    assert len({(message.body["run"], message.body["chunk"]) for message in messages}) == 1
    assert post(office, name, "test", {"visitor_ids": ["bob"]}, request="k").status == 409
    assert post(office, name, "test", {"visitor_ids": ["bob"]}, request="j").status == 202
    assert post(office, name, "test", body).status == 202
    assert len(MemoryRuns(office.world).of_source(OURS, "test", name)) == 3
    office.clock.now += DAY
    assert post(office, name, "test", {"visitor_ids": ["bob"]}, request="k").status == 202, "a day later it is new"


def test_a_test_shows_products_and_keeps_to_no_limits(office: Office) -> None:
    office.visit("ann", subscribed=True)
    name = office.campaign(products={"algorithm": "top_sellers", "count": 2}, holdout_percent=100)
    assert post(office, name, "test", {"visitor_ids": ["ann"]}).json["sent"] == ["ann"]
    (run,) = MemoryRuns(office.world).of_source(OURS, "test", name)
    campaign = office.world.campaigns[OURS, CampaignId(name)]
    assert run.terms == Terms(products=campaign.terms.products, landing=Landing())


def test_a_copy_says_what_it_says_and_is_a_draft(office: Office) -> None:
    office.visit("ann")
    given: dict[str, Any] = {
        "name": "x" * 200,
        "audience": {"rule": BUYERS},
        "delivery": {"ttl": "PT2H", "max_per_user": {"times": 1, "within": "P7D"}},
        "products": {"algorithm": "top_sellers", "count": 2},
        "holdout_percent": 5,
        "schedule": {"cron": "0 18 ? * THU *"},
        "ends_at": "2026-05-01T00:00:00Z",
    }
    name = office.campaign(**given)
    assert post(office, name, "schedule").status == 202
    original = office.manage("GET", f"/v1/campaigns/{name}").json
    office.clock.now += DAY

    copied = post(office, name, "duplicate", request="k")

    copy = copied.json
    assert (copied.status, copy["status"], copy["copy_of"]) == (201, "draft", name)
    assert copy["name"] == "x" * 193 + " (copy)"
    same = ("audience", "content", "delivery", "products", "holdout_percent", "recheck_at_send")
    assert {one: copy[one] for one in same} == {one: original[one] for one in same}
    assert copy["schedule"] == {**original["schedule"]}
    assert (copy["ends_at"], copy["approval"], copy["sent_at"]) == (None, None, None)
    assert office.manage("GET", f"/v1/segments/campaign-{copy['id']}").status == 404, "a draft has none"
    assert post(office, copy["id"], "schedule").status == 202


def test_a_copy_of_what_went_at_one_instant_has_no_time_yet(office: Office) -> None:
    copy = post(office, office.campaign(schedule={"at": THURSDAY}), "duplicate").json
    assert copy["schedule"] is None


def test_a_retried_click_makes_one_copy(office: Office) -> None:
    first, other = office.campaign(), office.campaign()
    made = post(office, first, "duplicate", request="k")
    assert post(office, first, "duplicate", request="k").json == made.json
    assert post(office, other, "duplicate", request="k").json["copy_of"] == other, "a key is one call's"
    assert post(office, first, "duplicate").json["id"] != made.json["id"]
    assert post(office, "none", "duplicate").status == 404
    assert len(office.manage("GET", "/v1/campaigns").json["items"]) == 5


def test_products_and_hours_have_what_they_are_picked_by_folded_from_the_draft_on(office: Office) -> None:
    assert not office.world.stores[OURS].keeps_interactions
    name = office.campaign(products={"algorithm": "last_visited", "filters": {"brand": "Acme"}})
    assert office.world.stores[OURS].keeps_interactions
    terms = office.world.campaigns[OURS, CampaignId(name)].terms
    assert (terms.products.algorithm, terms.products.fallback_max_level) == ("last_visited", 3)
    shown = office.manage("PATCH", f"/v1/campaigns/{name}", {"products": None}).json
    assert shown["products"] is None


@pytest.mark.parametrize("rotations", [1, 3])
def test_a_rotated_key_is_still_the_person_who_asked(office: Office, rotations: int) -> None:
    crowd(office, 100, approval="second_person")
    marks = {
        row["role"]: row["id"] for row in office.manage("GET", "/v1/keys").json["items"] if row["kind"] == "mgmt"
    }
    name, mark, held = office.campaign(), marks["marketer"], [MARKETER]
    for _ in range(rotations):
        made = office.manage("POST", f"/v1/keys/{mark}/rotate", {}).json
        mark = made["id"]
        held.append(made["secret"])
    for first, last in ((held[0], held[-1]), (held[-1], held[0])):
        name = office.campaign()
        assert post(office, name, "send", {"expected_audience": 100}, key=first).status == 202
        assert post(office, name, "approve", key=last).status == 403
    assert post(office, name, "approve").status == 202, "an admin is somebody else"
