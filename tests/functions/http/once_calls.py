"""Each management call that takes an Idempotency-Key: what it is about, what it says, and what it makes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.functions.http.office import IMPORT, Office
from tests.functions.http.test_campaigns import GOOD

THURSDAY = "2026-03-05T17:00:00Z"
RULE: dict[str, Any] = {"event": "search"}
SEARCHED: dict[str, Any] = {"title": "Found it?", "body": "We can help.", "url": "https://shop.example/help"}


@dataclass(frozen=True)
class OnceCall:
    """`about` makes what stands in the path; `later`: what somebody does with the thing afterwards."""

    path: str
    body: Any
    other: Any
    made: Callable[[Office], int]
    """How many of what it makes there are."""
    about: Callable[[Office], str] = lambda _: ""
    later: tuple[str, str, Any] | None = None
    """Method, path after that of the thing that was made (or of what it is about), body."""
    shown_once: bool = False


def _listed(path: str) -> Callable[[Office], int]:
    return lambda office: len(office.manage("GET", path).json["items"])


def _campaign(office: Office) -> str:
    office.visit("ann", subscribed=True)
    office.visit("bob", subscribed=True)
    return office.campaign()


def _pool(office: Office) -> str:
    return str(office.manage("POST", "/v1/coupon-pools", {"name": "Cart", "discount": "10 %"}).json["id"])


def _key(office: Office) -> str:
    return str(office.manage("POST", "/v1/keys", {"kind": "srv", "name": "ERP"}).json["id"])


def _messages(office: Office) -> int:
    return len({repr(message.body) for message in office.plan.messages if "campaign" in message.body})


def _tests(office: Office) -> int:
    """Runs that are handed to the workers."""
    chunks = {repr(message.body) for message in office.send_now.messages}
    runs = sum(1 for run in office.world.runs.values() if run.source == "test")
    return runs if len(chunks) == runs else -1


def _rotated(path: str) -> Callable[[Office], int]:
    return lambda office: sum(1 for row in office.manage("GET", path).json["items"] if row.get("name") == "ERP")


def _given_out(office: Office) -> int:
    """A pair whose secret was perhaps not kept lies aside, and nobody is given it."""
    return sum(1 for row in office.manage("GET", "/v1/vapid-keys").json["items"] if row["state"] == "active")


_JOBS: Callable[[Office], int] = lambda office: len(office.world.jobs)  # noqa: E731 - a word for a column
_HOOK = {"url": "https://hooks.shop.example/in", "events": ["segment.entered"]}
_FEED = {"format": "jsonl", "data": '{"id": "p1"}'}
_SERVER = {"kind": "srv", "name": "ERP"}
_EDIT: tuple[str, str, Any] = ("PATCH", "", {"name": "Quite another"})

CALLS: dict[str, OnceCall] = {
    "createSegment": OnceCall(
        "/v1/segments", {"rule": RULE}, {"rule": {"event": "signup"}}, _listed("/v1/segments"), later=_EDIT
    ),
    "createCampaign": OnceCall(
        "/v1/campaigns", GOOD, {**GOOD, "name": "Other"}, _listed("/v1/campaigns"), later=("POST", "/send", None)
    ),
    "duplicateCampaign": OnceCall(
        "/v1/campaigns/ABOUT/duplicate", None, {}, _listed("/v1/campaigns"), _campaign, later=("DELETE", "", None)
    ),
    "sendCampaign": OnceCall(
        "/v1/campaigns/ABOUT/send",
        {"expected_audience": 2},
        {"expected_audience": 3},
        _messages,
        _campaign,
        later=("POST", "/cancel", None),
    ),
    "scheduleCampaign": OnceCall(
        "/v1/campaigns/ABOUT/schedule",
        {"at": THURSDAY},
        {"at": "2026-03-06T17:00:00Z"},
        lambda office: len(office.world.schedules),
        _campaign,
        later=("POST", "/unschedule", None),
    ),
    "testCampaign": OnceCall(
        "/v1/campaigns/ABOUT/test", {"visitor_ids": ["ann"]}, {"visitor_ids": ["bob"]}, _tests, _campaign, later=_EDIT
    ),
    "createList": OnceCall(
        "/v1/lists", {"name": "VIP"}, {"name": "Others"}, _listed("/v1/lists"), later=("DELETE", "", None)
    ),
    "createTrigger": OnceCall(
        "/v1/triggers",
        {"name": "Search", "event": "search", "content": SEARCHED},
        {"name": "Another", "event": "search", "content": SEARCHED},
        _listed("/v1/triggers"),
        later=_EDIT,
    ),
    "createCouponPool": OnceCall(
        "/v1/coupon-pools",
        {"name": "Spring", "discount": "10 %"},
        {"name": "Autumn", "discount": "10 %"},
        _listed("/v1/coupon-pools"),
        later=_EDIT,
    ),
    "addCouponCodes": OnceCall(
        "/v1/coupon-pools/ABOUT/codes",
        {"codes": ["AAA", "BBB"]},
        {"codes": ["CCC"]},
        lambda office: sum(row["codes"] for row in office.manage("GET", "/v1/coupon-pools").json["items"]),
        _pool,
        later=("PATCH", "", {"name": "x"}),
    ),
    "rotateVapidKey": OnceCall("/v1/vapid-keys/rotate", None, {}, _given_out),
    "makeKey": OnceCall("/v1/keys", _SERVER, {**_SERVER, "name": "x"}, _rotated("/v1/keys"), shown_once=True),
    "rotateKey": OnceCall(
        "/v1/keys/ABOUT/rotate", {}, {"overlap": "PT1H"}, _rotated("/v1/keys"), _key, shown_once=True
    ),
    "createWebhook": OnceCall(
        "/v1/webhooks",
        _HOOK,
        {**_HOOK, "url": "https://hooks.shop.example/x"},
        _listed("/v1/webhooks"),
        shown_once=True,
    ),
    "rotateWebhook": OnceCall(
        "/v1/webhooks/ABOUT/rotate", None, {}, _listed("/v1/webhooks"), lambda one: one.webhook(), shown_once=True
    ),
    "openUpload": OnceCall("/v1/uploads", None, {}, lambda office: len(office.world.uploads)),
    "loadFeed": OnceCall("/v1/feeds", _FEED, {**_FEED, "data": '{"id": "p2"}'}, _JOBS),
    "importSubscriptions": OnceCall("/v1/subscriptions/import", IMPORT, {**IMPORT, "data": "{}\n"}, _JOBS),
}
