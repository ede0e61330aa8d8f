"""What the tracking API demands of a storefront's events, checked on every body the SDK sends."""

import re
from collections.abc import Mapping

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "page_view": ("url",),
    "category_view": ("category",),
    "product_view": ("product_id",),
    "search": ("query",),
    "cart_add": ("product_id",),
    "cart_remove": ("product_id",),
    "cart_update": ("items",),
    "purchase": ("order_id", "total", "currency", "items"),
    "form_submit": ("form_id",),
    "prompt_shown": ("prompt",),
    "prompt_accepted": ("prompt",),
    "prompt_dismissed": ("prompt",),
    "permission_granted": ("prompt",),
    "permission_denied": ("prompt",),
}
FIELDS = {"id", "type", "visitor_id", "occurred_at", "properties"}
MONEY = ("price", "total", "list_price")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d")
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
MOST_EVENTS, MOST_BYTES = 50, 60_000

Event = dict[str, object]


def faults_of_batch(body: bytes, events: list[Event]) -> list[str]:
    """Everything wrong with one POST /v1/events, in words; empty when it is right."""
    found = [fault for event in events for fault in faults_of_event(event)]
    if not 1 <= len(events) <= MOST_EVENTS:
        found.append(f"{len(events)} events in one body")
    if len(body) > MOST_BYTES:
        found.append(f"{len(body)} bytes in one body")
    return found


def faults_of_event(event: Event) -> list[str]:
    name = str(event.get("type"))
    properties = event.get("properties")
    given = properties if isinstance(properties, dict) else {}
    checks = {
        "fields": set(event) == FIELDS,
        "id": UUID.fullmatch(str(event.get("id"))),
        "visitor_id": UUID.fullmatch(str(event.get("visitor_id"))),
        "occurred_at": INSTANT.fullmatch(str(event.get("occurred_at"))),
        "type": NAME.fullmatch(name),
        "properties": isinstance(properties, dict),
        "money": all(isinstance(given[key], int) for key in MONEY if key in given),
        **{f"properties.{key}": key in given for key in REQUIRED.get(name, ())},
    }
    return [f"{name}: {what}" for what, right in checks.items() if not right]
