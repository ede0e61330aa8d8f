"""Push subscriptions over HTTP: taken from browsers alone, and told to the fold exactly once."""

import json
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from shopbell.domain.clock import DAY
from shopbell.domain.ids import SubscriptionId, subscription_id

from tests.dialling import dialled
from tests.functions.http.world import NOON, OURS, PUB, THEIR_PUB, VAPID_PUBLIC, Town

FIREFOX = "https://updates.push.services.mozilla.com/wpush/v2/abc"
CHROME = "https://fcm.googleapis.com/fcm/send/abc"
AUTH = urlsafe_b64encode(b"a" * 16).rstrip(b"=").decode()
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def subscription(endpoint: str = FIREFOX, **keys: Any) -> dict[str, Any]:
    return {"endpoint": endpoint, "expirationTime": None, "keys": {"p256dh": VAPID_PUBLIC, "auth": AUTH, **keys}}


def body(**changes: Any) -> dict[str, Any]:
    return {
        "visitor_id": "ann",
        "subscription": subscription(),
        "time_zone": "Europe/Berlin",
        "language": "de-DE",
        **changes,
    }


def subscribe(town: Town, **changes: Any) -> Any:
    return town.call("POST", "/v1/subscriptions", body(**changes), key=PUB, headers={"user-agent": AGENT})


def test_a_subscription_is_stored_and_told(town: Town) -> None:
    answer = subscribe(town, prompt="soft", vapid_key_id="k1")
    name = subscription_id(FIREFOX)
    assert answer.status == 201
    assert answer.json == {"subscription_id": name, "visitor_id": "ann", "vapid_key_id": "k1"}
    row = town.world.subscriptions[OURS, name]
    assert (row.endpoint, row.service, row.auth, row.state) == (FIREFOX, "mozilla", b"a" * 16, "active")
    (told,) = town.events_of("ann")
    assert (told.type, told.trusted) == ("subscribed", True)
    assert told.properties == {
        "subscription_id": name,
        "service": "mozilla",
        "vapid_key_id": "k1",
        "browser": "firefox",
        "os": "linux",
        "device": "desktop",
        "prompt": "soft",
        "time_zone": "Europe/Berlin",
        "language": "de-DE",
    }


def test_the_version_of_the_prompt_stays_with_what_it_brought(town: Town) -> None:
    subscribe(town, prompt="soft", variant="short")
    subscribe(town, language="fr")
    assert [(told.properties["prompt"], told.properties["variant"]) for told in town.events_of("ann")] == [
        ("soft", "short")
    ] * 2


def test_the_same_subscription_at_each_visit_is_told_once(town: Town) -> None:
    subscribe(town)
    town.clock.now += DAY
    assert subscribe(town).status == 201
    assert len(town.events_of("ann")) == 1
    row = town.world.subscriptions[OURS, subscription_id(FIREFOX)]
    assert (row.created_at, row.seen_at) == (NOON, NOON + DAY)


def test_each_change_of_the_time_zone_is_told_even_the_way_back(town: Town) -> None:
    for zone in ("Europe/Berlin", "America/New_York", "Europe/Berlin"):
        town.clock.now += DAY
        subscribe(town, time_zone=zone)
    told = sorted(town.events_of("ann"), key=lambda one: one.at)
    zones = [one.properties["time_zone"] for one in told]
    assert zones == ["Europe/Berlin", "America/New_York", "Europe/Berlin"]


def test_who_comes_back_after_leaving_is_told_again(town: Town) -> None:
    subscribe(town)
    town.call("DELETE", "/v1/subscriptions", {"endpoint": FIREFOX}, key=PUB)
    town.clock.now += DAY
    subscribe(town)
    told = sorted(town.events_of("ann"), key=lambda one: one.at)
    assert {one.type for one in told[:2]} == {"subscribed", "unsubscribed"}
    assert told[2].type == "subscribed"


def test_leaving_is_told_and_the_endpoint_forgotten(town: Town) -> None:
    subscribe(town)
    for _ in range(2):
        assert town.call("DELETE", "/v1/subscriptions", {"endpoint": FIREFOX}, key=PUB).status == 204
    assert town.world.subscriptions == {}
    assert sorted(one.type for one in town.events_of("ann")) == ["subscribed", "unsubscribed"]


def test_leaving_keeps_what_is_known_of_the_subscription(town: Town) -> None:
    subscribe(town)
    town.call("DELETE", "/v1/subscriptions", {"endpoint": FIREFOX}, key=PUB)
    came, left = sorted(town.events_of("ann"), key=lambda event: event.type)
    assert {**came.properties, "reason": "left"} == left.properties
    assert left.properties["service"] == "mozilla"


def test_a_renewed_subscription_takes_the_place_of_the_old_one(town: Town) -> None:
    subscribe(town)
    answer = town.call(
        "POST", "/v1/subscriptions", {"subscription": subscription(CHROME), "replaces": FIREFOX}, key=PUB
    )
    assert (answer.status, answer.json["visitor_id"]) == (201, "ann")
    assert list(town.world.subscriptions) == [(OURS, subscription_id(CHROME))]
    row = town.world.subscriptions[OURS, subscription_id(CHROME)]
    assert (row.time_zone, row.language, row.service) == ("Europe/Berlin", "de-DE", "fcm")
    gone = [one for one in town.events_of("ann") if one.type == "unsubscribed"]
    assert [one.properties["subscription_id"] for one in gone] == [subscription_id(FIREFOX)]


def test_the_old_one_may_be_named_by_its_id(town: Town) -> None:
    subscribe(town)
    subscribe(town, subscription=subscription(CHROME), replaces=subscription_id(FIREFOX))
    assert list(town.world.subscriptions) == [(OURS, subscription_id(CHROME))]


def test_a_browser_that_becomes_another_visitor_leaves_the_first(town: Town) -> None:
    subscribe(town)
    subscribe(town, visitor_id="bob")
    assert sorted(one.type for one in town.events_of("ann")) == ["subscribed", "unsubscribed"]
    assert [one.type for one in town.events_of("bob")] == ["subscribed"]
    assert [row.visitor for row in town.world.subscriptions.values()] == ["bob"]


def test_without_a_visitor_the_replaced_one_must_be_of_this_store(town: Town) -> None:
    subscribe(town)
    given = {"subscription": subscription(CHROME), "replaces": FIREFOX}
    answer = town.call("POST", "/v1/subscriptions", given, key=THEIR_PUB)
    assert (answer.status, [path for path, _ in answer.faults]) == (422, ["visitor_id"])


def test_another_store_cannot_remove_it(town: Town) -> None:
    subscribe(town)
    assert town.call("DELETE", "/v1/subscriptions", {"endpoint": FIREFOX}, key=THEIR_PUB).status == 204
    assert len(town.world.subscriptions) == 1


def test_a_zone_that_the_browser_cannot_tell_is_left_open(town: Town) -> None:
    assert subscribe(town, time_zone="Etc/Unknown").status == 201
    assert next(iter(town.world.subscriptions.values())).time_zone is None


def test_members_that_browsers_add_one_day_do_no_harm(town: Town) -> None:
    assert subscribe(town, subscription={**subscription(), "contentEncoding": "aes128gcm"}).status == 201


BAD: tuple[tuple[str, Any, str], ...] = (
    ("unknown field", body(foo=1), "foo"),
    ("visitor", body(visitor_id="a b"), "visitor_id"),
    ("forged customer", body(visitor_id="c:1"), "visitor_id"),
    ("no visitor", {"subscription": subscription()}, "visitor_id"),
    ("no subscription", {"visitor_id": "ann"}, "subscription"),
    ("subscription no object", body(subscription="x"), "subscription"),
    ("no endpoint", body(subscription={"keys": {"p256dh": VAPID_PUBLIC, "auth": AUTH}}), "subscription.endpoint"),
    ("endpoint no text", body(subscription=subscription(1)), "subscription.endpoint"),  # type: ignore[arg-type]
    ("no keys", body(subscription={"endpoint": FIREFOX}), "subscription.keys"),
    ("no p256dh", body(subscription={"endpoint": FIREFOX, "keys": {"auth": AUTH}}), "subscription.keys.p256dh"),
    ("p256dh off the curve", body(subscription=subscription(p256dh="BA" + "A" * 85)), "subscription.keys.p256dh"),
    ("p256dh too short", body(subscription=subscription(p256dh="BA")), "subscription.keys.p256dh"),
    ("p256dh no base64", body(subscription=subscription(p256dh="ü")), "subscription.keys.p256dh"),
    ("auth too short", body(subscription=subscription(auth="AA")), "subscription.keys.auth"),
    ("auth no text", body(subscription=subscription(auth=1)), "subscription.keys.auth"),
    ("expirationTime", body(subscription={**subscription(), "expirationTime": "x"}), "subscription.expirationTime"),
    ("replaces", body(replaces=1), "replaces"),
    ("vapid_key_id", body(vapid_key_id="k9"), "vapid_key_id"),
    ("time_zone", body(time_zone="Mars"), "time_zone"),
    ("language", body(language="!"), "language"),
    ("prompt", body(prompt=""), "prompt"),
)


@pytest.mark.parametrize(("given", "path"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_wrong_subscription_is_named_and_not_stored(town: Town, given: Any, path: str) -> None:
    answer = town.call("POST", "/v1/subscriptions", given, key=PUB)
    assert (answer.status, [fault[0] for fault in answer.faults]) == (422, [path])
    assert (town.world.subscriptions, town.stored) == ({}, [])


TABLE = Path(__file__).parents[2] / "unit" / "push" / "hostile_endpoints.json"
HOSTILE = json.loads(TABLE.read_text())


@pytest.mark.parametrize("group", HOSTILE)
def test_an_endpoint_that_is_no_push_service_is_refused_and_nothing_is_dialled(town: Town, group: str) -> None:
    with dialled() as heard:
        answers = [subscribe(town, subscription=subscription(endpoint)) for endpoint in HOSTILE[group]]
    said = {(answer.status, *(path for path, _ in answer.faults)) for answer in answers}
    assert said == {(422, "subscription.endpoint")}
    assert (town.world.subscriptions, town.stored, heard) == ({}, [], [])


def test_more_than_200_hostile_endpoints_are_tried() -> None:
    assert len({url for urls in HOSTILE.values() for url in urls}) >= 200


@pytest.mark.parametrize(
    ("given", "path"), [({}, "endpoint"), ({"endpoint": 1}, "endpoint"), ({"endpoint": ""}, "endpoint")]
)
def test_leaving_names_the_endpoint(town: Town, given: Any, path: str) -> None:
    answer = town.call("DELETE", "/v1/subscriptions", given, key=PUB)
    assert (answer.status, [fault[0] for fault in answer.faults]) == (422, [path])


def test_the_endpoint_is_nowhere_in_events_and_logs(town: Town) -> None:
    subscribe(town)
    town.call("DELETE", "/v1/subscriptions", {"endpoint": FIREFOX}, key=PUB)
    assert "wpush" not in str([one.properties for one in town.stored]) + str(town.watch.said)


def test_ids_of_subscriptions_are_hashes(town: Town) -> None:
    assert subscribe(town).json["subscription_id"] == SubscriptionId(subscription_id(FIREFOX))
