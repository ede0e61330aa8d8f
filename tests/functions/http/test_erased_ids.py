"""Every door by which an id that was erased could come back beside events: many traits, static lists, imports."""

import json
from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.jobs import MemoryJobs, MemoryUploads
from shopbell.adapters.memory.lists import MemoryListMembers, MemoryLists, MemoryListUploads
from shopbell.adapters.memory.stones import MemoryTombstones
from shopbell.adapters.memory.subscriptions import MemorySubscriptionRegister
from shopbell.app.filling import FILL_LIST, ChangeMembers, FillList
from shopbell.app.importing.load import LoadImport
from shopbell.app.importing.start import IMPORT_SUBSCRIPTIONS
from shopbell.app.jobs import RunJobs
from shopbell.app.privacy.erased import Erased
from shopbell.app.work import JobWork, read_rebuild
from shopbell.domain.clock import MINUTE
from shopbell.domain.erasure import LIFE, Tombstone
from shopbell.domain.ids import CUSTOMER_PREFIX, VisitorId, subscription_id
from shopbell.domain.jobs import JobId
from shopbell.domain.push.endpoints import KNOWN_SERVICES
from shopbell.runtime.http.api import HttpApi

from tests.functions.http.office import IMPORT, Office
from tests.functions.http.test_vapid import ENDPOINT, KEYS
from tests.functions.http.world import OURS, SRV, THEIRS, Answered

ZOE, CUSTOMER = "zoe-quill-77", "zq-900117"
TOLD = "was erased: take a new id"


@pytest.fixture
def town(office: Office) -> Office:
    """Zoe was erased, with the customer that she was."""
    erase(office, ZOE, f"{CUSTOMER_PREFIX}{CUSTOMER}")
    server = replace(office.tracked.server, erased=Erased(MemoryTombstones(office.world), office.clock))
    office.tracking = HttpApi(replace(office.tracked, server=server).routes())
    assert office.manage("POST", "/v1/lists", {"name": "VIP", "id": "vip"}).status == 201
    return office


def erase(office: Office, *visitors: str) -> None:
    stone = Tombstone(JobId("j1"), office.clock.now)
    MemoryTombstones(office.world).lay(OURS, [VisitorId(who) for who in visitors], stone)


def held(office: Office) -> list[str]:
    """Tables that name her."""
    world = office.world
    names = [name for name in world.__dataclass_fields__ if name not in {"erased", "lock", "files", "uploads"}]
    return [name for name in names if any(who in repr(getattr(world, name)) for who in (ZOE, CUSTOMER))]


def put(office: Office, *visitors: str, mode: str = "replace") -> Answered:
    answer = office.manage("PUT", "/v1/lists/vip/members", {"visitor_ids": visitors, "mode": mode})
    assert answer.status in {200, 202}, answer.text
    return answer


def work_off(office: Office, worker: FillList | LoadImport, kind: str) -> None:
    jobs = RunJobs(MemoryJobs(office.world), {kind: worker}, office.rebuild, office.clock)
    for message in office.rebuild.take():
        work = read_rebuild(message.body)
        assert isinstance(work, JobWork)
        jobs(work, lambda: 60_000)


def erased(office: Office) -> Erased:
    return Erased(MemoryTombstones(office.world), office.clock)


def fill(office: Office) -> None:
    world, now = office.world, office.clock
    change = ChangeMembers(MemoryLists(world), MemoryListMembers(world), MemoryEvents(world), now, erased(office))
    work_off(office, FillList(office.ports().stores, change, MemoryListUploads(world)), FILL_LIST)


def bring(office: Office, *rows: dict[str, Any]) -> Any:
    """The job, when it is over."""
    data = "\n".join(json.dumps({"keys": KEYS, **row}) for row in rows)
    begun = office.manage("POST", "/v1/subscriptions/import", {**IMPORT, "data": data})
    assert begun.status == 202, begun.text
    world = office.world
    register, log = MemorySubscriptionRegister(world), MemoryEvents(world)
    worker = LoadImport(MemoryUploads(world), register, log, KNOWN_SERVICES, office.clock, erased=erased(office))
    work_off(office, worker, IMPORT_SUBSCRIPTIONS)
    return office.manage("GET", f"/v1/jobs/{begun.json['job_id']}").json


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({"visitor_id": ZOE, "customer_id": "ann"}, ["visitor_id"]),
        ({"visitor_id": "ann", "customer_id": CUSTOMER}, ["customer_id"]),
        ({"visitor_id": ZOE, "customer_id": CUSTOMER}, ["visitor_id", "customer_id"]),
    ],
    ids=["the visitor", "the customer", "both"],
)
def test_identify_names_who_was_erased_by_the_field_that_named_them(
    town: Office, body: dict[str, str], paths: list[str]
) -> None:
    town.tracking = HttpApi(replace(town.tracked, erased=erased(town)).routes())
    answer = town.call("POST", "/v1/identify", body, key=SRV)
    assert (answer.status, answer.faults) == (422, [(path, TOLD) for path in paths])


def test_an_event_of_a_customer_who_was_erased_is_refused_by_that_field(town: Office) -> None:
    track = replace(town.tracked.track, erased=erased(town))
    town.tracking = HttpApi(replace(town.tracked, track=track).routes())
    events = [
        {"id": "e1", "type": "login", "visitor_id": ZOE},
        {"id": "e2", "type": "login", "customer_id": CUSTOMER},
        {"id": "e3", "type": "login", "customer_id": "ann"},
    ]
    answer = town.call("POST", "/v1/events", {"events": events}, key=SRV)
    assert (answer.status, answer.json["accepted"]) == (202, 1)
    assert answer.json["rejected"] == [
        {"index": 0, "path": "visitor_id", "message": TOLD},
        {"index": 1, "path": "customer_id", "message": TOLD},
    ]


def test_of_many_visitors_those_who_were_erased_are_named_by_the_field_that_named_them(town: Office) -> None:
    rows = [
        {"visitor_id": ZOE, "traits": {"city": "Ulm"}},
        {"visitor_id": "ann", "traits": {"city": "Ulm"}},
        {"visitor_id": "ben", "traits": {"country": "Germany"}},
        {"customer_id": CUSTOMER, "traits": {"city": "Ulm"}},
    ]
    answer = town.call("POST", "/v1/visitors", {"visitors": rows}, key=SRV)
    assert (answer.status, answer.json["accepted"]) == (202, 1)
    assert [(one["index"], one["path"]) for one in answer.json["rejected"]] == [
        (0, "visitor_id"),
        (2, "traits.country"),
        (3, "customer_id"),
    ]
    assert [one["message"] for one in answer.json["rejected"] if one["index"] != 2] == [TOLD, TOLD]
    assert {one.visitor for one in town.stored} == {"ann"}
    assert town.watch.counts["visitors_rejected"] == 3


@pytest.mark.parametrize("mode", ["add", "remove", "replace"])
def test_a_line_of_a_list_that_names_them_is_rejected_with_its_number(town: Office, mode: str) -> None:
    answer = put(town, ZOE, "ann", "", ZOE, mode=mode)
    assert (answer.json["accepted"], answer.json["rejected"]) == (1, 3)
    errors = [(one["line"], one["message"] == TOLD) for one in answer.json["errors"]]
    assert errors == [(1, True), (3, False), (4, True)]
    assert answer.json["size"] == (mode != "remove")
    assert held(town) == []


def test_a_list_of_many_leaves_them_out_as_it_is_worked_off_and_says_how_many(town: Office) -> None:
    begun = put(town, *(f"v{number}" for number in range(2_000)), ZOE)
    fill(town)
    job = town.manage("GET", f"/v1/jobs/{begun.json['job_id']}").json
    assert (job["state"], job["result"]) == ("done", {"added": 2_000, "removed": 0, "size": 2_000, "rejected": 1})
    assert held(town) == [], "the lines that waited went when they were worked off"


def test_who_is_erased_while_a_list_waits_is_not_on_it(town: Office) -> None:
    begun = put(town, *(f"v{number}" for number in range(2_001)))
    erase(town, "v7")
    fill(town)
    job = town.manage("GET", f"/v1/jobs/{begun.json['job_id']}").json
    assert (job["result"]["added"], job["result"]["rejected"]) == (2_000, 1)


def test_a_subscriber_who_was_erased_is_not_brought_back_by_a_file(town: Office) -> None:
    there = {"endpoint": f"{ENDPOINT}2", "visitor_id": "ann"}
    job = bring(town, {"endpoint": f"{ENDPOINT}1", "visitor_id": ZOE}, there)
    assert (job["result"]["added"], job["result"]["rejected"]) == (1, 1)
    assert job["errors"] == [{"line": 1, "message": f"visitor_id: {TOLD}"}]
    assert {row.visitor for row in town.world.subscriptions.values()} == {"ann"}
    assert held(town) == []


def test_nor_is_one_whose_id_follows_from_the_endpoint(town: Office) -> None:
    bring(town, {"endpoint": f"{ENDPOINT}5"})
    (row,) = town.world.subscriptions.values()
    town.world.subscriptions.clear()
    erase(town, row.visitor)
    town.clock.now += 2 * MINUTE
    job = bring(town, {"endpoint": f"{ENDPOINT}5"})
    assert job["result"]["rejected"] == 1
    assert row.id == subscription_id(f"{ENDPOINT}5")
    assert not town.world.subscriptions


def test_after_thirty_days_whoever_comes_with_the_id_is_somebody_new(town: Office) -> None:
    town.clock.now += LIFE + 2 * MINUTE
    row = {"visitor_id": ZOE, "traits": {"city": "Ulm"}}
    assert town.call("POST", "/v1/visitors", {"visitors": [row]}, key=SRV).json["accepted"] == 1
    assert put(town, ZOE).json["size"] == 1


def test_another_store_s_visitor_of_that_id_is_not_meant(town: Office) -> None:
    assert erased(town).among(THEIRS, [VisitorId(ZOE)]) == frozenset()
