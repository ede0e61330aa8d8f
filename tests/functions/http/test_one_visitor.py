"""One visitor over HTTP: what is known, the timeline, export and erasure as jobs, suppression."""

import dataclasses
import json

import pytest
from shopbell.adapters.memory.aliases import MemoryAliases
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.jobs import MemoryFiles, MemoryJobs, MemoryUploads
from shopbell.adapters.memory.personal import MemoryHoldings
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.adapters.memory.sends import MemorySends
from shopbell.adapters.memory.stones import MemoryTombstones
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.app.jobs import RunJobs, Worker
from shopbell.app.privacy.erase import ERASE_VISITOR, EraseVisitor
from shopbell.app.privacy.erased import Erased
from shopbell.app.privacy.export import EXPORT_VISITOR, ExportVisitor
from shopbell.app.privacy.exported import Exported
from shopbell.app.privacy.people import FindPerson
from shopbell.app.work import JobWork, read_rebuild
from shopbell.domain.clock import HOUR, MINUTE
from shopbell.domain.ids import VisitorId
from shopbell.domain.sends import EMPTY, Sent, recorded
from shopbell.runtime.http.api import HttpApi

from tests.functions.http.office import MARKETER, VIEWER, Office
from tests.functions.http.world import NOON, OURS, PUB, SRV

ANN = VisitorId("ann")


def known(office: Office) -> str:
    """Ann, with a device, a segment, a message and a page view; the segment's id."""
    segment = office.active()
    office.visit("ann", subscribed=True, city="Ulm")
    office.enter(segment, "ann", NOON + 1)
    MemorySends(office.world).save(OURS, [(ANN, recorded(EMPTY, Sent(NOON + 2, b"12345678", "c1")))])
    view = {"id": "1", "type": "page_view", "visitor_id": "ann", "properties": {"url": "https://shop.example.com/"}}
    assert office.call("POST", "/v1/events", {"events": [view]}, key=SRV).status == 202
    return segment


def worker(office: Office, files: MemoryFiles | None = None, notes: MemoryUploads | None = None) -> RunJobs:
    """The function `rebuild`."""
    world, now = office.world, office.clock
    holdings, visitors = MemoryHoldings(world), MemoryVisitors(world)
    find = FindPerson(visitors, MemoryAliases(world), MemoryEvents(world))
    files = files or MemoryFiles(world)
    exported = Exported(notes or MemoryUploads(world), files)
    workers: dict[str, Worker] = {
        ERASE_VISITOR: EraseVisitor(
            MemoryTombstones(world), holdings, find, visitors, MemorySegments(world), exported, now
        ),
        EXPORT_VISITOR: ExportVisitor(MemoryTombstones(world), holdings, find, files, exported, now),
    }
    return RunJobs(MemoryJobs(world), workers, office.rebuild, now)


def work(office: Office) -> None:
    """Until no job is left; time passes as it waits."""
    run = worker(office)
    for _ in range(40):
        for message in office.rebuild.take():
            asked = read_rebuild(message.body)
            if isinstance(asked, JobWork):
                run(asked, lambda: HOUR)
        office.clock.now += MINUTE


def test_what_is_known_says_what_was_sent_and_that_nothing_is_suppressed(office: Office) -> None:
    segment = known(office)
    found = office.manage("GET", "/v1/visitors/ann", key=VIEWER).json
    assert (found["reachable"], found["suppression"]) == (True, None)
    assert found["sent"] == {"count": 1, "last_at": "2026-03-02T12:00:00.002Z", "last_clicked_at": None}
    assert [row["id"] for row in found["segments"]] == [segment]
    assert "endpoint" not in json.dumps(found)


def test_the_timeline_is_newest_first_and_a_page_goes_on_where_the_last_one_ended(office: Office) -> None:
    known(office)
    whole = office.manage("GET", "/v1/visitors/ann/timeline").json
    assert [row["kind"] for row in whole["items"]] == ["message", "segment", "event"]
    assert whole["next_cursor"] is None

    first = office.manage("GET", "/v1/visitors/ann/timeline", query={"limit": "1"}).json
    later = {"id": "2", "type": "search", "visitor_id": "ann", "properties": {"query": "x"}}
    office.clock.now += MINUTE
    office.call("POST", "/v1/events", {"events": [later]}, key=SRV)
    rest = office.manage("GET", "/v1/visitors/ann/timeline", query={"cursor": first["next_cursor"]}).json
    assert first["items"] + rest["items"] == whole["items"]


@pytest.mark.parametrize(("kind", "count"), [("event", 1), ("message", 1), ("segment", 1), ("merge", 0)])
def test_one_kind_of_the_timeline(office: Office, kind: str, count: int) -> None:
    known(office)
    items = office.manage("GET", "/v1/visitors/ann/timeline", query={"kind": kind}).json["items"]
    assert [row["kind"] for row in items] == [kind] * count


def test_an_export_is_a_file_with_everything(office: Office) -> None:
    known(office)
    begun = office.manage("GET", "/v1/visitors/ann/export")
    assert begun.status == 202
    work(office)
    job = office.manage("GET", f"/v1/jobs/{begun.json['job_id']}").json
    assert (job["state"], job["kind"]) == ("done", "export_visitor")
    assert job["download_url"]
    found = json.loads(office.world.files[f"exports/{OURS}/{begun.json['job_id']}.json"])
    assert found["visitor_ids"] == ["ann"]
    assert found["profile"][0]["traits"] == {"city": "Ulm"}
    assert found["events"][0]["items"][0]["events"][0]["type"] == "page_view"
    assert not office.world.jobs[OURS, begun.json["job_id"]].ask, "the job forgets whose it was"


def test_who_is_erased_is_gone_and_their_browser_is_told_to_take_another_id(office: Office) -> None:
    segment = known(office)
    for _ in range(2):
        office.manage("GET", "/v1/visitors/ann/export")
        work(office)
    assert len(office.world.files) == 4, "two files, and where each is noted"
    begun = office.manage("DELETE", "/v1/visitors/ann")
    assert (begun.status, office.manage("DELETE", "/v1/visitors/ann").json) == (202, begun.json)
    work(office)
    job = office.manage("GET", f"/v1/jobs/{begun.json['job_id']}").json
    assert (job["state"], job["result"]["left"]) == ("done", 0), job
    assert office.manage("GET", "/v1/visitors/ann").status == 404
    assert not office.world.files, "what was exported of them is gone, too"
    assert office.manage("GET", f"/v1/segments/{segment}/members").json["items"] == []

    late = {"id": "9", "type": "page_view", "visitor_id": "ann", "properties": {"url": "https://shop.example.com/"}}
    known_now = dataclasses.replace(office.tracked, erased=Erased(MemoryTombstones(office.world), office.clock))
    track = dataclasses.replace(known_now.track, erased=known_now.erased)
    office.tracking = HttpApi(dataclasses.replace(known_now, track=track).routes())
    told = office.call("POST", "/v1/events", {"events": [late]}, key=PUB).json
    assert told["rejected"] == [{"index": 0, "path": "visitor_id", "message": "was erased: take a new id"}]
    assert office.call("PATCH", "/v1/visitors/ann", {"traits": {"city": "Bonn"}}, key=PUB).status == 422
    assert office.events_of("ann") == []


def test_an_export_forgets_whom_it_was_about_however_it_ends(office: Office) -> None:
    known(office)
    called_off, failed = (office.manage("GET", "/v1/visitors/ann/export").json["job_id"] for _ in range(2))
    office.manage("DELETE", f"/v1/jobs/{called_off}")
    office.world.profiles.clear()
    office.world.events.clear()
    work(office)
    jobs = {name: office.world.jobs[OURS, name] for name in (called_off, failed)}
    assert {job.state for job in jobs.values()} == {"cancelled", "failed"}
    assert not any(job.ask for job in jobs.values())


def test_an_erasure_cannot_be_called_off(office: Office) -> None:
    known(office)
    name = office.manage("DELETE", "/v1/visitors/ann").json["job_id"]
    assert office.manage("DELETE", f"/v1/jobs/{name}").status == 409


@pytest.mark.parametrize("key", [VIEWER, MARKETER], ids=["viewer", "marketer"])
@pytest.mark.parametrize(("method", "path"), [("DELETE", ""), ("GET", "/export")], ids=["erase", "export"])
def test_only_an_admin_may_have_or_forget_it_all(office: Office, method: str, path: str, key: str) -> None:
    known(office)
    assert office.manage(method, f"/v1/visitors/ann{path}", key=key).status == 403
    assert office.manage(method, f"/v1/visitors/nobody{path}").status == 404


def test_suppression_is_an_event_that_is_told_once(office: Office) -> None:
    known(office)
    path = "/v1/visitors/ann/suppression"
    answer = office.manage("PUT", path, {"suppressed": True, "reason": "asked by phone"}, key=MARKETER)
    assert answer.status == 200
    assert answer.json["suppression"]["reason"] == "asked by phone"
    (said,) = (one for one in office.events_of("ann") if one.type == "traits_changed")
    assert said.properties == {"traits": {"suppressed": {"reason": "asked by phone"}}}
    assert office.manage("DELETE", path, key=MARKETER).status == 204
    assert office.manage("PUT", "/v1/visitors/nobody/suppression", {"suppressed": True}).status == 404
    assert office.manage("PUT", path, {"suppressed": True}, key=VIEWER).status == 403
    assert office.call("PATCH", "/v1/visitors/ann", {"traits": {"suppressed": None}}, key=PUB).status == 422
