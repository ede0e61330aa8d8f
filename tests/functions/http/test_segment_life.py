"""The life of a segment over HTTP: versions, changes, usage, reasons, days, files."""

from typing import Any

import pytest
from shopbell.adapters.memory.runs import MemoryCounters
from shopbell.app.tallying import Tally, turned
from shopbell.domain.clock import DAY, MINUTE
from shopbell.domain.ids import SegmentId
from shopbell.domain.membership import Change, Flip

from tests.functions.http.crowds import did, fold
from tests.functions.http.office import BUYERS, MARKETER, THEIR_ADMIN, VIEWER, Office
from tests.functions.http.test_handlers import mark
from tests.functions.http.world import MGMT, NOON, OURS

SEARCHED: dict[str, Any] = {"event": "search"}
GERMAN: dict[str, Any] = {"trait": "country", "op": "eq", "value": "DE"}


def versions(office: Office, name: str, **query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = office.manage("GET", f"/v1/segments/{name}/versions", query=query).json["items"]
    return items


def test_each_version_keeps_its_rule_with_when_and_who(office: Office) -> None:
    name = office.segment()
    office.clock.now += MINUTE
    office.manage("PATCH", f"/v1/segments/{name}", {"rule": SEARCHED}, key=MARKETER)
    office.manage("PATCH", f"/v1/segments/{name}", {"name": "Renamed"})

    newest, oldest = versions(office, name)

    assert (newest["version"], newest["rule"], newest["current"]) == (2, SEARCHED, True)
    assert (newest["at"], newest["by"]) == ("2026-03-02T12:01:00Z", mark(MARKETER))
    assert (oldest["version"], oldest["rule"], oldest["current"]) == (1, BUYERS, False)
    assert (oldest["at"], oldest["by"]) == ("2026-03-02T12:00:00Z", mark(MGMT))
    assert oldest["sentence"] != newest["sentence"] != ""


def test_versions_are_paged_newest_first(office: Office) -> None:
    name = office.segment()
    for number in range(2, 6):
        office.manage("PATCH", f"/v1/segments/{name}", {"rule": {**BUYERS, "value": number}})
    first = office.manage("GET", f"/v1/segments/{name}/versions", query={"limit": "3"}).json
    rest = versions(office, name, limit="3", cursor=first["next_cursor"])
    assert [row["version"] for row in first["items"] + rest] == [5, 4, 3, 2, 1]


def test_a_restored_version_becomes_a_new_one(office: Office) -> None:
    office.visit("ann")
    name = office.segment()
    office.manage("POST", f"/v1/segments/{name}/activate")
    tag = office.manage("PATCH", f"/v1/segments/{name}", {"rule": SEARCHED}).headers["etag"]
    office.rebuild.take()

    answer = office.manage("POST", f"/v1/segments/{name}/restore", {"version": 1}, headers={"if-match": tag})

    assert (answer.status, answer.json["version"], answer.json["rule"]) == (202, 3, BUYERS)
    assert answer.json["state"] == "building"
    assert len(office.rebuild.take()) == 1
    assert [row["rule"] for row in versions(office, name)] == [BUYERS, SEARCHED, BUYERS]
    stale = office.manage("POST", f"/v1/segments/{name}/restore", {"version": 2}, headers={"if-match": tag})
    assert stale.status == 412


def test_restoring_the_newest_version_changes_nothing(office: Office) -> None:
    name = office.segment()
    assert office.manage("POST", f"/v1/segments/{name}/restore", {"version": 1}).json["version"] == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [({"version": 9}, 422), ({"version": 0}, 422), ({"version": "1"}, 422), ({}, 422), ({"version": 1, "x": 1}, 422)],
)
def test_only_a_version_there_is_can_be_restored(office: Office, body: dict[str, Any], status: int) -> None:
    assert office.manage("POST", f"/v1/segments/{office.segment()}/restore", body).status == status


def test_a_version_that_never_was_is_named_by_its_field(office: Office) -> None:
    answer = office.manage("POST", f"/v1/segments/{office.segment()}/restore", {"version": 9})
    assert (answer.status, answer.json["errors"][0]["path"]) == (422, "version")
    assert office.manage("POST", "/v1/segments/none/restore", {"version": 9}).status == 404


def test_a_viewer_may_look_at_versions_and_not_restore_one(office: Office) -> None:
    name = office.segment()
    assert office.manage("GET", f"/v1/segments/{name}/versions", key=VIEWER).status == 200
    assert office.manage("POST", f"/v1/segments/{name}/restore", {"version": 1}, key=VIEWER).status == 403


def test_a_segment_called_by_its_sentence_goes_on_to_be(office: Office) -> None:
    name = office.manage("POST", "/v1/segments", {"rule": BUYERS}).json["id"]
    edited = office.manage("PATCH", f"/v1/segments/{name}", {"rule": SEARCHED}).json
    assert edited["name"] == edited["sentence"]
    office.manage("PATCH", f"/v1/segments/{name}", {"name": "Mine"})
    assert office.manage("PATCH", f"/v1/segments/{name}", {"rule": BUYERS}).json["name"] == "Mine"


def test_the_same_edit_again_asks_an_unfinished_build_to_go_on(office: Office) -> None:
    """The first answer may have been lost between the write and the message."""
    office.visit("ann")
    name = office.segment()
    office.manage("POST", f"/v1/segments/{name}/activate")
    office.manage("PATCH", f"/v1/segments/{name}", {"rule": SEARCHED})
    office.rebuild.take()
    answer = office.manage("PATCH", f"/v1/segments/{name}", {"rule": SEARCHED})
    assert (answer.json["version"], len(office.rebuild.take())) == (2, 1)


def test_the_log_tells_what_was_done_by_whom(office: Office) -> None:
    name = office.active()
    office.manage("PATCH", f"/v1/segments/{name}", {"rule": SEARCHED}, key=MARKETER)
    office.manage("POST", f"/v1/segments/{name}/pause")

    def told(kind: str) -> list[tuple[Any, ...]]:
        items = office.manage("GET", f"/v1/segments/{name}/log", query={"kind": kind}).json["items"]
        return [(row["version"], row["from_state"], row["state"], row["by"]) for row in items]

    assert told("definition") == [(2, "active", "building", mark(MARKETER)), (1, None, "draft", mark(MGMT))]
    assert told("state") == [
        (2, "building", "paused", mark(MGMT)),
        (2, "active", "building", mark(MARKETER)),
        (1, "building", "active", None),
        (1, "draft", "building", mark(MGMT)),
        (1, None, "draft", mark(MGMT)),
    ]


def test_the_log_is_filtered_by_cause_and_paged(office: Office) -> None:
    name = office.active()
    for number in range(6):
        office.enter(name, f"v{number}", NOON + number, cause="clock" if number % 3 else f"event:e{number}")
    query = {"cause": "clock", "limit": "3"}
    first = office.manage("GET", f"/v1/segments/{name}/log", query=query).json
    rest = office.manage("GET", f"/v1/segments/{name}/log", query={**query, "cursor": first["next_cursor"]}).json
    assert [row["visitor_id"] for row in first["items"] + rest["items"]] == ["v5", "v4", "v2", "v1"]
    assert {row["cause"] for row in first["items"]} == {"clock"}


@pytest.mark.parametrize(
    "query", [{"kind": "x"}, {"cause": "x"}, {"kind": "state", "cause": "clock"}, {"kind": "state", "cursor": "x"}]
)
def test_a_wrong_filter_of_the_log_is_named(office: Office, query: dict[str, str]) -> None:
    answer = office.manage("GET", f"/v1/segments/{office.segment()}/log", query=query)
    assert (answer.status, len(answer.faults)) == (422, 1)


def test_usage_names_everyone_and_what_stands_in_the_way(office: Office) -> None:
    name = office.active()
    free = office.manage("GET", f"/v1/segments/{name}/usage").json
    assert (free["used_by"], free["items"], free["can_archive"], free["why_not"]) == (0, [], True, None)

    campaign = office.campaign(audience={"include": [name]})
    outer = office.segment(name="Outer", rule={"in_segment": name})
    used = office.manage("GET", f"/v1/segments/{name}/usage").json

    assert {(row["kind"], row["id"], row["state"], row["holds"]) for row in used["items"]} == {
        ("campaign", campaign, "draft", False),
        ("segment", outer, "draft", False),
    }
    assert (used["used_by"], used["can_archive"]) == (2, False)
    office.manage("POST", f"/v1/segments/{name}/pause")
    assert office.manage("GET", f"/v1/segments/{name}/usage").json["can_archive"] is True


def test_a_member_says_why_and_until_when(office: Office) -> None:
    rule = {
        "and": [
            {"or": [GERMAN, {"trait": "country", "op": "eq", "value": "AT"}]},
            {"not": {"trait": "gender", "op": "eq", "value": "f"}},
            {"not": SEARCHED},
        ]
    }
    name = office.active(rule=rule)
    office.visit("ann", country="DE", gender="m")
    office.enter(name, "ann")
    (row,) = office.manage("GET", f"/v1/segments/{name}/members", query={"why": "true"}).json["items"]
    assert [part["path"] for part in row["why"]] == ["and.0.or.0", "and.1.not", "and.2.not"]
    assert row["why"][0]["sentence"] == "Visitors whose country is “DE”."
    assert row["expires_at"] is None


def test_a_member_by_what_they_did_lately_says_until_when(office: Office) -> None:
    viewed: dict[str, Any] = {"event": "product_view", "window": {"last": "P3D"}}
    name = office.active(rule={"and": [viewed, {"event": "purchase"}]})
    for visitor, days in (("ann", 0), ("ben", 2)):
        did(office, visitor, "product_view", NOON - days * DAY)
        did(office, visitor, "purchase", NOON - 9 * DAY)
    fold(office)
    rows = office.manage("GET", f"/v1/segments/{name}/members").json["items"]
    assert [(row["visitor_id"], row["expires_at"]) for row in rows] == [
        ("ann", "2026-03-05T12:00:00Z"),
        ("ben", "2026-03-03T12:00:00Z"),
    ]


def test_a_segment_that_is_not_evaluated_gives_no_reasons(office: Office) -> None:
    name = office.active(rule=GERMAN)
    office.visit("ann", country="DE")
    office.enter(name, "ann")
    office.manage("POST", f"/v1/segments/{name}/pause")
    (row,) = office.manage("GET", f"/v1/segments/{name}/members", query={"why": "true"}).json["items"]
    assert (row["why"], row["expires_at"]) == ([], None)


def flips(office: Office, name: str, days: int, *, entered: int, exited: int = 0, leaf: str | None = "and.0") -> None:
    """What tally counts of a day, so many days ago."""
    at = office.clock.now - days * DAY
    counters = MemoryCounters(office.world)
    tally = Tally(counters)
    moves: tuple[tuple[Change, int], ...] = (("entered", entered), ("exited", -exited))
    for change, number in moves:
        line = Flip(SegmentId(name), 1, change, at, "clock", leaf)
        first = 500 if change == "exited" else 0
        tally([turned(OURS, "000", str(first + n), line, "Europe/Berlin") for n in range(abs(number))])
        counters.add(OURS, f"segment:{name}", f"{days}{change}", "1", {"total": number})


def test_history_has_each_day_with_its_size_and_causes(office: Office) -> None:
    name = office.active()
    flips(office, name, 3, entered=10)
    flips(office, name, 1, entered=2, exited=5)
    days = office.manage("GET", f"/v1/segments/{name}/history").json["items"]
    assert len(days) == 30
    assert [(row["day"], row["size"], row["entered"], row["exited"]) for row in days[-4:]] == [
        ("2026-02-27", 10, 10, 0),
        ("2026-02-28", 10, 0, 0),
        ("2026-03-01", 7, 2, 5),
        ("2026-03-02", 7, 0, 0),
    ]
    assert days[-2]["by_cause"] == [{"cause": "clock", "entered": 2, "exited": 5}]
    assert days[-2]["by_leaf"] == [{"leaf": "and.0", "version": 1, "entered": 2, "exited": 5}]


def test_history_of_a_range_ends_where_it_is_asked_to(office: Office) -> None:
    name = office.active()
    flips(office, name, 2, entered=4)
    query = {"from": "2026-02-28", "to": "2026-03-01"}
    days = office.manage("GET", f"/v1/segments/{name}/history", query=query).json["items"]
    assert [(row["day"], row["size"]) for row in days] == [("2026-02-28", 4), ("2026-03-01", 4)]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"from": "2026-02-30"}, "from"),
        ({"to": "yesterday"}, "to"),
        ({"to": "20260301"}, "to"),
        ({"from": "2026-03-03"}, "from"),
        ({"from": "2024-01-01"}, "from"),
    ],
)
def test_a_wrong_range_is_named(office: Office, query: dict[str, str], path: str) -> None:
    answer = office.manage("GET", f"/v1/segments/{office.segment()}/history", query=query)
    assert (answer.status, [fault[0] for fault in answer.faults]) == (422, [path])


def test_a_segment_that_loses_unusually_many_warns(office: Office) -> None:
    name = office.active()
    flips(office, name, 20, entered=100)
    assert office.manage("GET", f"/v1/segments/{name}").json["warning"] is None
    flips(office, name, 1, entered=0, exited=80, leaf="rule")
    warning = office.manage("GET", f"/v1/segments/{name}").json["warning"]
    assert warning == {
        "day": "2026-03-01",
        "fell": 80,
        "share": 0.8,
        "leaf": "rule",
        "version": 1,
        "cause": "clock",
        "words": "80 fewer members on 2026-03-01, 80% of them all; most of them by “Visitors who made a purchase”.",
    }
    assert office.manage("GET", "/v1/segments").json["items"][0]["warning"] == warning


def test_nobody_sees_another_stores_past_jobs_or_days(office: Office) -> None:
    name = office.active()
    job = office.manage("GET", f"/v1/segments/{name}/members", query={"format": "csv"}).json["job_id"]
    for path in ("versions", "log", "usage", "history", "members"):
        assert office.manage("GET", f"/v1/segments/{name}/{path}", key=THEIR_ADMIN).status == 404
    for query in ({"kind": "state"}, {"kind": "definition"}):
        assert office.manage("GET", f"/v1/segments/{name}/log", query=query, key=THEIR_ADMIN).status == 404
    assert office.manage("GET", f"/v1/jobs/{job}", key=THEIR_ADMIN).status == 404
    assert office.manage("DELETE", f"/v1/jobs/{job}", key=THEIR_ADMIN).status == 404
