"""Who may call from where: keys, their kinds, origins, and what a browser is told."""

from typing import Any

import pytest
from shopbell.domain.clock import MINUTE
from shopbell.domain.store import KeyKind

from tests.functions.http.office import Office
from tests.functions.http.world import MGMT, OURS, PUB, SHOP, SRV, Answered, Town, key_text

EVENTS: dict[str, Any] = {"events": []}
PRODUCT = {
    "id": "boots",
    "title": "Boots",
    "url": "https://s.example/boots",
    "image_url": "https://s.example/boots.png",
    "price": 900,
    "currency": "EUR",
}
CALLS: tuple[tuple[str, str, Any, int, frozenset[KeyKind]], ...] = (
    ("POST", "/v1/events", EVENTS, 202, frozenset({"pub", "srv"})),
    ("PATCH", "/v1/visitors/ann", {"traits": {"city": "Ulm"}}, 200, frozenset({"pub", "srv"})),
    ("PATCH", "/v1/subscriptions", {"endpoint": "https://x.example/"}, 404, frozenset({"pub", "srv"})),
    ("DELETE", "/v1/subscriptions", {"endpoint": "https://x.example/"}, 204, frozenset({"pub", "srv"})),
    ("GET", "/v1/config", None, 200, frozenset({"pub", "srv"})),
    ("PUT", "/v1/products", {"products": [PRODUCT]}, 200, frozenset({"srv"})),
)


@pytest.mark.parametrize(("method", "path", "body", "status", "kinds"), CALLS, ids=[f"{c[0]} {c[1]}" for c in CALLS])
@pytest.mark.parametrize("kind", ["pub", "srv", "mgmt"])
def test_each_call_takes_its_kinds_of_key(
    town: Town, method: str, path: str, body: Any, status: int, kinds: frozenset[KeyKind], kind: KeyKind
) -> None:
    answer = town.call(method, path, body, key=key_text(OURS, kind))
    assert answer.status == (status if kind in kinds else 403)


@pytest.mark.parametrize(("method", "path", "body"), [c[:3] for c in CALLS], ids=[f"{c[0]} {c[1]}" for c in CALLS])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer " + key_text(OURS, "pub", "9")},
        {"authorization": "Bearer nonsense"},
        {"authorization": "Basic " + PUB},
        {"authorization": PUB},
        {"authorization": "Bearer " + PUB.replace("store00001", "store00002")[:-1] + "1"},
    ],
    ids=["none", "unknown", "malformed", "other scheme", "no scheme", "moved to another store"],
)
def test_without_a_good_key_every_call_is_401(
    town: Town, method: str, path: str, body: Any, headers: dict[str, str]
) -> None:
    answer = town.call(method, path, body, headers=headers)
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert town.stored == []


def test_the_key_is_judged_before_the_body(town: Town) -> None:
    assert town.call("POST", "/v1/events", b"x" * 70_000).status == 401


def test_only_a_browser_key_may_stand_in_the_url(town: Town) -> None:
    assert town.call("POST", "/v1/events", EVENTS, query={"key": PUB}).status == 202
    for key in (SRV, MGMT):
        answer = town.call("POST", "/v1/events", EVENTS, query={"key": key})
        assert answer.status == 403
        assert "may stand in a URL" in answer.json["detail"]


def test_a_revoked_key_is_dead_within_a_minute(town: Town) -> None:
    assert town.call("GET", "/v1/config", key=PUB).status == 200
    town.revoke(PUB, OURS, "pub")
    town.clock.now += MINUTE - 1
    assert town.call("GET", "/v1/config", key=PUB).status == 200
    town.clock.now += 1
    assert town.call("GET", "/v1/config", key=PUB).status == 401


def test_a_new_key_works_within_a_minute_of_its_first_refusal(town: Town) -> None:
    assert town.call("GET", "/v1/config", key=key_text(OURS, "pub", "7")).status == 401
    key = town.give(OURS, "pub", None, "7")
    town.clock.now += MINUTE
    assert town.call("GET", "/v1/config", key=key).status == 200


def test_the_last_use_of_a_key_is_noted(town: Town) -> None:
    town.call("GET", "/v1/config", key=PUB)
    assert list(town.world.key_uses.values()) == [town.clock.now]


def from_page(town: Town, origin: str, key: str = PUB) -> Answered:
    return town.call("POST", "/v1/events", EVENTS, key=key, headers={"origin": origin})


@pytest.mark.parametrize("origin", [SHOP, "http://127.0.0.1:8080", "http://127.0.0.1"])
def test_a_page_of_the_store_may_use_its_browser_key(town: Town, origin: str) -> None:
    answer = from_page(town, origin)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (202, origin)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://shop.example.com",
        "https://shop.example.com.evil.example",
        "https://shop.example.com:8443",
        "https://sub.shop.example.com",
        "http://127.0.0.1.evil.example:80",
        "http://127.0.0.1:80@evil.example",
        "http://127.0.0.1:x",
        "https://127.0.0.1:8080",
        "http://localhost:8080",
        "http://127.0.0.1:8080/path",
        "null",
        "",
    ],
)
def test_any_other_page_is_refused_and_told_where_to_add_it(town: Town, origin: str) -> None:
    answer = from_page(town, origin)
    assert answer.status == 403
    assert "PATCH /v1/store" in answer.json["detail"]
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["vary"] == "origin"


def test_a_server_key_has_no_origins(town: Town) -> None:
    assert from_page(town, "https://evil.example", key=SRV).status == 202


@pytest.mark.parametrize(
    ("method", "path", "key", "status"),
    [
        ("POST", "/v1/events", PUB, 400),
        ("POST", "/v1/events", None, 401),
        ("PUT", "/v1/products", PUB, 403),
        ("GET", "/v1/nonsense", PUB, 404),
        ("GET", "/nope", None, 404),
        ("DELETE", "/", None, 404),
        ("GET", "/v1/events", PUB, 405),
        ("POST", "/v1/receipts", None, 400),
    ],
)
def test_a_page_can_read_why_it_was_refused(town: Town, method: str, path: str, key: str | None, status: int) -> None:
    answer = town.call(method, path, "{", key=key, headers={"origin": SHOP})
    assert answer.status == status
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "access-control-allow-credentials" not in answer.headers


def test_a_preflight_is_answered_for_any_origin_and_path(town: Town) -> None:
    for path in ("/v1/events", "/v1/segments", "/anything"):
        answer = town.call("OPTIONS", path, headers={"origin": "https://new.example"})
        assert answer.status == 204
        assert answer.headers["access-control-allow-origin"] == "https://new.example"
        assert answer.headers["access-control-allow-methods"] == "GET, POST, PUT, PATCH, DELETE"
        allowed = answer.headers["access-control-allow-headers"].split(", ")
        assert {"authorization", "content-type", "idempotency-key", "if-match"} <= {*allowed}
        assert answer.headers["access-control-max-age"] == "600"
        assert "access-control-allow-credentials" not in answer.headers


def test_a_path_that_takes_other_methods_says_which(town: Town) -> None:
    answer = town.call("PATCH", "/v1/products", key=SRV)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, PUT")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/events", "POST"),
        ("PUT", "/v1/events", "POST"),
        ("POST", "/v1/subscriptions", None),
        ("POST", "/v1/visitors/ann", "DELETE, GET, PATCH"),
        ("DELETE", "/v1/segments", "GET, POST"),
        ("PUT", "/v1/products/p1", "DELETE, GET"),
    ],
)
def test_either_function_knows_the_methods_of_all_paths(
    office: Office, method: str, path: str, allowed: str | None
) -> None:
    """A wrong method falls to the route that takes most, whichever function it belongs to."""
    tracked, managed = office.call(method, path, key=SRV), office.manage(method, path)
    if allowed is None:
        assert (tracked.status, managed.status) == (400, 404)
    else:
        assert [(one.status, one.headers["allow"]) for one in (tracked, managed)] == [(405, allowed)] * 2
        assert managed.headers["Content-Type"] == "application/problem+json"


def test_every_answer_is_counted_and_every_refusal_said(town: Town) -> None:
    town.call("GET", "/v1/config")
    town.call("GET", "/v1/config", key=PUB)
    assert town.watch.counts == {"answered_4xx": 1, "refused_401": 1, "answered_2xx": 1}
    assert town.watch.said == [("refused", {"reason": "getConfig 401", "failed": []})]


def test_a_key_is_replaced_by_one_of_its_kind_while_both_open_for_a_while(office: Office) -> None:
    made = office.manage("POST", "/v1/keys", {"kind": "mgmt", "role": "viewer", "name": "Console"}).json
    answer = office.manage("POST", f"/v1/keys/{made['id']}/rotate", {"overlap": "PT1H"})
    new = answer.json
    assert (answer.status, new["role"], new["name"]) == (201, "viewer", "Console")
    assert new["previous_until"] == "2026-03-02T13:00:00Z"
    old, fresh = made["secret"], new["secret"]
    assert [office.manage("GET", "/v1/store", key=key).status for key in (old, fresh)] == [200, 200]
    office.clock.now += 61 * MINUTE
    assert [office.manage("GET", "/v1/store", key=key).status for key in (old, fresh)] == [401, 200]
    again = office.manage("POST", f"/v1/keys/{made['id']}/rotate", {})
    assert (again.status, office.manage("POST", "/v1/keys/none/rotate", {}).status) == (409, 404)


def test_the_list_of_keys_says_whose_they_are_who_made_them_and_when_they_end(office: Office) -> None:
    made = office.manage("POST", "/v1/keys", {"kind": "srv", "name": "Shop"}).json
    office.manage("POST", f"/v1/keys/{made['id']}/rotate", {"overlap": "PT0S"})
    rows = {row["id"]: row for row in office.manage("GET", "/v1/keys").json["items"]}
    row = rows[made["id"]]
    assert (row["name"], row["expires_at"]) == ("Shop", "2026-03-02T12:00:00Z")
    assert row["created_by"] in rows
    assert office.call("GET", "/v1/config", key=made["secret"]).status == 401


@pytest.mark.parametrize(
    ("body", "path"),
    [({"overlap": "P31D"}, "overlap"), ({"overlap": 3}, "overlap"), ({"until": "x"}, "until")],
    ids=["too long", "no duration", "unknown"],
)
def test_a_rotation_that_makes_no_sense_is_refused_by_its_field(office: Office, body: Any, path: str) -> None:
    key = office.manage("POST", "/v1/keys", {"kind": "pub"}).json["id"]
    answer = office.manage("POST", f"/v1/keys/{key}/rotate", body)
    assert (answer.status, [fault for fault, _ in answer.faults]) == (422, [path])


def test_the_last_admin_key_that_stays_may_not_be_revoked(office: Office) -> None:
    mine = next(row["id"] for row in office.manage("GET", "/v1/keys").json["items"] if row["role"] == "admin")
    made = office.manage("POST", "/v1/keys", {"kind": "mgmt", "role": "admin"}).json
    new = office.manage("POST", f"/v1/keys/{made['id']}/rotate", {"overlap": "P1D"}).json
    assert office.manage("DELETE", f"/v1/keys/{new['id']}").status == 204
    assert office.manage("DELETE", f"/v1/keys/{mine}").status == 409
