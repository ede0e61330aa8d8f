"""Whoever is erased while what is known of them is exported: no file of theirs stays, and none is handed out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shopbell.adapters.memory.jobs import MemoryFiles, MemoryUploads
from shopbell.app.work import JobWork
from shopbell.domain.clock import HOUR
from shopbell.domain.jobs import JobId

from tests.functions.http.office import Office
from tests.functions.http.test_one_visitor import known, work, worker
from tests.functions.http.world import OURS


@dataclass(frozen=True, kw_only=True)
class Interrupted(MemoryFiles):
    """Somebody else does something just before a file is whole."""

    meanwhile: Callable[[], Any]

    def finish(self, name: str, upload: str, marks: Sequence[str]) -> None:
        self.meanwhile()
        MemoryFiles.finish(self, name, upload, marks)


@dataclass(frozen=True, kw_only=True)
class Slow(MemoryUploads):
    """Somebody else does something just before a note is written."""

    meanwhile: Callable[[], Any]

    def put(self, name: str, data: bytes) -> None:
        self.meanwhile()
        MemoryUploads.put(self, name, data)


def asked(office: Office, method: str = "GET", path: str = "/export") -> JobId:
    return JobId(office.manage(method, f"/v1/visitors/ann{path}").json["job_id"])


def handed_out(office: Office, export: JobId) -> bool:
    return office.manage("GET", f"/v1/jobs/{export}").json.get("download_url") is not None


def test_an_export_that_is_written_during_the_first_step_of_an_erasure_leaves_no_file(office: Office) -> None:
    known(office)
    export, erasure = asked(office), asked(office, "DELETE", "")
    office.world.erased.clear()  # as the export saw it when it began

    def first_step() -> None:
        worker(office)(JobWork(OURS, erasure), lambda: HOUR)

    files = Interrupted(world=office.world, meanwhile=first_step)
    worker(office, files)(JobWork(OURS, export), lambda: HOUR)
    assert not handed_out(office, export)
    assert not office.world.jobs[OURS, export].ask
    work(office)
    assert not office.world.files
    assert not handed_out(office, export)


def test_what_a_killed_export_leaves_is_found_at_a_later_turn(office: Office) -> None:
    known(office)
    export, erasure = asked(office), asked(office, "DELETE", "")
    stones = dict(office.world.erased)
    office.world.erased.clear()

    def first_step() -> None:
        office.world.erased.update(stones)
        worker(office)(JobWork(OURS, erasure), lambda: HOUR)
        office.world.erased.clear()  # whoever is killed does not look

    files = Interrupted(world=office.world, meanwhile=first_step)
    worker(office, files)(JobWork(OURS, export), lambda: HOUR)
    office.world.erased.update(stones)
    assert any(name.endswith(f"{export}.json") for name in office.world.files)
    work(office)
    assert not office.world.files


def test_nothing_is_exported_of_whoever_is_being_erased(office: Office) -> None:
    known(office)
    early = asked(office)
    asked(office, "DELETE", "")
    assert office.manage("GET", "/v1/visitors/ann/export").status == 404
    worker(office)(JobWork(OURS, early), lambda: HOUR)
    assert office.manage("GET", f"/v1/jobs/{early}").json["state"] == "failed"
    assert not office.world.files
    work(office)
    assert not office.world.files


def test_of_two_exports_at_once_an_erasure_finds_both_files(office: Office) -> None:
    known(office)
    one, other = asked(office), asked(office)

    def meanwhile() -> None:
        worker(office)(JobWork(OURS, other), lambda: HOUR)

    notes = Slow(world=office.world, meanwhile=meanwhile)
    worker(office, notes=notes)(JobWork(OURS, one), lambda: HOUR)
    assert handed_out(office, one)
    assert handed_out(office, other)
    asked(office, "DELETE", "")
    work(office)
    assert not office.world.files
