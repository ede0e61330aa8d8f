"""Long work over HTTP: asked for, watched, fetched, called off."""

from shopbell.adapters.memory.jobs import MemoryFiles
from shopbell.adapters.memory.memberships import MemoryMemberships
from shopbell.app.exporting import EXPORT_MEMBERS, ExportMembers
from shopbell.app.jobs import RunJobs
from shopbell.app.work import JobWork, read_rebuild

from tests.functions.http.office import MARKETER, VIEWER, Office
from tests.functions.http.test_handlers import mark


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
