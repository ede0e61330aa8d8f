"""A click that is repeated makes one thing, whatever it makes; a secret is not shown a second time."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.once import MemoryOnceCalls
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.domain.clock import DAY, MINUTE
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.once import Once
from shopbell.runtime.http.management_operations import OPERATIONS
from shopbell.runtime.http.management_uses import management
from shopbell.runtime.http.once import KEPT

from tests.functions.http.failing import Fault, KilledError, break_at
from tests.functions.http.office import IMPORT, THEIR_ADMIN, Office
from tests.functions.http.world import MGMT, Answered

HOOK = {"url": "https://hooks.shop.example/in", "events": ["segment.entered"]}
FEED = {"format": "jsonl", "data": '{"id": "p1"}'}
SERVER = {"kind": "srv", "name": "ERP"}


def click(office: Office, path: str, body: Any, request: str = "k", key: str = MGMT) -> Answered:
    return office.manage("POST", path, body, key=key, headers={"idempotency-key": request})


def listed(office: Office, path: str) -> int:
    return len(office.manage("GET", path).json["items"])


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/feeds", FEED), ("/v1/subscriptions/import", IMPORT), ("/v1/uploads", None)],
    ids=["feed", "import", "upload"],
)
def test_a_repeated_click_begins_one_job_and_is_answered_the_same(office: Office, path: str, body: Any) -> None:
    first, again = click(office, path, body), click(office, path, body)
    assert (first.status, first.text) == (again.status, again.text)
    assert len(office.world.jobs) == (0 if body is None else 1)
    assert click(office, path, body, "another").json != first.json


def test_codes_are_made_once(office: Office) -> None:
    pool = office.manage("POST", "/v1/coupon-pools", {"name": "Cart", "discount": "10 %"}).json["id"]
    path, body = f"/v1/coupon-pools/{pool}/codes", {"generate": {"pattern": "CART-{8}", "count": 20}}
    assert [click(office, path, body).json["added"] for _ in range(3)] == [20, 20, 20]
    assert office.manage("GET", f"/v1/coupon-pools/{pool}").json["codes"] == 20


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [("/v1/keys", SERVER, "/v1/keys"), ("/v1/webhooks", HOOK, "/v1/webhooks")],
    ids=["key", "webhook"],
)
def test_what_has_a_secret_is_made_once_and_named_without_it(
    office: Office, path: str, body: Any, where: str
) -> None:
    before = listed(office, where)
    made, again = click(office, path, body), click(office, path, body)
    assert (made.status, again.status) == (201, 409)
    assert made.json["id"] in again.json["detail"]
    assert made.json["secret"] not in again.text
    assert made.json["secret"] not in str(office.world.once)
    assert listed(office, where) == before + 1


@pytest.mark.parametrize("kind", ["keys", "webhooks"])
def test_what_is_rotated_is_rotated_once(office: Office, kind: str) -> None:
    body: dict[str, Any] = SERVER if kind == "keys" else HOOK
    made = office.manage("POST", f"/v1/{kind}", body).json["id"]
    path = f"/v1/{kind}/{made}/rotate"
    assert [click(office, path, {}).status for _ in range(2)] == [201, 409]
    assert listed(office, f"/v1/{kind}") == (office_keys(office) if kind == "keys" else 1)


def office_keys(office: Office) -> int:
    """Those that the office has, the one that was made and the one in its place."""
    return sum(1 for row in office.manage("GET", "/v1/keys").json["items"] if row["name"] != "ERP") + 2


def test_a_secret_without_an_id_is_named_by_its_kind(office: Office) -> None:
    assert click(office, "/v1/keys", {"kind": "identify"}).status == 201
    assert "a secret (identify)" in click(office, "/v1/keys", {"kind": "identify"}).json["detail"]


def test_the_same_key_with_something_else_to_say_is_refused(office: Office) -> None:
    click(office, "/v1/feeds", FEED)
    other = click(office, "/v1/feeds", {**FEED, "data": '{"id": "p2"}'})
    assert (other.status, "something else" in other.json["detail"]) == (409, True)


def test_what_was_refused_may_be_said_again_put_right(office: Office) -> None:
    assert click(office, "/v1/keys", {"kind": "mgmt"}).status == 422
    assert click(office, "/v1/keys", {"kind": "mgmt", "role": "viewer"}).status == 201


def test_it_is_remembered_for_a_day_by_each_store_and_each_call_alone(office: Office) -> None:
    first = click(office, "/v1/feeds", FEED)
    assert click(office, "/v1/feeds", FEED, key=THEIR_ADMIN).status == 202
    assert click(office, "/v1/uploads", None).status == 201
    office.clock.now += DAY - MINUTE
    assert click(office, "/v1/feeds", FEED).json == first.json
    office.clock.now += MINUTE
    assert click(office, "/v1/feeds", FEED).json != first.json


def test_a_repeat_is_no_second_line_of_the_trail(office: Office) -> None:
    for _ in range(3):
        click(office, "/v1/feeds", FEED)
    lines = office.manage("GET", "/v1/audit").json["items"]
    assert [line["operation"] for line in lines] == ["loadFeed"]


def test_a_test_that_is_repeated_is_answered_the_same_and_what_is_kept_of_it_names_nobody(office: Office) -> None:
    office.visit("ann", subscribed=True)
    office.visit("bob")
    path, body = f"/v1/campaigns/{office.campaign()}/test", {"visitor_ids": ["bob", "ann"]}
    first = click(office, path, body)
    assert first.json == {"sent": ["ann"], "unreachable": ["bob"]}
    assert click(office, path, body).text == first.text
    kept = str(office.world.once)
    assert "ann" not in kept
    assert "bob" not in kept
    office.world.profiles.clear()
    assert click(office, path, body).text == first.text
    assert click(office, path, {"visitor_ids": ["ann", "bob"]}).status == 409


class Deaf(MemoryQueue):
    """Takes nothing."""

    def send(self, messages: Any) -> None:
        raise Unavailable(str(len(messages)))


def test_what_ended_for_now_is_done_when_it_comes_again(office: Office) -> None:
    ports = office.ports()
    office.managing = management(replace(ports, queues=replace(ports.queues, rebuild=Deaf())))
    office.swap()
    assert click(office, "/v1/feeds", FEED).status == 503
    office.managing = management(ports)
    office.swap()
    again = click(office, "/v1/feeds", FEED)
    assert (again.status, len(office.rebuild.take())) == (202, 1)
    assert click(office, "/v1/feeds", FEED).json == again.json


def test_of_what_got_no_answer_nobody_knows_how_far_it_came(office: Office) -> None:
    break_at(office, Fault(5, after=True, error=KilledError))
    assert click(office, "/v1/feeds", FEED).status == 500
    again = click(office, "/v1/feeds", FEED)
    assert (again.status, "got no answer" in again.json["detail"]) == (409, True)
    assert len(office.world.jobs) == 1


class Forgetful(MemoryOnceCalls):
    """Answers cannot be kept."""

    def end(self, store: StoreId, name: str, call: Once) -> bool:
        raise Unavailable(f"{store} {name} {call.status}")


def test_what_was_done_is_answered_as_done_though_its_answer_was_not_kept(office: Office) -> None:
    ports = office.ports()
    keys = replace(ports.keys, once=Forgetful(office.world))
    office.managing = management(replace(ports, keys=keys))
    office.swap()
    assert click(office, "/v1/keys", SERVER).status == 201
    assert office.watch.counts["answer_not_kept"] == 1
    assert click(office, "/v1/keys", SERVER).status == 409


class Overtaken(MemoryOnceCalls):
    """As a call is about to say that it came to nothing, its twin of the same moment has just been answered."""

    def end(self, store: StoreId, name: str, call: Once) -> bool:
        super().end(store, name, replace(call, until=call.until + DAY, status=201, text='{"id": "made by the twin"}'))
        return super().end(store, name, call)


def test_of_two_at_once_the_refused_one_is_answered_as_the_other_and_takes_nothing_back(office: Office) -> None:
    ports = office.ports()
    office.managing = management(replace(ports, keys=replace(ports.keys, once=Overtaken(office.world))))
    office.swap()
    for _ in range(2):
        answer = click(office, "/v1/keys", {"kind": "none of them"})
        assert (answer.status, answer.json) == (201, {"id": "made by the twin"})


def test_the_document_names_the_header_of_each_of_them() -> None:
    known = {one.id: one.takes for one in OPERATIONS}
    assert all("idempotency-key" in known[name] for name in KEPT)
