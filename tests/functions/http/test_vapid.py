"""VAPID keys over HTTP: who has which, a new one in the place of the old, and who may ask for it."""

from typing import Any

import pytest
from shopbell.adapters.memory.subscriptions import MemoryKeyUses, MemorySubscriptions
from shopbell.adapters.webpush.keys import pair_of
from shopbell.domain.clock import MINUTE
from shopbell.domain.ids import VapidKeyId, subscription_id

from tests.functions.http.office import MARKETER, THEIR_ADMIN, VIEWER, Office
from tests.functions.http.world import NOON, OURS, SRV, THEIRS, VAPID_PUBLIC

ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/one"
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


def subscribe(office: Office, endpoint: str = ENDPOINT, **more: Any) -> str:
    """Answers the key that the store says it was made with."""
    body = {"visitor_id": "ann", "subscription": {"endpoint": endpoint, "keys": KEYS}, **more}
    answer = office.call("POST", "/v1/subscriptions", body, key=SRV)
    assert answer.status == 201, answer.text
    return str(answer.json["vapid_key_id"])


def keys(office: Office) -> list[tuple[str, str, int]]:
    listed = office.manage("GET", "/v1/vapid-keys", key=VIEWER)
    assert listed.status == 200
    return [(row["id"], row["state"], row["subscriptions"]) for row in listed.json["items"]]


def rotate(office: Office, name: str | None = None) -> dict[str, Any]:
    answer = office.manage("POST", "/v1/vapid-keys/rotate", headers={"idempotency-key": name} if name else None)
    assert answer.status == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_a_store_begins_with_one_key_and_nobody_on_it(office: Office) -> None:
    answer = office.manage("GET", "/v1/vapid-keys").json
    assert answer == {
        "items": [
            {
                "id": "k1",
                "public_key": VAPID_PUBLIC,
                "state": "active",
                "subscriptions": 0,
                "parked": 0,
                "refused": 0,
                "last_refused_at": None,
                "created_at": "2026-03-02T12:00:00Z",
            }
        ],
        "next_cursor": None,
    }


def test_the_new_key_is_given_out_and_the_old_one_keeps_its_subscriptions(office: Office) -> None:
    assert subscribe(office) == "k1"
    made = rotate(office)

    assert (made["id"], made["state"], made["subscriptions"]) == ("k2", "active", 0)
    assert keys(office) == [("k1", "retiring", 1), ("k2", "active", 0)]
    office.clock.now += 2 * MINUTE
    told = office.call("GET", "/v1/config", key=SRV).json
    assert (told["vapid_key_id"], told["vapid_public_key"]) == ("k2", made["public_key"])
    assert told["retiring_vapid_keys"] == [VAPID_PUBLIC]
    assert subscribe(office, f"{ENDPOINT}/two") == "k2"
    assert keys(office) == [("k1", "retiring", 1), ("k2", "active", 1)]


def test_the_browser_s_next_visit_moves_it_to_the_new_key_and_loses_nobody(office: Office) -> None:
    subscribe(office)
    rotate(office)
    assert subscribe(office, f"{ENDPOINT}/new", replaces=ENDPOINT, vapid_key_id="k2") == "k2"
    assert keys(office) == [("k1", "retiring", 0), ("k2", "active", 1)]
    assert MemorySubscriptions(office.world).find(OURS, subscription_id(ENDPOINT)) is None


def test_a_page_that_knows_the_new_key_is_believed_before_the_minute_is_over(office: Office) -> None:
    subscribe(office)
    rotate(office)
    assert subscribe(office, f"{ENDPOINT}/two", vapid_key_id="k2") == "k2"


def test_a_worker_that_was_told_the_old_key_is_counted_for_the_old_key(office: Office) -> None:
    made = rotate(office)
    office.clock.now += 2 * MINUTE
    assert subscribe(office, vapid_public_key=VAPID_PUBLIC) == "k1"
    assert subscribe(office, vapid_public_key=f"{made['public_key']}=") == "k2"


@pytest.mark.parametrize(
    "said",
    [
        {"vapid_key_id": "k9"},
        {"vapid_public_key": pair_of(bytes(31) + b"\x07").public_key},
        {"vapid_public_key": "no key"},
    ],
    ids=["id", "public key", "malformed"],
)
def test_a_key_of_nobody_is_refused(office: Office, said: dict[str, str]) -> None:
    body = {"visitor_id": "ann", "subscription": {"endpoint": ENDPOINT, "keys": KEYS}, **said}
    answer = office.call("POST", "/v1/subscriptions", body, key=SRV)
    assert answer.status == 422
    assert [fault["path"] for fault in answer.json["errors"]] == list(said)


def test_the_same_request_makes_one_key(office: Office) -> None:
    first = rotate(office, "spring")
    assert rotate(office, "spring") == first
    assert [name for name, _, _ in keys(office)] == ["k1", "k2"]
    third = rotate(office, "autumn")
    assert (third["id"], keys(office)) == (
        "k3",
        [("k1", "retiring", 0), ("k2", "retiring", 0), ("k3", "active", 0)],
    )
    assert rotate(office, "spring") == first, "as it was then"


def test_the_private_half_lies_among_the_secrets_alone_and_is_never_answered(office: Office) -> None:
    made = rotate(office)
    private = office.world.secrets[f"{OURS}/vapid/k2"]
    assert pair_of(private).public_key == made["public_key"]
    assert "PRIVATE" not in str(made) + str(office.world.stores[OURS])


def test_only_admins_rotate_and_every_role_reads(office: Office) -> None:
    for key in (VIEWER, MARKETER, SRV):
        assert office.manage("POST", "/v1/vapid-keys/rotate", key=key).status == 403
    assert office.manage("GET", "/v1/vapid-keys", key=SRV).status == 403
    assert keys(office) == [("k1", "active", 0)]


def test_another_store_keeps_its_own(office: Office) -> None:
    before = office.world.stores[THEIRS]
    subscribe(office)
    rotate(office)
    assert office.world.stores[THEIRS] == before
    theirs = office.manage("GET", "/v1/vapid-keys", key=THEIR_ADMIN).json["items"]
    assert [(row["id"], row["subscriptions"]) for row in theirs] == [(key.id, 0) for key in before.vapid_keys]


def test_what_push_services_said_of_a_key_is_told(office: Office) -> None:
    subscribe(office)
    row = MemorySubscriptions(office.world).find(OURS, subscription_id(ENDPOINT))
    assert row is not None
    uses = MemoryKeyUses(office.world)
    uses.refused(OURS, VapidKeyId("k1"), 3, NOON)
    assert uses.move(row, VapidKeyId("k1"), NOON)

    (told,) = office.manage("GET", "/v1/vapid-keys").json["items"]
    assert (told["subscriptions"], told["parked"], told["refused"], told["last_refused_at"]) == (
        0,
        1,
        3,
        "2026-03-02T12:00:00Z",
    )


def test_settings_saved_meanwhile_take_no_key_back(office: Office) -> None:
    rotate(office)
    assert office.manage("PATCH", "/v1/store", {"name": "Renamed"}).status == 200
    assert [key["id"] for key in office.manage("GET", "/v1/store").json["vapid_keys"]] == ["k1", "k2"]
