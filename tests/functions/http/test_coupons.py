"""Coupons over HTTP: pools are made, filled from lists, files and patterns, read back for the shop, and put away."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.coupons import MemoryCoupons
from shopbell.adapters.memory.jobs import MemoryFiles, MemoryJobs
from shopbell.adapters.memory.lists import MemoryListUploads
from shopbell.app.coupons.exporting import EXPORT_CODES, ExportCodes
from shopbell.app.coupons.filling import AT_ONCE, FILL_POOL, FillPool
from shopbell.app.jobs import RunJobs, Worker
from shopbell.app.work import JobWork, read_rebuild
from shopbell.domain.clock import DAY, format_instant
from shopbell.domain.coupons import Claim
from shopbell.domain.ids import PoolId, RunId, StoreId, VisitorId
from shopbell.domain.scenarios.settings import ScenarioSettings

from tests.functions.http.office import MARKETER, VIEWER, Office
from tests.functions.http.world import NOON, OURS, THEIRS, Answered, key_text

SPRING = "/v1/coupon-pools/spring"


@pytest.fixture
def spring(office: Office) -> str:
    body = {"name": "Spring", "id": "spring", "discount": "10 %"}
    assert office.manage("POST", "/v1/coupon-pools", body).status == 201
    return "spring"


def add(office: Office, **body: Any) -> Answered:
    return office.manage("POST", f"{SPRING}/codes", body)


def codes(office: Office, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.manage("GET", f"{SPRING}/codes", query=query).json["items"]
    return found


def give(office: Office, visitor: str = "ann", store: StoreId = OURS) -> str:
    who, pool, run = VisitorId(visitor), PoolId("spring"), RunId("r1")
    (held,) = MemoryCoupons(office.world).claim(
        [Claim(store, who, b"12345678", pool, run, "birthday", NOON, NOON + DAY)]
    )
    assert held is not None
    return held.code


def run_jobs(office: Office) -> None:
    held = MemoryCoupons(office.world)
    workers: dict[str, Worker] = {
        FILL_POOL: FillPool(held, MemoryListUploads(office.world)),
        EXPORT_CODES: ExportCodes(held, MemoryFiles(office.world), part=100),
    }
    jobs = RunJobs(MemoryJobs(office.world), workers, office.rebuild, office.clock)
    for message in office.rebuild.take():
        work = read_rebuild(message.body)
        assert isinstance(work, JobWork)
        jobs(work, lambda: 60_000)


def test_a_pool_is_made_read_listed_and_changed(office: Office) -> None:
    until = format_instant(NOON + DAY)
    body = {"name": "Spring", "id": "spring", "discount": "10 %", "expires_at": until, "popup": {"title": "For you"}}
    made = office.manage("POST", "/v1/coupon-pools", body)
    assert made.status == 201
    assert made.json == {
        "id": "spring",
        "name": "Spring",
        "discount": "10 %",
        "expires_at": until,
        "low_stock_percent": 10,
        "popup": {"title": "For you", "body": ""},
        "codes": 0,
        "assigned": 0,
        "redeemed": 0,
        "free": 0,
        "warnings": ["it has no code left"],
        "created_at": "2026-03-02T12:00:00Z",
        "last_changed_at": "2026-03-02T12:00:00Z",
    }
    assert office.manage("GET", SPRING, key=VIEWER).json == made.json
    assert office.manage("GET", "/v1/coupon-pools", key=VIEWER).json["items"] == [made.json]
    etag = {"if-match": made.headers["etag"]}
    patch = {"discount": "20 %", "expires_at": None, "popup": None}
    changed = office.manage("PATCH", SPRING, patch, headers=etag)
    assert (changed.status, changed.json["discount"], changed.json["expires_at"]) == (200, "20 %", None)
    assert changed.json["popup"] is None
    assert office.manage("PATCH", SPRING, {"name": "x"}, headers=etag).status == 412


def test_a_pool_is_nobody_elses(office: Office, spring: str) -> None:
    for method, path in (("GET", SPRING), ("DELETE", SPRING), ("GET", f"{SPRING}/codes")):
        assert office.manage(method, path, key=key_text(THEIRS, "mgmt")).status == 404
    assert office.manage("GET", "/v1/coupon-pools", key=key_text(THEIRS, "mgmt")).json["items"] == []
    assert office.manage("GET", f"{SPRING}/codes", key=VIEWER).status == 403
    assert office.manage("GET", f"{SPRING}/codes", key=MARKETER).status == 200
    assert spring


def test_the_same_request_makes_one_pool(office: Office) -> None:
    once = {"idempotency-key": "k"}
    first, again = (office.manage("POST", "/v1/coupon-pools", {"name": "A"}, headers=once) for _ in range(2))
    assert first.json == again.json
    taken = [office.manage("POST", "/v1/coupon-pools", {"name": n, "id": "x"}).status for n in ("A", "A", "B")]
    assert taken == [201, 201, 409]


@pytest.mark.usefixtures("spring")
def test_codes_are_taken_once_and_what_is_wrong_is_named_by_its_line(office: Office) -> None:
    answer = add(office, codes=["AAA", "aaa", "BB B", 5, " CCC "])
    assert answer.status == 200
    assert (answer.json["accepted"], answer.json["rejected"]) == (2, 2)
    assert (answer.json["duplicates"], answer.json["added"]) == (1, 2)
    assert [error["line"] for error in answer.json["errors"]] == [3, 4]
    again = add(office, codes=["AAA", "DDD"])
    assert (again.json["added"], again.json["duplicates"]) == (1, 1)
    assert {one["code"] for one in codes(office)} == {"AAA", "CCC", "DDD"}
    assert {one["state"] for one in codes(office)} == {"free"}
    assert office.manage("GET", SPRING).json["free"] == 3


@pytest.mark.usefixtures("spring")
@pytest.mark.parametrize("as_file", [True, False], ids=["a body of its own", "in the body"])
def test_codes_come_as_csv_with_or_without_a_heading(office: Office, *, as_file: bool) -> None:
    text = "\ufeffcode,comment\r\nAAA,first\r\n\r\nBBB,\r\n"
    if as_file:
        given = {"content-type": "text/csv; charset=utf-8"}
        answer = office.manage("POST", f"{SPRING}/codes", text, headers=given)
    else:
        answer = add(office, csv=text)
    assert (answer.status, answer.json["added"]) == (200, 2)


@pytest.mark.usefixtures("spring")
def test_codes_made_from_a_pattern_differ_and_cannot_be_told_apart(office: Office) -> None:
    answer = add(office, generate={"pattern": "WELCOME-{8}", "count": 30})
    assert (answer.status, answer.json["added"]) == (200, 30)
    made = [one["code"] for one in codes(office)]
    assert len(set(made)) == 30
    assert all(one.startswith("WELCOME-") and len(one) == 16 for one in made)


WRONG: tuple[tuple[str, Any, str], ...] = (
    ("nothing", {}, ""),
    ("two at once", {"codes": ["A"], "csv": "A"}, ""),
    ("an empty list", {"codes": []}, "codes"),
    ("a pattern without chance", {"generate": {"pattern": "WELCOME", "count": 1}}, "generate.pattern"),
    ("a pattern that is guessed", {"generate": {"pattern": "A-{3}", "count": 1}}, "generate.pattern"),
    ("a pattern with a space", {"generate": {"pattern": "A {8}", "count": 1}}, "generate.pattern"),
    ("a quote that is never closed", {"csv": 'CODE1\n"CODE2\nCODE3'}, "csv"),
    ("a code longer than any", {"csv": "x" * 140_000}, "csv"),
    ("too many", {"generate": {"pattern": "A-{8}", "count": 100_001}}, "generate.count"),
)


@pytest.mark.usefixtures("spring")
@pytest.mark.parametrize(("body", "path"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_is_wrong_with_codes_is_named(office: Office, body: Any, path: str) -> None:
    answer = office.manage("POST", f"{SPRING}/codes", body)
    assert (answer.status, [fault for fault, _ in answer.faults]) == (422, [path])


@pytest.mark.usefixtures("spring")
def test_many_codes_become_a_job_that_adds_each_once(office: Office) -> None:
    add(office, codes=["CODE00001"])
    many = [f"CODE{number:05d}" for number in range(AT_ONCE + 2)]
    begun = add(office, codes=many)
    assert begun.status == 202
    run_jobs(office)
    job = office.manage("GET", f"/v1/jobs/{begun.json['job_id']}").json
    assert (job["state"], job["result"]) == ("done", {"added": AT_ONCE + 1, "duplicates": 1})
    assert office.manage("GET", SPRING).json["codes"] == AT_ONCE + 2


@pytest.mark.usefixtures("spring")
def test_the_shop_takes_the_codes_over_as_a_file_with_who_has_them(office: Office) -> None:
    add(office, codes=["AAA", "BBB"])
    code = give(office, "=cmd")
    assert [one["visitor_id"] for one in codes(office, state="assigned")] == ["=cmd"]
    started = office.manage("GET", f"{SPRING}/codes", query={"format": "csv"})
    assert started.status == 202
    run_jobs(office)
    job = office.manage("GET", f"/v1/jobs/{started.json['job_id']}").json
    (name,) = office.world.files
    lines = office.world.files[name].decode().splitlines()
    assert (job["state"], job["result"], job["download_url"] is not None) == ("done", {"rows": 2}, True)
    assert lines[0] == "code,state,visitor_id,assigned_at,expires_at,order_id"
    free = "AAA" if code == "BBB" else "BBB"
    assert set(lines[1:]) == {
        f"{free},free,,,,",
        f"{code},assigned,'=cmd,2026-03-02T12:00:00Z,2026-03-03T12:00:00Z,",
    }


@pytest.mark.usefixtures("spring")
def test_a_pool_says_when_little_is_left_and_when_it_is_over(office: Office) -> None:
    add(office, codes=[f"CODE{number:02d}" for number in range(10)])
    assert office.manage("GET", SPRING).json["warnings"] == []
    for number in range(9):
        give(office, f"v{number}")
    seen = office.manage("GET", SPRING).json
    assert (seen["free"], seen["warnings"]) == (1, ["few of its codes are left"])
    office.manage("PATCH", SPRING, {"expires_at": format_instant(NOON)})
    assert office.manage("GET", SPRING).json["warnings"] == ["it is over: no code of it is given away any more"]


@pytest.mark.usefixtures("spring")
def test_a_pool_that_a_scenario_takes_codes_from_stays(office: Office) -> None:
    settings = ScenarioSettings(OURS, "birthday", enabled=True, parameters={"coupon_pool": "spring"})
    office.world.scenarios[OURS, "birthday"] = settings
    refused = office.manage("DELETE", SPRING)
    assert (refused.status, [path for path, _ in refused.faults]) == (409, ["scenarios.birthday"])
    office.world.scenarios[OURS, "birthday"] = replace(settings, enabled=False)
    assert office.manage("DELETE", SPRING).status == 204
    assert office.manage("GET", SPRING).status == 404
    assert office.manage("GET", "/v1/coupon-pools").json["items"] == []
    assert office.manage("POST", "/v1/coupon-pools", {"name": "Spring", "id": "spring"}).status == 409


@pytest.mark.usefixtures("spring")
def test_no_answer_and_no_counter_holds_a_code_but_the_list_of_them(office: Office) -> None:
    answer = add(office, codes=["SECRET-1", "SECRET-1"])
    assert "SECRET" not in answer.text
    assert "SECRET" not in office.manage("GET", SPRING).text
    assert "SECRET" not in str(office.watch.counts)
