"""Nobody sends past the threshold by having a segment of which it is not known yet how many are in it."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.domain.clock import DAY, MINUTE
from shopbell.domain.ids import SegmentId
from shopbell.domain.segments.definition import Segment

from tests.functions.http.office import MARKETER, Office
from tests.functions.http.world import OURS, Answered

THURSDAY = "2026-03-05T17:00:00Z"


def store_of(office: Office, *, people: int, approve_over: int) -> None:
    for number in range(people):
        office.visit(f"v{number}", subscribed=True)
    body = {"approve_over": approve_over, "approval": "second_person"}
    assert office.manage("PATCH", "/v1/store", body).status == 200


def building(office: Office, **changes: Any) -> str:
    name = office.active(**changes)
    assert stored(office, name).state == "building"
    return name


def stored(office: Office, name: str) -> Segment:
    row = MemorySegments(office.world).get(OURS, SegmentId(name))
    assert row is not None
    return row


def built(office: Office, name: str) -> None:
    """As the last shard of a build leaves it."""
    row = stored(office, name)
    done = replace(
        row, state="active", build_percent=None, last_verified_at=office.clock.now, revision=row.revision + 1
    )
    assert MemorySegments(office.world).save(done, expected=row.revision)


def start(office: Office, name: str, what: str, key: str = MARKETER) -> Answered:
    body = {"at": THURSDAY} if what == "schedule" else None
    return office.manage("POST", f"/v1/campaigns/{name}/{what}", body, key=key)


@pytest.mark.parametrize("side", ["include", "exclude"])
@pytest.mark.parametrize("what", ["send", "schedule"])
def test_what_is_still_being_built_has_no_size_to_send_by(office: Office, what: str, side: str) -> None:
    store_of(office, people=40, approve_over=10)
    segment = building(office)
    refused = start(office, office.campaign(audience={side: [segment]}), what)
    assert refused.status == 409
    assert "Buyers" in refused.json["detail"]
    assert "still being built (0 %)" in refused.json["detail"]
    assert office.plan.take() == []


def test_what_it_refers_to_may_still_be_built_too(office: Office) -> None:
    store_of(office, people=40, approve_over=10)
    inner = building(office, name="Inner")
    outer = building(office, name="Outer", rule={"in_segment": inner})
    built(office, outer)
    office.clock.now += DAY
    refused = start(office, office.campaign(audience={"include": [outer]}), "send")
    assert (refused.status, "Inner" in refused.json["detail"]) == (409, True)


def test_once_it_is_built_and_counted_it_may_be_sent(office: Office) -> None:
    store_of(office, people=40, approve_over=10)
    segment = building(office)
    name = office.campaign(audience={"include": [segment]})
    built(office, segment)
    early = start(office, name, "send")
    assert (early.status, "try again in a minute" in early.json["detail"]) == (409, True)
    office.clock.now += MINUTE
    assert start(office, name, "send").json["status"] == "sending"


@pytest.mark.parametrize(
    ("people", "limits"), [(10, {}), (40, {"max_recipients": 10})], ids=["a small store", "a small campaign"]
)
def test_what_cannot_reach_so_many_starts_before_its_build_is_done(
    office: Office, people: int, limits: dict[str, Any]
) -> None:
    store_of(office, people=people, approve_over=10)
    segment = building(office)
    answer = start(office, office.campaign(audience={"include": [segment]}, **limits), "send")
    assert (answer.status, answer.json["status"]) == (202, "sending")


def test_nobody_agrees_to_a_number_that_is_not_known_any_more(office: Office) -> None:
    store_of(office, people=40, approve_over=10)
    segment = office.active(rule={"in_segment": building(office)})
    name = office.campaign(audience={"exclude": [segment]})
    for row in MemorySegments(office.world).all(OURS):
        built(office, row.id)
    office.clock.now += MINUTE
    asked = office.manage("POST", f"/v1/campaigns/{name}/send", {"expected_audience": 40}, key=MARKETER)
    assert asked.json["approval"]["recipients"] == 40
    changed = office.manage("PATCH", f"/v1/segments/{segment}", {"rule": {"event": "search"}}, key=MARKETER)
    assert changed.json["state"] == "building"
    assert start(office, name, "approve").status == 403
    assert office.manage("POST", f"/v1/campaigns/{name}/approve").status == 409
    assert office.plan.take() == []


def test_a_key_used_before_the_question_was_taken_back_asks_nothing(office: Office) -> None:
    store_of(office, people=40, approve_over=10)
    name, body, keyed = office.campaign(), {"expected_audience": 40}, {"idempotency-key": "k"}
    path = f"/v1/campaigns/{name}"
    assert office.manage("POST", f"{path}/send", body, headers=keyed).json["approval"] is not None
    assert office.manage("PATCH", path, {"name": "Another"}).status == 200
    repeated = office.manage("POST", f"{path}/send", body, headers=keyed)
    assert (repeated.status, repeated.json["name"]) == (202, "Sale"), "as it was said then"
    assert office.manage("GET", path).json["approval"] is None
    again = office.manage("POST", f"{path}/send", body, headers={"idempotency-key": "j"})
    assert (again.status, again.json["approval"]["recipients"]) == (202, 40)


def test_a_key_used_before_it_was_taken_back_schedules_nothing(office: Office) -> None:
    name, body, keyed = office.campaign(), {"at": THURSDAY}, {"idempotency-key": "k"}
    path = f"/v1/campaigns/{name}"
    assert office.manage("POST", f"{path}/schedule", body, headers=keyed).json["status"] == "scheduled"
    assert office.manage("POST", f"{path}/unschedule").json["status"] == "draft"
    assert office.manage("POST", f"{path}/schedule", body, headers=keyed).json["status"] == "scheduled", "as then"
    assert office.manage("GET", path).json["status"] == "draft"
    assert office.manage("POST", f"{path}/schedule", body).json["status"] == "scheduled"
