"""How an estate comes to have something of everything: by its own calls, and by what the other functions write."""

import json
from typing import Any

from shopbell.adapters.webpush.keys import pair_of
from shopbell.domain.clock import DAY, HOUR

from tests.functions.http.crowds import fold
from tests.functions.http.test_handlers import mark
from tests.functions.http.test_subscriptions import subscription
from tests.functions.isolation.estate import Estate
from tests.functions.isolation.running import mailed, sized
from tests.functions.isolation.workers import work_off

SHARED = "ann"
"""A visitor whom both stores know."""
PUSHED = "https://updates.push.services.mozilla.com/wpush/v2/"


def furnish(estate: Estate) -> None:
    """All of it; the order matters, for what is named must be there."""
    _store(estate)
    _goods(estate)
    _people(estate)
    _segments(estate)
    _coupons(estate)
    _texts(estate)
    _campaigns(estate)
    mailed(estate)
    _keys(estate)
    _work(estate)


def _store(estate: Estate) -> None:
    word = estate.word
    estate.manage(
        "PATCH",
        "store",
        {
            "name": f"{word} Store",
            "contact": f"mailto:{word.lower()}@shop.example.com",
            "quiet_hours": {"start": "00:00", "end": "00:00"},
            "learning": "update",
        },
    )


def _goods(estate: Estate) -> None:
    tag, word = estate.tag, estate.word
    rows = [_product(estate, f"{tag}-lamp"), _product(estate, "boots"), _product(estate, f"{tag}-lost")]
    estate.track("PUT", "products", {"products": rows})
    for price in (800, 700):
        estate.track("PUT", "products", {"products": [{**row, "price": price} for row in rows[:2]]})
    estate.track("DELETE", f"products/{tag}-lost")
    estate.name("product", f"{tag}-lamp", "boots")
    estate.name("category", f"{tag}/lamps")
    estate.name("new", f"{tag}-new")
    estate.name("click", f"{tag}-click")
    estate.name("query", word)
    estate.name("tag", word)
    estate.name("prompt", "soft", word)
    for name in (f"{tag}-gifts", "gifts"):
        body = {"product_ids": [f"{tag}-lamp"], "target": {"kind": "category", "id": f"{tag}/lamps"}}
        estate.manage("PUT", f"product-lists/{name}", body)
        estate.name("product_list", name)


def _product(estate: Estate, name: str) -> dict[str, Any]:
    word = estate.word
    return {
        "id": name,
        "title": f"{word} {name}",
        "url": f"https://shop.example.com/{name}",
        "image_url": f"https://shop.example.com/{name}.png",
        "price": 900,
        "currency": "EUR",
        "brand": f"{word} Works",
        "categories": [f"{estate.tag}/lamps", f"{estate.tag}-rooms"],
        "tags": [word],
    }


def _people(estate: Estate) -> None:
    tag, word = estate.tag, estate.word
    for number, who in enumerate((f"{tag}-zoe", SHARED, f"{tag}-yan")):
        estate.track("PATCH", f"visitors/{who}", {"traits": {"city": word, "custom": {"note": word}}})
        body = {**_device(f"{PUSHED}{tag}-{number}"), "visitor_id": who}
        estate.track("POST", "subscriptions", body, key="pub")
        estate.name("endpoint", f"{PUSHED}{tag}-{number}")
        estate.track("POST", "events", {"events": _deeds(estate, who)})
        estate.name("visitor", who)
    for who in (f"{tag}-zoe", f"{tag}-yan"):
        estate.track("POST", "identify", {"visitor_id": who, "customer_id": f"{tag}-7{who[-1]}"})
        estate.name("customer", f"{tag}-7{who[-1]}")
    estate.manage("GET", "segments/suggestions")
    estate.track("GET", "events/recent")
    estate.track("POST", "events", {"events": _deeds(estate, f"{tag}-late")})
    for kind, name in (("list", f"{tag}-list"), ("list", "vip"), ("unused list", f"{tag}-unused")):
        estate.made(kind, "lists", {"id": name, "name": f"{word} {name}", "description": word})
        estate.manage("PUT", f"lists/{name}/members", {"visitor_ids": [f"{tag}-zoe", SHARED]})
    estate.manage("PUT", f"visitors/{tag}-yan/suppression", {"suppressed": True, "reason": f"{word} asked"})


def _device(endpoint: str) -> dict[str, Any]:
    return {"subscription": subscription(endpoint), "time_zone": "Europe/Berlin", "language": "de", "prompt": "soft"}


def _deeds(estate: Estate, who: str) -> list[dict[str, Any]]:
    tag, word = estate.tag, estate.word
    bought = {"order_id": f"{tag}-o-{who}", "total": 900, "currency": "EUR", "items": [{"product_id": f"{tag}-lamp"}]}
    estate.name("order", f"{tag}-o-{who}")
    estate.name("event", f"{tag}-{who}-2")
    deeds: list[tuple[str, dict[str, Any]]] = [
        ("page_view", {"url": f"https://shop.example.com/{word}"}),
        ("product_view", {"product_id": f"{tag}-lamp", "price": 700}),
        ("purchase", bought),
        ("search", {"query": f"{word} lamp"}),
        ("cart_add", {"product_id": "boots"}),
    ]
    return [
        {"id": f"{tag}-{who}-{place}", "type": kind, "visitor_id": who, "properties": said}
        for place, (kind, said) in enumerate(deeds)
    ]


def _segments(estate: Estate) -> None:
    word, made = estate.word, estate.made
    bought = {"name": f"{word} buyers", "description": word, "tags": [word], "rule": {"event": "purchase"}}
    made("segment", "segments", bought)
    live = estate.names["segment"][0]
    estate.manage("POST", f"segments/{live}/activate")
    made("segment", "segments", {"name": f"{word} two", "rule": {"and": [{"in_segment": live}, {"event": "search"}]}})
    for kind in ("spare segment", "paused segment", "unused segment", "live segment"):
        name = made(kind, "segments", {**bought, "name": f"{word} {kind}"})
        estate.manage("PATCH", f"segments/{name}", {"name": f"{word} {kind} again", "rule": {"event": "search"}})
    for kind in ("live segment", "paused segment"):
        estate.manage("POST", f"segments/{estate.names[kind][0]}/activate")
    estate.manage("POST", f"segments/{estate.names['paused segment'][0]}/pause")
    hook = {"url": f"https://hooks.shop.example/{word}", "events": ["segment.entered"], "description": word}
    for segments in ([live], []):
        made("webhook", "webhooks", {**hook, "segments": segments})
    work_off(estate.office)
    fold(estate.office, estate.store)
    sized(estate)


def _coupons(estate: Estate) -> None:
    tag, word = estate.tag, estate.word
    for name in (f"{tag}-pool", "spring", f"{tag}-unused"):
        popup = {"title": f"{word} gives", "body": word}
        estate.manage(
            "POST", "coupon-pools", {"id": name, "name": f"{word} {name}", "discount": word, "popup": popup}
        )
        codes = [f"{tag}-{name}-{number}" for number in range(3)]
        estate.manage("POST", f"coupon-pools/{name}/codes", {"codes": codes})
        estate.name("unused pool" if name.endswith("unused") else "pool", name)
        estate.name("code", *codes)


def _texts(estate: Estate) -> None:
    offered = {"enabled": True, "content": estate.content, "parameters": {"algorithm": "top_sellers"}}
    estate.manage("PUT", "scenarios/push_recommendation", offered)
    estate.manage("PUT", "scenarios/we_missed_you", {"enabled": True, "content": estate.content})
    estate.name("scenario", "we_missed_you")
    estate.name("couponed scenario", "birthday")
    estate.name("dropping scenario", "price_drop")
    audience = {"include": estate.names["segment"][:1]}
    searched = {"event": "search", "content": estate.content, "name": f"{estate.word} search", "audience": audience}
    for kind, enabled in (("trigger", True), ("spare trigger", False)):
        estate.made(kind, "triggers", {**searched, "enabled": enabled})


def _campaigns(estate: Estate) -> None:
    include = {"include": estate.names["segment"][:1]}
    body = {"name": f"{estate.word} campaign", "content": estate.content, "audience": include}
    for kind in (
        "draft campaign",
        "sent campaign",
        "paused campaign",
        "dated campaign",
        "sending campaign",
    ):
        estate.made(kind, "campaigns", body)
    # of everybody: the size of a segment that is still being built is not known, so nobody can be asked about it
    estate.made("asked campaign", "campaigns", {**body, "audience": {}})
    named = {kind: names[0] for kind, names in estate.names.items() if kind.endswith("campaign")}
    two = [{"name": name, "weight": 1, "content": estate.content} for name in ("one", "two")]
    estate.made("draft campaign", "campaigns", {"name": f"{estate.word} two", "variants": two})
    estate.manage("POST", f"campaigns/{named['paused campaign']}/send")
    estate.manage("POST", f"campaigns/{named['paused campaign']}/pause")
    for kind in ("sent campaign", "sending campaign"):
        estate.manage("POST", f"campaigns/{named[kind]}/send")
    estate.manage("POST", f"campaigns/{named['dated campaign']}/schedule", {"at": "2030-01-01T12:00:00Z"})
    estate.manage("PATCH", "store", {"approve_over": 0, "approval": "second_person"})
    asked = f"campaigns/{named['asked campaign']}"
    expected = estate.manage("POST", f"{asked}/estimate").json["reachable"]
    estate.manage("POST", f"{asked}/send", {"expected_audience": expected}, key="marketer")
    estate.manage("PATCH", "store", {"approve_over": 10_000, "approval": "none"})
    estate.name("campaign", named["sent campaign"], named["draft campaign"])


def _keys(estate: Estate) -> None:
    for kind in ("key", "spare key", "old key"):
        text = {"kind": "mgmt", "role": "viewer", "name": f"{estate.word} {kind}"}
        estate.made(kind, "keys", text)
    estate.manage("DELETE", f"keys/{estate.names['old key'][0]}")
    estate.manage("POST", "keys", {"kind": "identify"})
    estate.manage("POST", "vapid-keys/rotate")
    keys = estate.manage("GET", "vapid-keys").json["items"]
    estate.name("vapid key", *(row["id"] for row in keys))
    estate.name("mark", mark(estate.key("admin")), mark(estate.key("marketer")))
    estate.name("audited", f"/v1/segments/{estate.names['segment'][0]}", "/v1/lists")
    estate.name("operation", "createSegment")
    estate.name("cause", f"event:{estate.names['event'][0]}", "definition")
    estate.office.clock.now += HOUR


def _work(estate: Estate) -> None:
    tag, segment = estate.tag, estate.names["segment"][0]
    csv = f"id,title,url,image_url,price,currency\n{tag}-feed,{estate.word},https://a.example/x,https://a.example/i,9,EUR\n"
    pool = {"generate": {"pattern": f"{tag.upper()}-{{8}}", "count": 1_500}}
    begun = [
        estate.manage("GET", f"segments/{segment}/members", query={"format": "csv"}),
        estate.manage("GET", f"coupon-pools/{tag}-pool/codes", query={"format": "csv"}),
        estate.manage("GET", f"visitors/{tag}-zoe/export"),
        estate.manage("POST", "feeds", {"format": "csv", "data": csv}),
        estate.manage("POST", "scenarios/push_recommendation/dry-run", {"all": True}),
        estate.manage("POST", f"coupon-pools/{tag}-pool/codes", pool),
        estate.manage("POST", "subscriptions/import", _imported(estate)),
        estate.manage("DELETE", f"visitors/{tag}-late"),
    ]
    estate.name("job", *(str(one.json["job_id"]) for one in begun))
    work_off(estate.office)
    for name in estate.names["job"]:
        assert estate.manage("GET", f"jobs/{name}").json["state"] == "done", name
    waits = estate.manage("GET", f"segments/{segment}/members", query={"format": "csv"})
    estate.name("waiting job", str(waits.json["job_id"]))
    _upload(estate, csv)
    estate.office.clock.now += DAY


def _imported(estate: Estate) -> dict[str, Any]:
    pair = pair_of(bytes(31) + bytes([7 + len(estate.tag) + ord(estate.tag[0])]))
    row = subscription(f"{PUSHED}{estate.tag}-brought")
    line = json.dumps({"endpoint": row["endpoint"], "keys": row["keys"], "visitor_id": f"{estate.tag}-brought"})
    vapid = {"public_key": pair.public_key, "private_key": pair.private_pem.decode()}
    return {"format": "ndjson", "data": line, "vapid": vapid}


def _upload(estate: Estate, data: str) -> None:
    """Put there, but not given to a job yet."""
    click = {"idempotency-key": estate.names["click"][0]}
    opened = estate.office.manage("POST", "/v1/uploads", key=estate.key("admin"), headers=click)
    name = str(opened.json["upload_id"])
    estate.office.world.files[f"uploads/{estate.store}/{name}"] = data.encode()
    estate.name("upload", name)
