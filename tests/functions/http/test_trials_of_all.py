"""Trying a scenario out on everybody: a job with sums and a line for each visitor, whoever dies in the middle."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.app.jobs import RunJobs
from shopbell.app.scenarios.dryrun_all import CHANGED, DRY_RUN, DryRunAll
from shopbell.app.work import JobWork, read_rebuild
from shopbell.domain.clock import DAY, HOUR, format_instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.jobs import Job, JobId

from tests.functions.http.office import MARKETER, VIEWER, Office
from tests.functions.http.test_trials import DROP, MORNING, looked, person, stock, tried
from tests.functions.http.world import NOON, OURS

LINES = [
    "visitor_id,outcome,gate,at,step,level,products,title,put_off_by",
    "'=ann,would_get,,2026-03-02T12:00:00Z,0,0,",
    "ben,would_not,audience,,,,,,",
]


def worker(office: Office) -> DryRunAll:
    ports, dry_run = office.ports(), office.managing.trials.dry_run
    return DryRunAll(dry_run, ports.listing.uploads, ports.work.files, part=64, batch=2)


def work_off(office: Office, doing: Any = None) -> None:
    run = RunJobs(office.ports().work.jobs, {DRY_RUN: doing or worker(office)}, office.rebuild, office.clock)
    for message in office.rebuild.take():
        work = read_rebuild(message.body)
        if isinstance(work, JobWork):
            run(work, lambda: 60_000)


def crowd(office: Office) -> None:
    assert office.manage("PATCH", "/v1/store", MORNING).status == 200
    stock(office)
    person(office, "=ann")
    for number in range(5):
        person(office, f"ben{number}", ago=40 * DAY)


def begun(office: Office, **body: Any) -> str:
    answer = tried(office, {"all": True, **body}, key=VIEWER)
    assert answer.status == 202, answer.text
    return f"/v1/jobs/{answer.json['job_id']}"


def lines(office: Office, path: str) -> list[str]:
    stored = office.manage("GET", path).json["download_url"].removeprefix("memory:").partition("?")[0]
    return office.world.files[stored].decode().splitlines()


def test_everybody_is_asked_and_told_in_sums_and_in_a_file(office: Office) -> None:
    crowd(office)
    path = begun(office)
    assert office.manage("GET", path).json["state"] == "queued"
    work_off(office)
    done = office.manage("GET", path, key=VIEWER).json
    assert (done["state"], done["percent"], done["kind"], done["errors"]) == ("done", 100, "dry_run", [])
    assert not office.world.list_uploads, "whom it asked stands in its file alone"
    assert done["result"] == {
        "scenario": "new_arrivals",
        "as_of": format_instant(NOON),
        "since": format_instant(NOON),
        "visitors": 6,
        "would_get": 1,
        "would_not": {"audience": 5},
    }
    first, *rows = lines(office, path)
    assert first == LINES[0]
    assert len(rows) == 6
    (ann,) = (row for row in rows if "ann" in row)
    assert ann.startswith(LINES[1])
    assert "New: Boot" in ann
    assert "ben3,would_not,audience,,,,,," in rows


def test_a_change_that_is_supposed_is_tried_out_on_everybody(office: Office) -> None:
    crowd(office)
    looked(office, "ben3", "p1")
    drop = tried(office, {"all": True, "product_id": "p1", "price": 700}, DROP).json["job_id"]
    work_off(office)
    found = office.manage("GET", f"/v1/jobs/{drop}").json
    assert (found["state"], found["result"]["would_get"]) == ("done", 1)
    assert found["result"]["would_not"] == {"not_triggered": 5}
    (told,) = (row for row in lines(office, f"/v1/jobs/{drop}") if "would_get" in row)
    assert told.startswith("ben3,would_get,,2026-03-02T14:30:00Z,0,0,p1,Boot 1 costs less now")


@pytest.mark.parametrize(("shards", "most"), [(1, 3), (4, 3), (4, 1), (1, 99)])
def test_of_a_run_to_so_many_it_draws_whom_that_run_draws(office: Office, shards: int, most: int) -> None:
    crowd(office)
    office.world.stores[OURS] = replace(office.world.stores[OURS], shards=shards)
    for number in range(9):
        person(office, f"=cleo{number}")
    said = {"enabled": True, "parameters": {"max_recipients": most}}
    assert office.manage("PUT", "/v1/scenarios/new_arrivals", said, key=MARKETER).status == 200
    sample = tried(office).json
    path = begun(office)
    work_off(office)
    found = office.manage("GET", path).json["result"]
    assert found["would_get"] == sample["would_get"]["estimate"] == min(most, 10)
    assert found["would_not"] == {row["gate"]: row["estimate"] for row in sample["would_not"]}
    rows = lines(office, path)[1:]
    drawn = {row.partition(",")[0].strip("'") for row in rows if ",would_get," in row}
    assert drawn == {message["visitor_id"] for message in sample["would_get"]["sample"]}
    assert len(rows) == 15
    assert sum(row.endswith(",would_not,max_recipients,,,,,,") for row in rows) == max(10 - most, 0)


def test_it_agrees_with_the_sample_of_all(office: Office) -> None:
    crowd(office)
    sample = tried(office).json
    path = begun(office)
    work_off(office)
    found = office.manage("GET", path).json["result"]
    assert found["would_get"] == sample["would_get"]["estimate"]
    assert found["would_not"] == {row["gate"]: row["estimate"] for row in sample["would_not"]}


class Dying:
    """Does a step and dies before anyone hears of it, every other time."""

    def __init__(self, real: DryRunAll) -> None:
        self.real, self.steps = real, 0

    def step(self, job: Job) -> Job:
        self.steps += 1
        made = self.real.step(job)
        if self.steps % 2:
            raise Unavailable("died")
        return made

    def drop(self, job: Job) -> None:
        self.real.drop(job)


@pytest.mark.parametrize("parameters", [{}, {"max_recipients": 2}], ids=["everybody", "a few"])
def test_whoever_dies_in_any_step_is_followed_by_one_who_ends_alike(office: Office, parameters: Any) -> None:
    crowd(office)
    for number in range(4):
        person(office, f"cleo{number}")
    said = {"enabled": True, "parameters": parameters}
    assert office.manage("PUT", "/v1/scenarios/new_arrivals", said, key=MARKETER).status == 200
    office.rebuild.take()
    path, second = begun(office), begun(office)
    messages = office.rebuild.take()
    dying = Dying(worker(office))
    run = RunJobs(office.ports().work.jobs, {DRY_RUN: dying}, office.rebuild, office.clock)
    work = read_rebuild(messages[0].body)
    assert isinstance(work, JobWork)
    deaths = 0
    while office.manage("GET", path).json["state"] not in {"done", "failed"}:
        try:
            run(work, lambda: 60_000)
        except Unavailable:
            deaths += 1
    assert deaths > 3, "once in each step at least"
    office.rebuild.send(messages[1:])
    work_off(office)
    assert lines(office, path) == lines(office, second)
    assert office.manage("GET", path).json["result"] == office.manage("GET", second).json["result"]


def test_an_earlier_instant_can_be_asked_about_and_one_out_of_reach_not(office: Office) -> None:
    crowd(office)
    path = begun(office, as_of=format_instant(NOON - 2 * HOUR))
    work_off(office)
    assert office.manage("GET", path).json["result"]["would_not"] == {"audience": 6}
    assert tried(office, {"all": True, "as_of": format_instant(NOON - 31 * DAY)}).status == 422
    assert tried(office, {"all": True}, "/v1/scenarios/nothing/dry-run").status == 404


def test_an_empty_store_ends_at_once(office: Office) -> None:
    path = begun(office)
    work_off(office)
    assert office.manage("GET", path).json["result"]["visitors"] == 0
    assert lines(office, path) == LINES[:1]


def test_other_settings_in_the_middle_end_it_with_the_reason(office: Office) -> None:
    crowd(office)
    path = begun(office)
    assert (
        office.manage("PUT", "/v1/scenarios/new_arrivals", {"enabled": False, "parameters": {"n_days": 90}}).status
        == 200
    )
    work_off(office)
    failed = office.manage("GET", path).json
    assert (failed["state"], failed["download_url"]) == ("failed", None)
    assert failed["errors"] == [{"line": 0, "message": CHANGED}]


@pytest.mark.parametrize("steps", [0, 2, 5], ids=["not begun", "asking", "writing"])
def test_called_off_it_leaves_no_file(office: Office, steps: int) -> None:
    crowd(office)
    path = begun(office)
    jobs, doing = office.ports().work.jobs, worker(office)
    job = jobs.get(StoreId(OURS), JobId(path.removeprefix("/v1/jobs/")))
    for _ in range(steps):
        assert job is not None
        made = replace(doing.step(job), revision=job.revision + 1)
        assert jobs.save(made, expected=job.revision)
        job = made
    assert office.manage("DELETE", path, key=MARKETER).status == 204
    work_off(office)
    assert office.manage("GET", path).json["state"] == "cancelled"
    assert (office.world.files, office.world.uploads) == ({}, {})
