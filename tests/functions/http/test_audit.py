"""Who changed what: a line for each call of people that changed something, with what stood there before and after."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.audit import MemoryAuditTrail
from shopbell.domain.audit import AuditLine
from shopbell.domain.errors import Unavailable
from shopbell.domain.jobs import JobId
from shopbell.runtime.http.api import HttpApi
from shopbell.runtime.http.auditing import READS, twin_of, writes
from shopbell.runtime.http.management_operations import OPERATIONS
from shopbell.runtime.http.management_uses import management
from shopbell.runtime.http.operation import Managed

from tests.functions.http.failing import Down, plan_over
from tests.functions.http.office import BUYERS, MARKETER, THEIR_ADMIN, VIEWER, Office
from tests.functions.http.world import OURS, SRV

SEGMENT = {"name": "Buyers", "rule": BUYERS}


def trail(office: Office, **query: str) -> list[dict[str, Any]]:
    answer = office.manage("GET", "/v1/audit", query=query)
    assert answer.status == 200, answer.text
    found: list[dict[str, Any]] = answer.json["items"]
    return found


def test_an_edit_tells_who_and_what_stood_before(office: Office) -> None:
    name = office.manage("POST", "/v1/segments", SEGMENT).json["id"]
    office.manage("PATCH", f"/v1/segments/{name}", {"name": "Customers"}, key=MARKETER)
    edit, made = trail(office)
    assert (edit["operation"], edit["method"], edit["path"]) == ("editSegment", "PATCH", f"/v1/segments/{name}")
    assert edit["key"]["role"] == "marketer"
    (renamed,) = [one for one in edit["changes"] if one["field"] == "name"]
    assert (renamed["before"], renamed["after"]) == ("Buyers", "Customers")
    assert made["operation"] == "createSegment"
    assert {"field": "name", "before": None, "after": "Buyers"} in made["changes"]


def test_a_state_that_turns_and_a_deletion_tell_of_it(office: Office) -> None:
    name = office.campaign()
    office.manage("DELETE", f"/v1/campaigns/{name}")
    gone = trail(office)[0]
    assert {"field": "status", "before": "draft", "after": "cancelled"} in gone["changes"]


def test_what_is_refused_read_or_only_computed_leaves_no_line(office: Office) -> None:
    office.manage("POST", "/v1/segments", SEGMENT, key=VIEWER)
    office.manage("POST", "/v1/segments", {"name": "x"})
    office.manage("GET", "/v1/store")
    office.manage("POST", "/v1/segments/preview", {"rule": BUYERS})
    assert trail(office) == []


def test_what_broke_off_says_what_it_had_written_by_then(office: Office) -> None:
    office.visit("ann", subscribed=True)
    name = office.campaign()
    plan_over(office, Down())
    assert office.manage("POST", f"/v1/campaigns/{name}/send", key=MARKETER).status == 503
    line = trail(office)[0]
    assert (line["operation"], line["status"], line["key"]["role"]) == ("sendCampaign", 503, "marketer")
    assert {"field": "status", "before": "draft", "after": "sending"} in line["changes"]


def test_no_secret_is_repeated(office: Office) -> None:
    secrets = [office.manage("POST", "/v1/keys", {"kind": kind}).json["secret"] for kind in ("pub", "identify")]
    answer = office.manage("GET", "/v1/audit")
    assert len(answer.json["items"]) == 2
    assert not any(secret in answer.text for secret in secrets)


def test_a_store_reads_its_own_trail_and_only_its_admins_do(office: Office) -> None:
    office.manage("PATCH", "/v1/store", {"name": "Ours"})
    assert office.manage("GET", "/v1/audit", key=THEIR_ADMIN).json["items"] == []
    assert [office.manage("GET", "/v1/audit", key=key).status for key in (MARKETER, SRV)] == [403, 403]


def test_it_can_be_asked_by_key_call_path_and_time(office: Office) -> None:
    name = office.manage("POST", "/v1/segments", SEGMENT).json["id"]
    office.clock.now += 60_000
    office.manage("PATCH", f"/v1/segments/{name}", {"name": "Customers"}, key=MARKETER)
    marketer = trail(office)[0]["key"]["id"]
    assert [one["operation"] for one in trail(office, key=marketer)] == ["editSegment"]
    assert [one["operation"] for one in trail(office, operation="createSegment")] == ["createSegment"]
    assert trail(office, path="/v1/campaigns") == []
    assert [one["operation"] for one in trail(office, to="2026-03-02T12:00:30Z")] == ["createSegment"]
    assert [one["operation"] for one in trail(office, **{"from": "2026-03-02T12:00:30Z"})] == ["editSegment"]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-03-02T12:00:30Z", "to": "2026-03-01T12:00:30Z"}, "to"),
        ({"cursor": "x"}, "cursor"),
    ],
    ids=["no instant", "the wrong way round", "no cursor"],
)
def test_a_question_that_makes_no_sense_is_refused(office: Office, query: dict[str, str], path: str) -> None:
    answer = office.manage("GET", "/v1/audit", query=query)
    assert (answer.status, [fault for fault, _ in answer.faults]) == (422, [path])


def test_a_key_is_told_by_its_name(office: Office) -> None:
    made = office.manage("POST", "/v1/keys", {"kind": "mgmt", "role": "marketer", "name": "Ann"}).json
    office.manage("POST", "/v1/segments", SEGMENT, key=made["secret"])
    assert trail(office)[0]["key"] == {"id": made["id"], "name": "Ann", "role": "marketer"}


class BrokenTrail(MemoryAuditTrail):
    """Nothing can be written down."""

    def add(self, line: AuditLine) -> None:
        raise Unavailable(line.id)


def test_what_was_done_is_answered_as_done_though_its_line_was_lost(office: Office) -> None:
    ports = office.ports()
    keys = replace(ports.keys, audit=BrokenTrail(office.world))
    office.management = HttpApi(management(replace(ports, keys=keys)).routes())
    answer = office.manage("PATCH", "/v1/store", {"name": "Ours"})
    assert (answer.status, answer.json["name"]) == (200, "Ours")
    assert office.watch.counts["audit_lost"] == 1
    assert ("audit_lost", {"reason": "editStore"}) in office.watch.said


def test_a_key_that_is_rotated_or_revoked_tells_how_it_stood(office: Office) -> None:
    made = office.manage("POST", "/v1/keys", {"kind": "srv", "name": "ERP"}).json
    path = f"/v1/keys/{made['id']}"
    new = office.manage("POST", f"{path}/rotate", {"overlap": "PT1H"}).json
    assert office.manage("DELETE", path).status == 204
    revoked, rotated, _ = trail(office)
    assert {"field": "revoked", "before": False, "after": True} in revoked["changes"]
    told = {one["field"]: (one["before"], one["after"]) for one in rotated["changes"]}
    assert told["expires_at"] == (None, new["previous_until"])
    assert told["id"] == (None, new["id"])
    assert not any(new["secret"] in str(line) for line in (revoked, rotated))


def test_whoever_takes_data_out_as_a_file_is_written_down(office: Office) -> None:
    office.visit("ann")
    segment, campaign = office.active(), office.campaign()
    seen = len(trail(office))
    for path, query in (
        ("/v1/visitors/ann/export", {}),
        (f"/v1/segments/{segment}/members", {"format": "csv"}),
        (f"/v1/campaigns/{campaign}/report", {"format": "csv"}),
    ):
        assert office.manage("GET", path, query=query).status in {200, 202}
        assert office.manage("GET", f"/v1/segments/{segment}/members").status == 200
        assert office.manage("GET", f"/v1/campaigns/{campaign}/report").status == 200
    report, members, visitor = trail(office)[: len(trail(office)) - seen]
    assert (visitor["operation"], visitor["path"]) == ("exportVisitor", "/v1/visitors/{visitor_id}/export")
    assert [one["field"] for one in visitor["changes"]] == ["job_id"], "a line outlives the visitor: it names none"
    assert (members["operation"], members["path"]) == ("listMembers", f"/v1/segments/{segment}/members")
    assert [one["field"] for one in members["changes"]] == ["format", "job_id"]
    assert (report["operation"], report["changes"]) == (
        "getReport",
        [{"field": "format", "before": None, "after": "csv"}],
    )


def test_fetching_the_file_of_a_job_is_written_down_and_watching_it_is_not(office: Office) -> None:
    office.visit("ann")
    name = office.manage("GET", "/v1/visitors/ann/export").json["job_id"]
    seen = len(trail(office))
    assert office.manage("GET", f"/v1/jobs/{name}").json["download_url"] is None
    assert len(trail(office)) == seen
    jobs = office.ports().work.jobs
    job = jobs.get(OURS, JobId(name))
    assert job is not None
    done = replace(job, state="done", file="f", file_name="x.json", revision=job.revision + 1)
    assert jobs.save(done, expected=job.revision)
    assert office.manage("GET", f"/v1/jobs/{name}").json["download_url"]
    line = trail(office)[0]
    assert (line["operation"], line["path"]) == ("getJob", f"/v1/jobs/{name}")
    assert {"field": "kind", "before": None, "after": "export_visitor"} in line["changes"]


def test_every_call_that_is_no_read_is_written_down() -> None:
    unknown = READS - {one.id for one in OPERATIONS}
    assert not unknown
    for one in OPERATIONS:
        assert writes(one) or one.method == "GET" or one.id in READS
        assert isinstance(one.access, Managed)


def test_what_changes_a_thing_knows_the_call_that_reads_it() -> None:
    twins = {one.id: twin_of(one, OPERATIONS) for one in OPERATIONS if writes(one)}
    assert twins["editSegment"] == twins["activateSegment"] == twins["archiveSegment"] == "getSegment"
    assert twins["sendCampaign"] == twins["discardCampaign"] == "getCampaign"
    assert (twins["editStore"], twins["putScenario"]) == ("getStore", "getScenario")
    assert twins["createSegment"] is twins["makeKey"] is None
