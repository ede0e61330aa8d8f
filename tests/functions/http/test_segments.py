"""Segments over HTTP: written, switched, read and put away, and never taken from those who use them."""

from typing import Any

import pytest
from shopbell.adapters.memory.runs import MemoryCounters

from tests.functions.http.office import BUYERS, Office
from tests.functions.http.world import OURS


def test_a_segment_is_called_by_its_sentence_unless_named(office: Office) -> None:
    answer = office.manage("POST", "/v1/segments", {"rule": BUYERS})
    assert answer.status == 201
    assert answer.json["name"] == answer.json["sentence"] != ""


def test_a_new_segment_is_a_draft_with_all_that_the_contract_promises(office: Office) -> None:
    answer = office.manage("POST", "/v1/segments", {"name": "Buyers", "rule": BUYERS, "tags": ["a"]})
    shown = answer.json
    assert answer.headers["etag"] == '"1"'
    assert shown["state"] == "draft"
    assert shown["rule"] == BUYERS
    assert shown["size"] == {"total": 0, "reachable": 0}
    assert (shown["used_by"], shown["version"], shown["tags"]) == (0, 1, ["a"])
    assert (shown["last_changed_at"], shown["last_verified_at"]) == ("2026-03-02T12:00:00Z", None)


BAD: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("no rule", {}, "rule", "is required"),
    ("rule no object", {"rule": 1}, "rule", "must be an object"),
    ("unknown field", {"rule": BUYERS, "foo": 1}, "foo", "is not a known field"),
    ("empty name", {"rule": BUYERS, "name": ""}, "name", "must have at least 1 characters"),
    ("long name", {"rule": BUYERS, "name": "x" * 201}, "name", "must have at most 200 characters"),
    ("tags no list", {"rule": BUYERS, "tags": "a"}, "tags", "must be a list"),
    ("tag no text", {"rule": BUYERS, "tags": [1]}, "tags.0", "must be a string"),
    ("description", {"rule": BUYERS, "description": 1}, "description", "must be a string"),
    ("foreign segment", {"rule": {"in_segment": "seg-x"}}, "rule.in_segment", "is no segment of this store"),
    (
        "foreign segment deep inside",
        {"rule": {"and": [BUYERS, {"not": {"in_segment": "seg-x"}}]}},
        "rule.and.1.not.in_segment",
        "is no segment of this store",
    ),
)


@pytest.mark.parametrize(("body", "path", "message"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_wrong_with_a_segment_is_named_by_its_path(
    office: Office, body: dict[str, Any], path: str, message: str
) -> None:
    answer = office.manage("POST", "/v1/segments", body)
    assert answer.status == 422
    assert answer.faults == [(path, message)]


def test_a_fault_inside_the_rule_has_its_path_below_rule(office: Office) -> None:
    answer = office.manage("POST", "/v1/segments", {"rule": {"and": [BUYERS, {"event": "search", "op": "hm"}]}})
    assert answer.status == 422
    assert [path for path, _ in answer.faults] == ["rule.and.1.op"]


def test_the_same_idempotency_key_makes_one_segment(office: Office) -> None:
    body = {"name": "Buyers", "rule": BUYERS}
    first = office.manage("POST", "/v1/segments", body, headers={"idempotency-key": "k"})
    again = office.manage("POST", "/v1/segments", body, headers={"idempotency-key": "k"})
    other = office.manage("POST", "/v1/segments", {**body, "name": "Others"}, headers={"idempotency-key": "k"})

    assert (first.status, again.status, other.status) == (201, 201, 409)
    assert first.json == again.json
    assert len(office.manage("GET", "/v1/segments").json["items"]) == 1


def test_a_segment_of_an_empty_store_is_active_at_once(office: Office) -> None:
    name = office.segment()
    answer = office.manage("POST", f"/v1/segments/{name}/activate")
    assert (answer.status, answer.json["state"], answer.json["build"]) == (202, "active", None)
    assert answer.json["last_verified_at"] == "2026-03-02T12:00:00Z"


def test_a_segment_builds_over_visitors_who_are_there(office: Office) -> None:
    office.visit("ann")
    name = office.segment()

    answer = office.manage("POST", f"/v1/segments/{name}/activate")

    assert (answer.json["state"], answer.json["build"]) == ("building", {"percent": 0})
    (message,) = office.rebuild.take()
    assert message.body == {"store": OURS, "version": 1, "shard": 0, "cursor": None, "hops": 0}


def test_activating_again_asks_the_build_to_go_on(office: Office) -> None:
    office.visit("ann")
    name = office.segment()
    office.manage("POST", f"/v1/segments/{name}/activate")
    answer = office.manage("POST", f"/v1/segments/{name}/activate")
    assert (answer.status, answer.json["state"]) == (202, "building")
    assert len(office.rebuild.take()) == 2


def test_a_segment_is_activated_after_those_it_refers_to(office: Office) -> None:
    inner = office.segment()
    outer = office.segment(name="Outer", rule={"in_segment": inner})

    refused = office.manage("POST", f"/v1/segments/{outer}/activate")
    office.manage("POST", f"/v1/segments/{inner}/activate")

    assert refused.status == 409
    assert inner in refused.json["detail"]
    assert office.manage("POST", f"/v1/segments/{outer}/activate").status == 202


def test_a_segment_that_a_live_one_refers_to_cannot_be_paused(office: Office) -> None:
    inner = office.active()
    outer = office.active(name="Outer", rule={"in_segment": inner})

    refused = office.manage("POST", f"/v1/segments/{inner}/pause")

    assert refused.status == 409
    assert refused.faults == [(f"segments.{outer}", "Outer (active) uses it")]
    assert office.manage("POST", f"/v1/segments/{outer}/pause").json["state"] == "paused"
    assert office.manage("POST", f"/v1/segments/{inner}/pause").json["state"] == "paused"


def test_a_draft_has_nothing_to_pause(office: Office) -> None:
    assert office.manage("POST", f"/v1/segments/{office.segment()}/pause").status == 409


def test_an_active_segment_that_a_campaign_uses_cannot_be_deleted(office: Office) -> None:
    name = office.active()
    campaign = office.campaign(audience={"include": [name]})

    refused = office.manage("DELETE", f"/v1/segments/{name}")

    assert refused.status == 409
    assert refused.faults == [(f"campaigns.{campaign}", "Sale (draft) uses it")]
    office.manage("POST", f"/v1/segments/{name}/pause")
    assert office.manage("DELETE", f"/v1/segments/{name}").status == 204


def test_a_segment_of_a_campaign_that_is_being_sent_cannot_be_deleted_even_when_paused(office: Office) -> None:
    name = office.active()
    campaign = office.campaign(audience={"include": [name]})
    assert office.manage("POST", f"/v1/campaigns/{campaign}/send").status == 202
    office.manage("POST", f"/v1/segments/{name}/pause")

    refused = office.manage("DELETE", f"/v1/segments/{name}")

    assert refused.status == 409
    assert refused.faults == [(f"campaigns.{campaign}", "Sale (sending) uses it")]


def test_delete_archives(office: Office) -> None:
    name = office.segment()
    assert office.manage("DELETE", f"/v1/segments/{name}").status == 204
    assert office.manage("GET", f"/v1/segments/{name}").json["state"] == "archived"
    assert office.manage("GET", "/v1/segments").json["items"] == []
    assert len(office.manage("GET", "/v1/segments", query={"state": "archived"}).json["items"]) == 1
    assert office.manage("DELETE", f"/v1/segments/{name}").status == 204
    assert office.manage("POST", f"/v1/segments/{name}/activate").status == 409


def test_another_rule_is_another_version_and_builds_anew(office: Office) -> None:
    office.visit("ann")
    name = office.segment()
    office.manage("POST", f"/v1/segments/{name}/activate")
    office.rebuild.take()

    answer = office.manage("PATCH", f"/v1/segments/{name}", {"rule": {"event": "search"}})

    assert (answer.status, answer.json["version"], answer.json["state"]) == (200, 2, "building")
    assert len(office.rebuild.take()) == 1


def test_another_name_is_no_other_version(office: Office) -> None:
    name = office.active()
    answer = office.manage("PATCH", f"/v1/segments/{name}", {"name": "Renamed"})
    assert (answer.json["name"], answer.json["version"], answer.json["state"]) == ("Renamed", 1, "active")


def test_segments_cannot_lead_back_to_themselves(office: Office) -> None:
    first = office.segment(name="First")
    second = office.segment(name="Second", rule={"in_segment": first})

    answer = office.manage("PATCH", f"/v1/segments/{first}", {"rule": {"in_segment": second}})

    assert answer.status == 422
    ((path, message),) = answer.faults
    assert path == "rule"
    one, two = f"First ({first})", f"Second ({second})"
    assert f"{one} → {two} → {one}" in message or f"{two} → {one} → {two}" in message


@pytest.mark.parametrize("tag", ['"7"', "nonsense"])
def test_a_stale_etag_is_412(office: Office, tag: str) -> None:
    name = office.segment()
    for method, path, body in (
        ("PATCH", f"/v1/segments/{name}", {"name": "x"}),
        ("DELETE", f"/v1/segments/{name}", None),
        ("POST", f"/v1/segments/{name}/activate", None),
        ("POST", f"/v1/segments/{name}/pause", None),
    ):
        assert office.manage(method, path, body, headers={"if-match": tag}).status == 412
    assert office.manage("PATCH", f"/v1/segments/{name}", {"name": "x"}, headers={"if-match": '"1"'}).status == 200


def test_members_are_paged_to_the_last(office: Office) -> None:
    name = office.active()
    for number in range(5):
        office.enter(name, f"v{number}")
    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        page = office.manage("GET", f"/v1/segments/{name}/members", query=query).json
        seen += [row["visitor_id"] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == [f"v{number}" for number in range(5)]


def test_a_member_says_since_when(office: Office) -> None:
    name = office.active()
    office.enter(name, "ann")
    (row,) = office.manage("GET", f"/v1/segments/{name}/members").json["items"]
    assert row == {
        "visitor_id": "ann",
        "entered_at": "2026-03-02T12:00:00Z",
        "expires_at": None,
        "reachable": False,
        "version": 1,
        "why": None,
    }


def test_the_log_says_who_came_and_why(office: Office) -> None:
    name = office.active()
    office.enter(name, "ann")
    (row,) = office.manage("GET", f"/v1/segments/{name}/log").json["items"]
    assert row == {
        "visitor_id": "ann",
        "segment_id": name,
        "change": "entered",
        "at": "2026-03-02T12:00:00Z",
        "cause": "event:e1",
        "leaf": "rule",
        "version": 1,
    }


@pytest.mark.parametrize("cursor", ["x", "9.", "0.!", "-1.a", "1" * 5_000])
@pytest.mark.parametrize("part", ["members", "log"])
def test_a_made_up_cursor_is_refused(office: Office, part: str, cursor: str) -> None:
    name = office.active()
    answer = office.manage("GET", f"/v1/segments/{name}/{part}", query={"cursor": cursor})
    assert (answer.status, [path for path, _ in answer.faults]) == (422, ["cursor"])


def test_the_size_is_what_was_tallied(office: Office) -> None:
    name = office.active()
    MemoryCounters(office.world).add(OURS, f"segment:{name}", "s", "1", {"total": 3, "reachable": 2})
    assert office.manage("GET", f"/v1/segments/{name}").json["size"] == {"total": 3, "reachable": 2}
