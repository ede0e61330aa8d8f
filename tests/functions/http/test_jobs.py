"""Long work over HTTP: asked for, watched, fetched, called off."""

from dataclasses import replace

import pytest
from shopbell.adapters.memory.jobs import MemoryFiles, MemoryJobs
from shopbell.adapters.memory.memberships import MemoryMemberships
from shopbell.app.exporting import EXPORT_MEMBERS, ExportMembers
from shopbell.app.jobs import RunJobs
from shopbell.app.work import JobWork, read_rebuild
from shopbell.domain.jobs import JobId
from shopbell.domain.store import Role
from shopbell.runtime.http.job_roles import BEGUN_BY
from shopbell.runtime.http.management_operations import OPERATIONS
from shopbell.runtime.http.operation import Managed

from tests.functions.http.office import MARKETER, VIEWER, Office
from tests.functions.http.test_handlers import mark
from tests.functions.http.world import MGMT, OURS


def work_off(office: Office) -> None:
    """What lies on the queue, with parts of 64 bytes."""
    ports = office.ports()
    worker = ExportMembers(ports.stores, MemoryMemberships(office.world), MemoryFiles(office.world), part=64)
    run = RunJobs(ports.work.jobs, {EXPORT_MEMBERS: worker}, office.rebuild, office.clock)
    for message in office.rebuild.take():
        work = read_rebuild(message.body)
        if isinstance(work, JobWork):
            run(work, lambda: 60_000)


def test_members_are_fetched_as_a_file(office: Office) -> None:
    name = office.active()
    for who in ("ann", "=cmd", 'quo"te,comma'):
        office.enter(name, who)
    begun = office.manage("GET", f"/v1/segments/{name}/members", query={"format": "csv"}, key=VIEWER)
    assert begun.status == 202
    path = f"/v1/jobs/{begun.json['job_id']}"
    assert (office.manage("GET", path).json["state"], office.manage("GET", path).json["download_url"]) == (
        "queued",
        None,
    )
    work_off(office)

    done = office.manage("GET", path).json
    assert (done["state"], done["percent"], done["result"], done["kind"]) == (
        "done",
        100,
        {"rows": 3},
        "export_members",
    )
    assert done["created_by"] == mark(VIEWER)
    stored = done["download_url"].removeprefix("memory:").partition("?")[0]
    assert office.world.files[stored].decode().splitlines() == [
        "visitor_id,entered_at,reachable,version",
        "'=cmd,2026-03-02T12:00:00Z,false,1",
        "ann,2026-03-02T12:00:00Z,false,1",
        '"quo""te,comma",2026-03-02T12:00:00Z,false,1',
    ]


def test_a_job_that_is_called_off_leaves_nothing(office: Office) -> None:
    name = office.active()
    office.enter(name, "ann")
    job = office.manage("GET", f"/v1/segments/{name}/members", query={"format": "csv"}).json["job_id"]
    assert office.manage("DELETE", f"/v1/jobs/{job}", key=VIEWER).status == 403
    assert office.manage("DELETE", f"/v1/jobs/{job}", key=MARKETER).status == 204
    work_off(office)
    assert office.manage("GET", f"/v1/jobs/{job}").json["state"] == "cancelled"
    assert (office.world.files, office.world.uploads) == ({}, {})


BEGINS = {
    "export_members": "listMembers",
    "dry_run": "dryRunScenario",
    "fill_list": "putListMembers",
    "fill_coupon_pool": "addCouponCodes",
    "export_coupon_codes": "listCouponCodes",
    "load_feed": "loadFeed",
    "import_subscriptions": "importSubscriptions",
    "export_visitor": "exportVisitor",
    "erase_visitor": "eraseVisitor",
}
KEYS: dict[Role, str] = {"viewer": VIEWER, "marketer": MARKETER, "admin": MGMT}
ORDER: tuple[Role, ...] = ("viewer", "marketer", "admin")


def test_each_kind_of_job_is_for_the_role_of_the_call_that_begins_it() -> None:
    roles = {one.id: one.access.role for one in OPERATIONS if isinstance(one.access, Managed)}
    assert {kind: roles[call] for kind, call in BEGINS.items()} == BEGUN_BY


@pytest.mark.parametrize("kind", [*BEGINS, "of another release"])
def test_a_job_is_shown_and_called_off_for_who_could_have_begun_it(office: Office, kind: str) -> None:
    office.visit("ann")
    name = JobId(office.manage("GET", "/v1/visitors/ann/export").json["job_id"])
    stored = MemoryJobs(office.world)
    job = stored.get(OURS, name)
    assert job is not None
    done = replace(job, kind=kind, state="done", file="ann.json", revision=job.revision + 1)
    assert stored.save(done, expected=job.revision)
    wanted = ORDER.index(BEGUN_BY.get(kind, "admin"))
    for place, role in enumerate(ORDER):
        found = office.manage("GET", f"/v1/jobs/{name}", key=KEYS[role])
        called_off = office.manage("DELETE", f"/v1/jobs/{name}", key=KEYS[role])
        assert found.status == (200 if place >= wanted else 403), role
        assert ("download_url" in found.json) is (place >= wanted), role
        assert called_off.status == (204 if place >= max(1, wanted) else 403), role


def test_nobody_below_an_admin_fetches_what_is_held_of_a_person(office: Office) -> None:
    office.visit("ann")
    name = office.manage("GET", "/v1/visitors/ann/export").json["job_id"]
    for key in (VIEWER, MARKETER):
        assert office.manage("GET", f"/v1/jobs/{name}", key=key).status == 403
    assert office.manage("DELETE", f"/v1/jobs/{name}", key=MARKETER).status == 403
    assert office.manage("GET", f"/v1/jobs/{name}").json["state"] == "queued"
