"""Static lists over HTTP: uploaded, read by rules, changed only where something changes, and deleted."""

import json
from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.jobs import MemoryJobs
from shopbell.adapters.memory.lists import MemoryListMembers, MemoryLists, MemoryListUploads
from shopbell.app.filling import FILL_LIST, ChangeMembers, FillList
from shopbell.app.jobs import RunJobs
from shopbell.app.work import JobWork, read_rebuild
from shopbell.domain.clock import MINUTE
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import ListId, SegmentId, StoreId, VisitorId
from shopbell.domain.lists import VisitorList

from tests.functions.http.crowds import fold
from tests.functions.http.office import VIEWER, Office
from tests.functions.http.world import OURS, THEIR_SRV, THEIRS, Answered


@pytest.fixture
def vip(office: Office) -> str:
    """A list that a live segment reads."""
    assert office.manage("POST", "/v1/lists", {"name": "VIP", "id": "vip"}).status == 201
    office.active(rule={"list": "vip"}, name="On the list")
    return "vip"


def put(office: Office, *visitors: Any, mode: str = "replace", name: str = "vip") -> Answered:
    office.clock.now += MINUTE
    return office.manage("PUT", f"/v1/lists/{name}/members", {"visitor_ids": visitors, "mode": mode})


def members(office: Office, store: StoreId = OURS) -> set[str]:
    """Who is in the segment that reads the list, once everything is folded."""
    fold(office, store)
    ((segment,),) = [{row.id for (owner, _), row in office.world.segments.items() if owner == store}]
    return {who for (owner, who), row in office.world.profiles.items() if SegmentId(segment) in row.memberships}


def run_jobs(office: Office) -> int:
    """Whatever waits on the queue, to its end: the steps that it took."""
    change = ChangeMembers(
        MemoryLists(office.world), MemoryListMembers(office.world), office.ports().events, office.clock
    )
    fill = FillList(office.ports().stores, change, MemoryListUploads(office.world))
    jobs = RunJobs(MemoryJobs(office.world), {FILL_LIST: fill}, office.rebuild, office.clock)
    steps = 0
    for message in office.rebuild.take():
        work = read_rebuild(message.body)
        if isinstance(work, JobWork):
            steps += dict(jobs(work, lambda: 60_000).counts)["job_steps"]
    return steps


def test_a_list_is_made_read_and_listed(office: Office) -> None:
    made = office.manage("POST", "/v1/lists", {"name": "VIP", "description": "By hand"})
    shown = office.manage("GET", f"/v1/lists/{made.json['id']}", key=VIEWER)

    assert made.status == 201
    assert made.json == shown.json == office.manage("GET", "/v1/lists").json["items"][0]
    assert shown.json == {
        "id": made.json["id"],
        "name": "VIP",
        "description": "By hand",
        "size": 0,
        "used_by": 0,
        "created_at": "2026-03-02T12:00:00Z",
        "last_changed_at": "2026-03-02T12:00:00Z",
    }


def test_the_same_request_makes_one_list_and_another_of_its_id_is_refused(office: Office) -> None:
    once = {"idempotency-key": "k"}
    first, again = (office.manage("POST", "/v1/lists", {"name": "A"}, headers=once) for _ in range(2))
    taken = [office.manage("POST", "/v1/lists", {"name": name, "id": "x"}).status for name in ("A", "A", "B")]

    assert first.json == again.json
    assert taken == [201, 201, 409]


BAD: tuple[tuple[str, Any, str], ...] = (
    ("no name", {}, "name"),
    ("odd id", {"name": "x", "id": "a#b"}, "id"),
    ("unknown field", {"name": "x", "members": []}, "members"),
)


@pytest.mark.parametrize(("body", "path"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_wrong_with_a_list_is_named(office: Office, body: Any, path: str) -> None:
    answer = office.manage("POST", "/v1/lists", body)
    assert (answer.status, [fault for fault, _ in answer.faults]) == (422, [path])


def test_who_is_put_on_a_list_is_in_the_segments_that_read_it(office: Office, vip: str) -> None:
    answer = put(office, "ann", "ben", "c:77")

    assert answer.status == 200
    assert answer.json == {"accepted": 3, "rejected": 0, "errors": [], "added": 3, "removed": 0, "size": 3}
    assert members(office) == {"ann", "ben", "c:77"}
    assert office.manage("GET", f"/v1/lists/{vip}").json["used_by"] == 1
    assert office.manage("GET", "/v1/visitors/ann").json["traits"]["list.vip"] is True


@pytest.mark.usefixtures("vip")
def test_replacing_takes_off_whoever_is_not_named(office: Office) -> None:
    put(office, "ann", "ben")
    answer = put(office, "ben", "cem")

    assert (answer.json["added"], answer.json["removed"], answer.json["size"]) == (1, 1, 2)
    assert members(office) == {"ben", "cem"}
    put(office)
    assert members(office) == set()
    assert "list.vip" not in office.manage("GET", "/v1/visitors/ben").json["traits"]


@pytest.mark.usefixtures("vip")
def test_adding_and_removing_leave_the_others_as_they_are(office: Office) -> None:
    put(office, "ann", "ben")
    added, removed = put(office, "cem", "ben", mode="add"), put(office, "ann", "dee", mode="remove")

    assert (added.json["added"], added.json["removed"]) == (1, 0)
    assert (removed.json["added"], removed.json["removed"], removed.json["size"]) == (0, 1, 2)
    assert members(office) == {"ben", "cem"}


@pytest.mark.usefixtures("vip")
def test_only_a_visitor_whom_it_changes_gets_an_event(office: Office) -> None:
    put(office, "ann", "ben")
    before = len(office.stored)
    again = put(office, "ann", "ben", "ben")

    assert (again.json["accepted"], again.json["added"], again.json["removed"]) == (3, 0, 0)
    assert len(office.stored) == before == 2
    put(office, "ann", mode="add")
    put(office, "zoe", mode="remove")
    assert len(office.stored) == before


@pytest.mark.usefixtures("vip")
def test_wrong_lines_are_left_out_and_named(office: Office) -> None:
    answer = put(office, "ann", "", 7, "b b", "x" * 129)

    assert (answer.json["accepted"], answer.json["rejected"]) == (1, 4)
    assert [(one["line"], one["message"]) for one in answer.json["errors"]] == [
        (2, "must have 1 to 128 characters"),
        (3, "must be a string"),
        (4, "must be printable characters without spaces, '/', '\\', '%', '?', '#' or U+FFFD"),
        (5, "must have 1 to 128 characters"),
    ]
    assert members(office) == {"ann"}


def test_the_body_may_be_large_and_has_an_end(office: Office, vip: str) -> None:
    body = {"visitor_ids": [f"visitor-{number:0100d}" for number in range(40_000)], "mode": "add"}
    assert 4_000_000 < len(json.dumps(body)) < 5_000_000

    assert office.manage("PUT", f"/v1/lists/{vip}/members", body).status == 202
    huge = office.manage("PUT", f"/v1/lists/{vip}/members", json.dumps({"visitor_ids": ["x" * (5 * 1024 * 1024)]}))
    assert huge.status == 413


def test_more_than_can_be_waited_for_is_a_job_that_says_whom_it_changed(office: Office, vip: str) -> None:
    put(office, "ann", "v1")
    crowd = [f"v{number}" for number in range(4_500)]
    answer = put(office, *crowd, "")

    assert answer.status == 202
    assert (answer.json["accepted"], answer.json["rejected"]) == (4_500, 1)
    assert run_jobs(office) == 7  # three parts, three pages to sweep, the end
    job = office.manage("GET", f"/v1/jobs/{answer.json['job_id']}").json
    assert (job["state"], job["percent"]) == ("done", 100)
    assert job["result"] == {"added": 4_499, "removed": 1, "size": 4_500}
    assert not office.world.list_uploads, "who was put on it stands there once"
    assert office.manage("GET", f"/v1/lists/{vip}").json["size"] == 4_500
    assert members(office) == set(crowd)


@pytest.mark.usefixtures("vip")
def test_a_job_that_is_begun_again_changes_nobody_twice(office: Office) -> None:
    answer = put(office, *[f"v{number}" for number in range(2_500)], mode="add")
    waiting, lines = office.rebuild.take(), dict(office.world.list_uploads)
    for _ in range(2):
        office.rebuild.send(waiting)
        run_jobs(office)
        job = next(row for row in office.world.jobs.values() if row.id == answer.json["job_id"])
        # as if the last word of all its steps had been lost
        office.world.list_uploads.update(lines)
        office.world.jobs[job.store, job.id] = replace(job, state="running", place={}, percent=0)

    assert len(office.stored) == 2_500


@pytest.mark.usefixtures("vip")
def test_a_change_that_fails_halfway_is_made_whole_by_the_same_call(office: Office) -> None:
    class Failing(MemoryListMembers):
        def add(self, *_: object) -> None:
            raise Unavailable("the table is busy")

    change = ChangeMembers(MemoryLists(office.world), Failing(office.world), office.ports().events, office.clock)
    with pytest.raises(Unavailable):
        change.put(OURS, MemoryLists(office.world).all(OURS)[0].id, [VisitorId("ann")], on=True)

    assert put(office, "ann", mode="add").json["added"] == 1
    assert members(office) == {"ann"}


def test_a_list_that_a_live_segment_reads_stays(office: Office, vip: str) -> None:
    refused = office.manage("DELETE", f"/v1/lists/{vip}")

    assert refused.status == 409
    assert "On the list (active) uses it" in refused.text


@pytest.mark.parametrize("count", [2, 2_001], ids=["at once", "as a job"])
def test_a_deleted_list_lets_its_members_go(office: Office, count: int) -> None:
    office.manage("POST", "/v1/lists", {"name": "VIP", "id": "vip"})
    put(office, *[f"v{number}" for number in range(count)])
    run_jobs(office)
    office.clock.now += MINUTE

    assert office.manage("DELETE", "/v1/lists/vip").status == 204
    assert office.manage("GET", "/v1/lists/vip").status == 404
    assert office.manage("GET", "/v1/lists").json["items"] == []
    run_jobs(office)
    fold(office)
    assert [row.traits["list.vip"].value for row in office.world.profiles.values()] == [None] * count
    assert office.world.lists == {}
    assert office.manage("POST", "/v1/lists", {"name": "VIP", "id": "vip"}).json["size"] == 0


IN_A_RULE: tuple[tuple[str, str, str, str], ...] = (
    ("a new segment", "POST", "/v1/segments", "rule"),
    ("an edit", "PATCH", "/v1/segments/SEGMENT", "rule"),
    ("a preview", "POST", "/v1/segments/preview", "rule"),
    ("the weighing of an edit", "POST", "/v1/segments/SEGMENT/impact", "rule"),
    ("a campaign's own rule", "POST", "/v1/campaigns", "audience.rule"),
)


@pytest.mark.parametrize(("method", "path", "at"), [row[1:] for row in IN_A_RULE], ids=[row[0] for row in IN_A_RULE])
def test_a_rule_names_lists_of_its_own_store_or_is_refused_with_the_leaf(
    office: Office, vip: str, method: str, path: str, at: str
) -> None:
    def ask(*names: str) -> Answered:
        rule = {"and": [{"list": vip}, {"not": {"or": [{"list": name} for name in names]}}]}
        content = {"title": "Sale", "body": "Today", "url": "/sale"}
        body = {"rule": rule} if at == "rule" else {"name": "Sale", "content": content, "audience": {"rule": rule}}
        return office.manage(method, path.replace("SEGMENT", segment), body)

    segment = office.segment()
    for store, name in ((THEIRS, ListId("foreign")), (OURS, ListId("going"))):
        office.world.lists[store, name] = VisitorList(store, name, name, 0, 0, revision=1, going=store == OURS)

    assert ask(vip).status in (200, 201)
    refused = ask("none", "foreign", "going", vip)
    assert refused.status == 422
    assert refused.faults == [(f"{at}.and.1.not.or.{place}.list", "is no list of this store") for place in range(3)]


def test_a_version_that_read_a_list_comes_back_only_while_the_list_is_there(office: Office) -> None:
    office.manage("POST", "/v1/lists", {"name": "VIP", "id": "vip"})
    segment = office.segment(rule={"list": "vip"})
    office.manage("PATCH", f"/v1/segments/{segment}", {"rule": {"event": "search"}})
    assert office.manage("DELETE", "/v1/lists/vip").status == 204

    refused = office.manage("POST", f"/v1/segments/{segment}/restore", {"version": 1})
    assert (refused.status, refused.faults) == (422, [("rule.list", "is no list of this store")])


def test_a_segment_whose_list_was_deleted_is_not_activated(office: Office) -> None:
    office.manage("POST", "/v1/lists", {"name": "VIP", "id": "vip"})
    segment = office.segment(rule={"not": {"list": "vip"}})
    assert office.manage("DELETE", "/v1/lists/vip").status == 204

    refused = office.manage("POST", f"/v1/segments/{segment}/activate")
    assert (refused.status, "vip" in refused.text) == (409, True)
    office.manage("POST", "/v1/lists", {"name": "VIP", "id": "vip"})
    assert office.manage("POST", f"/v1/segments/{segment}/activate").status == 202


def test_an_unknown_or_foreign_list_is_not_there(office: Office, vip: str) -> None:
    for method, path, body in (
        ("GET", "/v1/lists/none", None),
        ("PUT", "/v1/lists/none/members", {"visitor_ids": []}),
        ("DELETE", "/v1/lists/none", None),
    ):
        assert office.manage(method, path, body).status == 404
    assert office.manage("PUT", f"/v1/lists/{vip}/members", {"visitor_ids": []}, key=VIEWER).status == 403
    assert office.manage("GET", f"/v1/lists/{vip}", key=THEIR_SRV).status == 403
