"""Webhooks over HTTP: made by admins, checked before anything is written, shown without their secrets."""

from base64 import b64decode
from typing import Any

import pytest
from shopbell.adapters.memory.webhooks import MemoryHookDeliveries
from shopbell.app.watchwork import is_watch, read_watch
from shopbell.app.webhooks.work import read_notice
from shopbell.domain.webhooks.hook import Attempt, WebhookId

from tests.functions.http.office import MARKETER, THEIR_ADMIN, VIEWER, Office
from tests.functions.http.world import NOON, OURS

URL = "https://hooks.shop.example/in?token=t0k3n"
GIVEN = {"url": URL, "events": ["segment.entered", "segment.exited"]}


def made(office: Office, **changes: Any) -> Any:
    answer = office.manage("POST", "/v1/webhooks", {**GIVEN, **changes})
    assert answer.status == 201, answer.text
    return answer.json


def secrets_of(office: Office) -> set[str]:
    return {name for name in office.world.secrets if "/webhook/" in name}


def test_a_webhook_is_made_with_a_secret_that_is_shown_once(office: Office) -> None:
    segment = office.active(name="VIP")
    webhook = made(office, segments=[segment, segment], description="CRM")
    secret = webhook.pop("secret")
    assert len(b64decode(secret.removeprefix("whsec_"))) == 32
    assert webhook.pop("previous_until") is None
    one = office.manage("GET", f"/v1/webhooks/{webhook['id']}")
    assert one.json == webhook
    assert office.manage("GET", "/v1/webhooks").json == {"items": [webhook], "next_cursor": None}
    assert {name: webhook[name] for name in ("url", "events", "segments", "description", "state")} == {
        **GIVEN,
        "segments": [segment],
        "description": "CRM",
        "state": "active",
    }
    assert secret not in office.manage("GET", "/v1/webhooks").text + one.text


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"url": "http://hooks.shop.example/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "http://127.0.0.1:8080/"}, "url"),
        ({"url": "https://hooks.shop.example:8443/"}, "url"),
        ({"url": "https://private.shop.example/"}, "url"),
        ({"url": ""}, "url"),
        ({"events": []}, "events"),
        ({"events": ["segment.changed"]}, "events.0"),
        ({"segments": ["none"]}, "segments.0"),
        ({"events": ["campaign.stopped"]}, "events.0"),
        ({"name": "x"}, "name"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(office: Office, changes: dict[str, Any], path: str) -> None:
    answer = office.manage("POST", "/v1/webhooks", {**GIVEN, **changes})
    assert answer.status == 422
    assert [where for where, _ in answer.faults] == [path]
    assert (office.manage("GET", "/v1/webhooks").json["items"], secrets_of(office)) == ([], set())


def test_an_edit_is_checked_in_the_same_way(office: Office) -> None:
    path = f"/v1/webhooks/{made(office)['id']}"
    wrong: list[dict[str, Any]] = [{"url": "https://10.0.0.1/"}, {"segments": ["none"]}, {"events": []}]
    for changes in wrong:
        assert office.manage("PATCH", path, changes).status == 422
    assert office.manage("GET", path).json["url"] == URL


def test_admins_alone_may_see_or_touch_them(office: Office) -> None:
    name = made(office)["id"]
    calls = [("GET", ""), ("POST", ""), ("GET", f"/{name}"), ("PATCH", f"/{name}"), ("DELETE", f"/{name}")]
    calls += [("POST", f"/{name}/test"), ("POST", f"/{name}/rotate")]

    def statuses(key: str | None, some: list[tuple[str, str]]) -> set[int]:
        return {office.manage(method, f"/v1/webhooks{path}", {}, key=key).status for method, path in some}

    for key, status in ((VIEWER, 403), (MARKETER, 403), (None, 401)):
        assert statuses(key, calls) == {status}
    assert statuses(THEIR_ADMIN, calls[2:]) == {404}
    assert office.manage("GET", "/v1/webhooks", key=THEIR_ADMIN).json["items"] == []


def test_a_store_has_ten(office: Office) -> None:
    for _ in range(10):
        made(office)
    assert office.manage("POST", "/v1/webhooks", GIVEN).status == 409


def test_what_is_left_out_of_an_edit_stays_and_two_who_edit_are_told(office: Office) -> None:
    webhook = made(office, description="CRM")
    path = f"/v1/webhooks/{webhook['id']}"
    tag = office.manage("GET", path).headers["etag"]
    changed = office.manage("PATCH", path, {"events": ["segment.exited"]}, headers={"if-match": tag})
    assert (changed.status, changed.json["events"], changed.json["description"]) == (200, ["segment.exited"], "CRM")
    assert office.manage("PATCH", path, {"description": None}, headers={"if-match": tag}).status == 412
    assert office.manage("DELETE", path, headers={"if-match": tag}).status == 412
    assert office.manage("PATCH", path, {"description": None}).json["description"] is None


def test_how_it_went_is_shown_and_switching_it_on_again_forgets_it(office: Office) -> None:
    name = WebhookId(made(office)["id"])
    path, went = f"/v1/webhooks/{name}", MemoryHookDeliveries(office.world)
    went.note(OURS, name, Attempt(NOON, 204))
    went.note(OURS, name, Attempt(NOON + 1_000, 500, "answered 500", pause=10_000, given_up=True))
    failing = office.manage("GET", path).json
    assert failing["state"] == "failing"
    assert failing["deliveries"] == {
        "delivered": 1,
        "failed": 1,
        "given_up": 1,
        "last_tried_at": "2026-03-02T12:00:01Z",
        "last_delivered_at": "2026-03-02T12:00:00Z",
        "last_status": 500,
        "last_error": "answered 500",
        "failing_since": "2026-03-02T12:00:01Z",
    }
    assert office.manage("PATCH", path, {"enabled": False}).json["state"] == "disabled"
    again = office.manage("PATCH", path, {"enabled": True}).json
    assert (again["state"], again["deliveries"]["failed"]) == ("active", 0)


def test_a_rotated_secret_signs_beside_the_new_one_for_the_overlap(office: Office) -> None:
    first = made(office)
    second = office.manage("POST", f"/v1/webhooks/{first['id']}/rotate", {"overlap": "PT1H"})
    assert (second.status, second.json["previous_until"]) == (201, "2026-03-02T13:00:00Z")
    assert second.json["secret"] != first["secret"]
    third = office.manage("POST", f"/v1/webhooks/{first['id']}/rotate")
    assert third.json["previous_until"] == "2026-03-03T12:00:00Z"
    assert len(secrets_of(office)) == 3
    office.clock.now += 2 * 24 * 3_600_000
    office.manage("POST", f"/v1/webhooks/{first['id']}/rotate", {"overlap": "PT0S"})
    assert len(secrets_of(office)) == 2


def test_a_test_is_put_on_its_way_also_to_one_that_is_disabled(office: Office) -> None:
    name = made(office)["id"]
    office.manage("PATCH", f"/v1/webhooks/{name}", {"enabled": False})
    answer = office.manage("POST", f"/v1/webhooks/{name}/test")
    assert answer.status == 202
    (message,) = office.hooked.take()
    told = read_notice(message.body)
    assert (told.id, told.event, told.is_test) == (answer.json["message_id"], "webhook.test", True)


def test_a_deleted_one_is_gone_with_its_secrets(office: Office) -> None:
    name = made(office)["id"]
    office.manage("POST", f"/v1/webhooks/{name}/rotate")
    assert office.manage("DELETE", f"/v1/webhooks/{name}").status == 204
    assert (secrets_of(office), office.manage("GET", f"/v1/webhooks/{name}").status) == (set(), 404)
    assert office.manage("DELETE", f"/v1/webhooks/{name}").status == 404


def test_the_audit_trail_tells_of_each_write_without_the_secret(office: Office) -> None:
    webhook = made(office)
    path = f"/v1/webhooks/{webhook['id']}"
    office.manage("PATCH", path, {"events": ["segment.exited"]})
    rotated = office.manage("POST", f"{path}/rotate").json
    office.manage("POST", f"{path}/test")
    office.manage("DELETE", path)
    trail = office.manage("GET", "/v1/audit")
    assert [one["operation"] for one in trail.json["items"]] == [
        "deleteWebhook",
        "testWebhook",
        "rotateWebhook",
        "editWebhook",
        "createWebhook",
    ]
    assert webhook["secret"] not in trail.text
    assert rotated["secret"] not in trail.text


def test_events_of_campaigns_and_alarms_are_wanted_like_any_other_and_segments_mean_nothing_to_them(
    office: Office,
) -> None:
    segment = office.active(name="VIP")
    webhook = made(office, events=["campaign.finished", "alarm"])
    path = f"/v1/webhooks/{webhook['id']}"
    assert webhook["events"] == ["campaign.finished", "alarm"]
    alone = {**GIVEN, "events": ["campaign.finished", "alarm"], "segments": [segment]}
    for answer in (
        office.manage("POST", "/v1/webhooks", alone),
        office.manage("PATCH", path, {"segments": [segment]}),
    ):
        assert (answer.status, [where for where, _ in answer.faults]) == (422, ["segments"])
    both = {"events": ["alarm", "segment.exited"], "segments": [segment]}
    assert office.manage("PATCH", path, both).json["segments"] == [segment]
    assert office.manage("PATCH", path, {"events": ["alarm"]}).status == 422
    assert office.manage("PATCH", path, {"events": ["alarm"], "segments": []}).status == 200


def test_a_campaign_that_is_called_off_is_looked_at_for_whoever_wants_to_hear_of_it_by_then(office: Office) -> None:
    name = office.campaign()
    office.manage("POST", f"/v1/campaigns/{name}/send")
    office.plan.take()
    assert office.manage("POST", f"/v1/campaigns/{name}/cancel").status == 202
    found = [message for message in office.plan.take() if is_watch(message.body)]
    assert [read_watch(one.body).campaign for one in found] == [name]
    assert office.manage("POST", f"/v1/campaigns/{office.campaign()}/cancel").status == 409
    assert office.plan.take() == []
