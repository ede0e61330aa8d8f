"""What every sender is given alike: subscriptions with keys of their own, rendered payloads, a VAPID key."""

import json
import os
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from shopbell.adapters.webpush.keys import RAW_LENGTH, load_private, pair_of
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId, SubscriptionId, VapidKeyId, VisitorId
from shopbell.domain.push.subscription_keys import encode
from shopbell.domain.subscriptions import Subscription
from shopbell.local.pushd.receivers import new_receiver

SUBSCRIPTIONS: Final = 500
"""As many as a chunk holds."""
SIZES: Final = (300, 1_500)
"""Bytes of the smallest and the largest payload."""
NOW: Final[Instant] = 1_800_000_000_000
SUBJECT: Final = "mailto:ops@shop.example"
KEY: Final = VapidKeyId("key-1")

Load = dict[str, Any]


def write_load(path: Path, origin: str) -> None:
    """As browsers and shops have it: texts, in base64url where they are bytes."""
    raw = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(RAW_LENGTH, "big")
    load: Load = {
        "subject": SUBJECT,
        "vapid_private": encode(raw),
        "vapid_public": pair_of(raw).public_key,
        "subscriptions": [_subscription(origin) for _ in range(SUBSCRIPTIONS)],
        "payloads": list(_payloads()),
    }
    path.write_text(json.dumps(load))


def vapid_private(load: Load) -> bytes:
    raw = _bytes(load["vapid_private"])
    load_private(raw)
    return raw


def stored(load: Load) -> list[Subscription]:
    """The same subscriptions as our table gives them back."""
    return [
        Subscription(
            store=StoreId("bench"),
            visitor=VisitorId(f"visitor-{place}"),
            id=SubscriptionId(f"{place:032x}"),
            service="other",
            endpoint=one["endpoint"],
            p256dh=_bytes(one["keys"]["p256dh"]),
            auth=_bytes(one["keys"]["auth"]),
            vapid_key=KEY,
            created_at=NOW,
            seen_at=NOW,
        )
        for place, one in enumerate(load["subscriptions"])
    ]


def _subscription(origin: str) -> Mapping[str, object]:
    """With an address as long as those of the largest push service."""
    keys = new_receiver().keys
    address = f"{origin}/fcm/send/{encode(os.urandom(8))}:APA91b{encode(os.urandom(100))}"
    return {"endpoint": address, "keys": {"p256dh": encode(keys.p256dh), "auth": encode(keys.auth)}}


def _payloads() -> Iterator[str]:
    """Evenly from the smallest to the largest, each of the length that it is meant to have."""
    least, most = SIZES
    words = "Your order is on its way and will be with you soon. " * 40
    for place in range(SUBSCRIPTIONS):
        size = least + (most - least) * place // (SUBSCRIPTIONS - 1)
        notification = {
            "title": "New in the shop",
            "navigate": f"https://shop.example/p/{place}?utm_source=push",
            "icon": f"https://shop.example/i/{place}.png",
            "tag": "a" * 32,
            "body": "",
        }
        bare = len(json.dumps({"web_push": 8030, "notification": notification}))
        notification["body"] = words[: size - bare]
        yield json.dumps({"web_push": 8030, "notification": notification})


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
