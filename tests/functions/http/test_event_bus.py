"""A webhook to the event bus over HTTP: one a store, without address and secret, otherwise like any other."""

from typing import Any

import pytest
from shopbell.app.webhooks.work import read_notice

from tests.functions.http.office import THEIR_ADMIN, Office

GIVEN = {"event_bus": True, "events": ["segment.entered"]}


def made(office: Office, **more: Any) -> Any:
    answer = office.manage("POST", "/v1/webhooks", {**GIVEN, **more})
    assert answer.status == 201, answer.text
    return answer.json


def secrets_of(office: Office) -> set[str]:
    return {name for name in office.world.secrets if "/webhook/" in name}


def test_it_has_neither_address_nor_secret(office: Office) -> None:
    segment = office.active(name="VIP")
    told = made(office, segments=[segment], description="Rules of ours")
    assert (told["url"], told["event_bus"], told.pop("secret"), told.pop("previous_until")) == (
        None,
        True,
        None,
        None,
    )
    assert (told["segments"], told["state"]) == ([segment], "active")
    assert office.manage("GET", f"/v1/webhooks/{told['id']}").json == told
    assert secrets_of(office) == set()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"events": ["segment.entered"]}, "is required, unless `event_bus` is true"),
        ({"event_bus": False, "events": ["segment.entered"]}, "is required, unless `event_bus` is true"),
        ({**GIVEN, "url": "https://hooks.shop.example/in"}, "must be left out where `event_bus` is true"),
    ],
    ids=["neither", "not the bus", "both"],
)
def test_a_webhook_has_an_address_or_the_bus(office: Office, given: dict[str, Any], message: str) -> None:
    answer = office.manage("POST", "/v1/webhooks", given)
    assert (answer.status, answer.faults) == (422, [("url", message)])
    assert office.manage("GET", "/v1/webhooks").json["items"] == []


@pytest.mark.parametrize(
    "bus", ["default", {"name": "theirs"}, 1, "arn:aws:events:eu-west-1:123456789012:event-bus/x"]
)
def test_no_request_names_a_bus(office: Office, bus: Any) -> None:
    answer = office.manage("POST", "/v1/webhooks", {**GIVEN, "event_bus": bus})
    assert answer.status == 422
    assert [path for path, _ in answer.faults] == ["event_bus"]


def test_a_store_has_one(office: Office) -> None:
    name = made(office)["id"]
    answer = office.manage("POST", "/v1/webhooks", GIVEN)
    assert answer.status == 409
    assert name in answer.text
    assert office.manage("POST", "/v1/webhooks", GIVEN, key=THEIR_ADMIN).status == 201


def test_it_cannot_be_given_an_address_or_a_secret(office: Office) -> None:
    path = f"/v1/webhooks/{made(office)['id']}"
    moved = office.manage("PATCH", path, {"url": "https://hooks.shop.example/in"})
    assert (moved.status, [where for where, _ in moved.faults]) == (422, ["url"])
    assert office.manage("PATCH", path, {"event_bus": False}).status == 422
    assert office.manage("POST", f"{path}/rotate").status == 409
    assert secrets_of(office) == set()


def test_it_is_changed_switched_off_tested_and_removed_like_any_other(office: Office) -> None:
    path = f"/v1/webhooks/{made(office)['id']}"
    changes = {"events": ["segment.exited"], "enabled": False}
    changed = office.manage("PATCH", path, changes).json
    assert (changed["events"], changed["state"]) == (["segment.exited"], "disabled")
    test = office.manage("POST", f"{path}/test")
    (message,) = office.hooked.take()
    told = read_notice(message.body)
    assert (test.status, test.json["message_id"], told.event) == (202, told.id, "webhook.test")
    assert office.manage("DELETE", path).status == 204
    assert office.manage("GET", "/v1/webhooks").json["items"] == []


def test_a_repeated_click_is_answered_the_same_for_there_is_no_secret_in_it(office: Office) -> None:
    made = [office.manage("POST", "/v1/webhooks", GIVEN, headers={"idempotency-key": "one"}) for _ in range(2)]
    assert [one.status for one in made] == [201, 201]
    assert made[0].json == made[1].json
