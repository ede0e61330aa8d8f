"""A store is set up: its settings, its keys, its catalogue, and what it wants to know of its people."""

from dataclasses import replace
from typing import Any

from shopbell.domain.clock import MINUTE, SECOND
from shopbell.domain.signatures import signature

from tests.functions.http.office import BROUGHT
from tests.functions.http.story.teller import OTHER, Teller
from tests.functions.http.world import THEIR_PUB, THEIRS, VAPID_PUBLIC

SITE = "https://shop.example.com"
ANNA, BEN, CLEO = "v-5c1d7a90e2b8", "v-91f0c6ab44d2", "v-37e0b4d1c9aa"
FIREFOX = "https://updates.push.services.mozilla.com/wpush/v2/gAAAAABn"
CHROME = "https://fcm.googleapis.com/fcm/send/dQw4w9WgXcQ"
AUTH = "YWFhYWFhYWFhYWFhYWFhYQ"
CONSENT = {"version": "2026-01", "at": "2026-03-02T11:59:30Z"}


def service(teller: Teller) -> None:
    for page in ("getHealth", "getDocument", "getDocs", "getSdk", "getWorker"):
        teller.tell(page)


def store(teller: Teller) -> None:
    teller.tell("getStore")
    body = {
        "name": "Fjell & Forest",
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "caps": [{"count": 1, "within": "PT6H"}, {"count": 6, "within": "P7D"}],
        "approve_over": 50_000,
    }
    teller.tell("editStore", body)
    teller.tell("editStore", {"currency": "euro", "caps": [{"count": 0, "within": "PT6H"}]}, status=422)
    teller.tell("getChecklist")


def keys(teller: Teller) -> str:
    """The secret that the shop's server signs with."""
    server = teller.tell("makeKey", {"kind": "srv", "name": "shop server"}, says="For the shop's server")
    teller.tell("makeKey", {"kind": "mgmt", "role": "marketer", "name": "Mia"}, says="For a person")
    secret = teller.tell("makeKey", {"kind": "identify"}, says="The secret that `identify` is signed with")
    teller.tell("makeKey", {"kind": "mgmt", "role": "owner"}, status=422)
    teller.tell("rotateKey", {"overlap": "P1D"}, key_id=server["id"])
    teller.tell("rotateKey", {"overlap": "soon"}, key_id=server["id"], status=422)
    teller.tell("rotateKey", {"overlap": "P1D"}, key_id=server["id"], status=409)
    teller.tell("listKeys")
    teller.tell("listKeys", query={"cursor": OTHER}, status=422)
    teller.tell("revokeKey", key_id=server["id"])
    (last,) = (row["id"] for row in teller.office.manage("GET", "/v1/keys").json["items"] if row["role"] == "admin")
    teller.tell("revokeKey", key_id=last, status=409, says="The last key of an admin")
    return str(secret["secret"])


def identified(teller: Teller, secret: str) -> None:
    exp = teller.office.clock.now // SECOND + 600
    given = {"visitor_id": CLEO, "customer_id": "1001"}
    signed = {**given, "signature": signature(secret, CLEO, "1001", exp)}
    teller.tell("identify", signed, says="From a page, signed by the shop's server")
    teller.tell("identify", {**given, "customer_id": "1002"}, key=teller.server, status=409)
    teller.tell("identify", {"visitor_id": "", "customer_id": "1001"}, status=422)


def push_keys(teller: Teller) -> None:
    stores = teller.office.world.stores
    stores[THEIRS] = replace(stores[THEIRS], vapid_keys=())
    teller.tell("getConfig", key=THEIR_PUB, status=409, says="A store that has no key yet")
    teller.tell("listVapidKeys")
    teller.tell("listVapidKeys", query={"cursor": OTHER}, status=422)
    brought = {"public_key": BROUGHT["public_key"], "private_key": "A" * 42 + "c"}
    lines = (
        '{"endpoint": "https://fcm.googleapis.com/fcm/send/old-1", "keys": '
        f'{{"p256dh": "{VAPID_PUBLIC}", "auth": "{AUTH}"}}, "visitor_id": "v-20aa71c3e9f4"}}'
    )
    teller.tell("importSubscriptions", {"format": "ndjson", "data": lines, "vapid": brought})
    teller.tell("importSubscriptions", {"format": "xml", "data": lines, "vapid": brought}, status=422)
    teller.tell("rotateVapidKey")
    teller.tell("rotateVapidKey", headers={"idempotency-key": "k" * 129}, status=422)


def subscriptions(teller: Teller) -> None:
    agent = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    for visitor, place in ((ANNA, FIREFOX), (BEN, CHROME)):
        body = {
            "visitor_id": visitor,
            "subscription": {
                "endpoint": place,
                "expirationTime": None,
                "keys": {"p256dh": VAPID_PUBLIC, "auth": AUTH},
            },
            "vapid_key_id": "k1",
            "time_zone": "Europe/Berlin",
            "language": "de-DE",
            "prompt": "soft",
        }
        teller.tell("subscribe", body, headers=agent)
    teller.tell("subscribe", {"visitor_id": ANNA, "subscription": {"endpoint": "http://push.example"}}, status=422)
    wanted = {"endpoint": FIREFOX, "topics": ["sale", "new"], "consent": CONSENT}
    teller.tell("prefer", wanted)
    teller.tell("prefer", {"endpoint": FIREFOX, "snooze_until": "tomorrow"}, status=422)
    teller.tell("unsubscribe", {"endpoint": f"{CHROME}-old"})
    teller.tell("unsubscribe", {}, status=422)
    teller.office.clock.now += MINUTE


def products() -> tuple[dict[str, Any], dict[str, Any]]:
    boots = {
        "id": "boot-7",
        "title": "Ridge boots",
        "url": f"{SITE}/p/boot-7",
        "image_url": f"{SITE}/p/boot-7.jpg",
        "price": 12_900,
        "list_price": 15_900,
        "currency": "EUR",
        "categories": ["Outdoor/Boots"],
        "brand": "Peak",
        "stock": 14,
    }
    lamp = {
        "id": "lamp-2",
        "title": "Head lamp",
        "url": f"{SITE}/p/lamp-2",
        "image_url": f"{SITE}/p/lamp-2.jpg",
        "price": 3_490,
        "currency": "EUR",
        "categories": ["Outdoor/Light"],
        "brand": "Lumo",
    }
    return boots, lamp


def catalogue(teller: Teller) -> None:
    boots, lamp = products()
    teller.tell("putProducts", {"products": [boots, lamp]})
    teller.tell("putProducts", {"products": [boots, {**lamp, "price": 34.9}]}, status=422)
    teller.tell("listProducts", query={"limit": "1"})
    teller.tell("listProducts", query={"limit": "0"}, status=422)
    teller.tell("getProduct", product_id="boot-7")
    teller.office.clock.now += MINUTE
    teller.tell("putProducts", {"products": [{**boots, "price": 11_900}]}, says="A price that falls")
    teller.tell("listProductVersions", product_id="boot-7")
    teller.tell("listProductVersions", product_id="boot-7", query={"limit": "all"}, status=422)
    teller.tell("listCategories")
    teller.tell("listCategories", query={"cursor": OTHER}, status=422)


def feeds(teller: Teller) -> None:
    teller.tell("openUpload")
    teller.tell("openUpload", headers={"idempotency-key": "k" * 129}, status=422)
    table = f"id,title,link,image_link,price\nrope-1,Climbing rope,{SITE}/p/rope-1,{SITE}/p/rope-1.jpg,79.00 EUR\n"
    teller.tell("loadFeed", {"format": "csv", "data": table})
    teller.tell("loadFeed", {"format": "excel", "data": table}, status=422)
    gifts = {"product_ids": ["lamp-2", "boot-7"], "ends_at": "2026-12-24T17:00:00Z"}
    teller.tell("putProductList", gifts, name_="gifts")
    teller.tell("putProductList", {"product_ids": "lamp-2"}, name_="gifts", status=422)
    teller.tell("getProductList", name_="gifts")
    teller.tell("listProductLists")
    teller.tell("listProductLists", query={"cursor": OTHER}, status=422)
    asked = {"algorithm": "predefined", "count": 2, "options": {"list": "gifts"}}
    teller.tell("recommend", asked)
    teller.tell("recommend", {"algorithm": "clairvoyance"}, status=422)
