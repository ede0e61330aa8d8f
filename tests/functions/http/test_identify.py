"""POST /v1/identify and /v1/keys: who may say that a visitor is a customer, and what becomes of it."""

import pytest
from shopbell.domain.clock import HOUR, MINUTE, SECOND
from shopbell.domain.ids import VisitorId
from shopbell.domain.signatures import OVERLAP, signature

from tests.functions.http.office import MARKETER, Office
from tests.functions.http.test_subscriptions import body as subscription
from tests.functions.http.world import MGMT, NOON, OURS, PUB, SRV, THEIR_SRV, THEIRS, Answered

ANNA = {"visitor_id": "v1", "customer_id": "anna"}
EXP = NOON // SECOND + 600


def secret(office: Office) -> str:
    answer = office.manage("POST", "/v1/keys", {"kind": "identify"})
    assert answer.status == 201, answer.text
    return str(answer.json["secret"])


def say(office: Office, given: dict[str, object], key: str = PUB) -> Answered:
    return office.call("POST", "/v1/identify", given, key=key)


def test_the_shops_server_needs_no_signature() -> None:
    office = Office()
    answer = say(office, {**ANNA}, SRV)
    assert (answer.status, answer.json) == (200, ANNA)
    (event,) = office.events_of("v1")
    assert (event.type, event.properties, event.trusted) == ("identified", {"customer_id": "anna"}, True)
    alias = office.world.profiles[OURS, VisitorId("v1")].alias
    assert alias is not None
    assert (alias.customer, alias.at) == ("c:anna", NOON)
    assert office.watch.counts["identified"] == 1


def test_a_browser_needs_the_shops_signature() -> None:
    office = Office()
    key = secret(office)
    good = signature(key, "v1", "anna", EXP)
    assert say(office, {**ANNA, "signature": good}).status == 200
    assert office.world.aliases[OURS, VisitorId("c:anna")] == {"v1"}


def test_without_a_signature_a_browser_is_told_which_field_is_missing() -> None:
    answer = say(Office(), {**ANNA})
    assert (answer.status, answer.faults) == (422, [("signature", "is required with a browser key")])


@pytest.mark.parametrize(
    ("expires", "words"),
    [(NOON // SECOND, "has expired"), (NOON // SECOND + 3_601, "must expire within an hour")],
    ids=["expired", "too far ahead"],
)
def test_a_signature_of_another_time_is_refused(expires: int, words: str) -> None:
    office = Office()
    answer = say(office, {**ANNA, "signature": signature(secret(office), "v1", "anna", expires)})
    assert (answer.status, answer.json["detail"]) == (403, f"signature {words}.")
    assert office.world.aliases == {}


@pytest.mark.parametrize(
    ("visitor", "customer"), [("v2", "anna"), ("v1", "otto")], ids=["of another visitor", "of another customer"]
)
def test_a_signature_of_something_else_is_refused(visitor: str, customer: str) -> None:
    office = Office()
    answer = say(office, {**ANNA, "signature": signature(secret(office), visitor, customer, EXP)})
    assert (answer.status, answer.json["detail"]) == (
        403,
        "signature is not the shop's for this visitor and customer.",
    )


@pytest.mark.parametrize("text", ["v2.1.ab", "v1.1790000000.XYZ", f"v1.{EXP}.{'A' * 64}", "x"])
def test_what_is_no_signature_is_refused(text: str) -> None:
    office = Office()
    secret(office)
    assert say(office, {**ANNA, "signature": text}).status == 403


def test_a_store_without_a_secret_says_where_one_is_made() -> None:
    answer = say(Office(), {**ANNA, "signature": signature("guessed", "v1", "anna", EXP)})
    assert (answer.status, "POST /v1/keys" in answer.json["detail"]) == (403, True)


def test_a_repeat_changes_nothing() -> None:
    office = Office()
    first = say(office, {**ANNA}, SRV)
    before = dict(office.world.profiles)
    office.clock.now += HOUR
    assert say(office, {**ANNA}, SRV).json == first.json
    assert office.world.profiles == before
    assert len(office.events_of("v1")) == 1
    assert office.watch.counts["identified_repeated"] == 1


def test_another_customer_is_a_conflict_with_a_name_and_the_first_one_stands() -> None:
    office = Office()
    say(office, {**ANNA}, SRV)
    answer = say(office, {**ANNA, "customer_id": "otto"}, SRV)
    assert (answer.status, answer.json["type"]) == (409, "/docs#problem-identified_as_other")
    assert office.world.aliases.keys() == {(OURS, VisitorId("c:anna"))}
    assert len(office.events_of("v1")) == 1


def test_the_same_visitor_of_another_store_is_another_visitor() -> None:
    office = Office()
    say(office, {**ANNA}, SRV)
    assert say(office, {**ANNA, "customer_id": "otto"}, THEIR_SRV).status == 200
    assert office.world.aliases.keys() == {(OURS, VisitorId("c:anna")), (THEIRS, VisitorId("c:otto"))}


def test_a_customer_cannot_be_made_another_customer() -> None:
    answer = say(Office(), {"visitor_id": "c:otto", "customer_id": "anna"}, SRV)
    ((path, words),) = answer.faults
    assert (answer.status, path, "names a customer already" in words) == (422, "visitor_id", True)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"visitor_id": "a b"}, "visitor_id"),
        ({"customer_id": ""}, "customer_id"),
        ({"customer_id": "x" * 127}, "customer_id"),
        ({"customer_id": 7}, "customer_id"),
        ({"customer": "anna"}, "customer"),
        ({"signature": 7}, "signature"),
    ],
    ids=["space", "empty", "too long", "no text", "unknown", "signature no text"],
)
def test_every_wrong_field_is_named(changes: dict[str, object], path: str) -> None:
    answer = say(Office(), {**ANNA, **changes}, SRV)
    assert (answer.status, path in [at for at, _ in answer.faults]) == (422, True)


def test_nobody_may_send_an_identified_event() -> None:
    event = {"id": "e1", "type": "identified", "visitor_id": "v1", "properties": {"customer_id": "anna"}}
    answer = Office().call("POST", "/v1/events", {"events": [event]}, key=SRV)
    assert [fault["path"] for fault in answer.json["rejected"]] == ["type"]


def test_a_server_may_name_the_customer_in_an_event() -> None:
    office = Office()
    event = {
        "id": "e1",
        "type": "page_view",
        "customer_id": "anna",
        "properties": {"url": "https://shop.example.com/"},
    }
    assert office.call("POST", "/v1/events", {"events": [event]}, key=SRV).json["accepted"] == 1
    assert [one.id for one in office.events_of("c:anna")] == ["e1"]


def test_the_secret_is_shown_once_and_kept_as_a_secret_of_the_store() -> None:
    office = Office()
    answer = office.manage("POST", "/v1/keys", {"kind": "identify"})
    assert (answer.json["kind"], answer.json["previous_until"]) == ("identify", None)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json["secret"].startswith(f"sb_idn_{OURS}_")
    assert answer.json["secret"].encode() in office.world.secrets[f"{OURS}/identify"]


def test_a_new_secret_lets_the_one_before_live_for_a_day() -> None:
    office = Office()
    old = secret(office)
    office.clock.now += MINUTE
    again = office.manage("POST", "/v1/keys", {"kind": "identify"}).json
    assert again["secret"] != old
    assert again["previous_until"] == "2026-03-03T12:01:00Z"
    for number, key in enumerate((old, again["secret"])):
        given = {"visitor_id": f"v{number}", "customer_id": "anna"}
        assert say(office, {**given, "signature": signature(key, f"v{number}", "anna", EXP)}).status == 200
    office.clock.now += OVERLAP
    late = office.clock.now // SECOND + 600
    given = {"visitor_id": "v9", "customer_id": "anna"}
    assert say(office, {**given, "signature": signature(old, "v9", "anna", late)}).status == 403
    assert say(office, {**given, "signature": signature(again["secret"], "v9", "anna", late)}).status == 200


def test_an_admin_makes_lists_and_revokes_keys() -> None:
    office = Office()
    made = office.manage("POST", "/v1/keys", {"kind": "srv"}).json
    assert made["secret"].startswith(f"sb_srv_{OURS}_")
    assert say(office, {**ANNA}, made["secret"]).status == 200
    listed = office.manage("GET", "/v1/keys")
    (row,) = [one for one in listed.json["items"] if one["id"] == made["id"]]
    assert (row["kind"], row["revoked"], row["last_used_at"]) == ("srv", False, "2026-03-02T12:00:00Z")
    assert made["secret"] not in listed.text
    for _ in range(2):
        assert office.manage("DELETE", f"/v1/keys/{made['id']}").status == 204
    office.clock.now += MINUTE
    assert say(office, {**ANNA}, made["secret"]).status == 401
    (row,) = [one for one in office.manage("GET", "/v1/keys").json["items"] if one["id"] == made["id"]]
    assert row["revoked"]


def test_the_last_admin_key_and_the_keys_of_other_stores_cannot_be_revoked() -> None:
    office = Office()
    (admin,) = [one["id"] for one in office.manage("GET", "/v1/keys").json["items"] if one["role"] == "admin"]
    assert office.manage("DELETE", f"/v1/keys/{admin}").status == 409
    theirs = [key.digest[:8] for (store, _), key in office.world.keys.items() if store == THEIRS]
    assert {office.manage("DELETE", f"/v1/keys/{name}").status for name in theirs} == {404}


@pytest.mark.parametrize(
    "given", [{"kind": "mgmt"}, {"kind": "srv", "role": "admin"}, {"kind": "identify", "role": "admin"}]
)
def test_a_role_is_for_management_keys(given: dict[str, str]) -> None:
    answer = Office().manage("POST", "/v1/keys", given)
    assert (answer.status, [path for path, _ in answer.faults]) == (422, ["role"])


def test_only_an_admin_makes_keys_and_only_of_kinds_that_there_are() -> None:
    office = Office()
    assert office.manage("POST", "/v1/keys", {"kind": "identify"}, key=MARKETER).status == 403
    wrong = office.manage("POST", "/v1/keys", {"kind": "master"}, key=MGMT)
    assert (wrong.status, [path for path, _ in wrong.faults]) == (422, ["kind"])


def test_a_browser_that_changes_hands_leaves_the_one_before_it_comes_to_the_other() -> None:
    """Both may be one customer, for whom the later word counts."""
    office = Office()
    for visitor in ("v1", "v2"):
        office.clock.now += MINUTE
        assert office.call("POST", "/v1/subscriptions", subscription(visitor_id=visitor), key=PUB).status == 201
    left = [event.at for event in office.events_of("v1") if event.type == "unsubscribed"]
    (came,) = [event.at for event in office.events_of("v2") if event.type == "subscribed"]
    assert left == [came - 1]
