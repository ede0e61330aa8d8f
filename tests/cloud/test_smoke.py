"""A smoke test of a stack in a real AWS account; it makes a store there and leaves it."""

import os
import uuid

import pytest
from shopbell.local.deployed import find
from shopbell.local.stores import create

from tests.e2e.system.api import Api, Shop
from tests.e2e.system.waiting import eventually

STAGE = os.environ.get("SHOPBELL_CLOUD_STAGE")
CONTACT = os.environ.get("SHOPBELL_CLOUD_CONTACT", "mailto:smoke@example.com")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        STAGE is None,
        reason="needs a deployed stack: set SHOPBELL_CLOUD_STAGE=dev with AWS credentials; has never run so far",
    ),
]


@pytest.fixture
def shop() -> Shop:
    assert STAGE is not None
    access = create(find(STAGE), "Smoke test", origins=("https://shop.example",), contact=CONTACT)
    keys = access.keys
    return Shop(
        str(keys.store_id),
        Api(access.api_url, keys.publishable_key),
        Api(access.api_url, keys.server_key),
        Api(access.api_url, keys.management_key),
        keys.vapid_public_key,
    )


def test_an_event_becomes_a_membership(shop: Shop) -> None:
    segment = shop.segment("Viewers", {"event": "product_view"})
    visitor = f"smoke-{uuid.uuid4()}"
    event = {"id": visitor, "type": "product_view", "visitor_id": visitor, "properties": {"product_id": "boot"}}
    shop.storefront.ok("POST", "/v1/events", {"events": [event]})
    eventually(lambda: visitor in shop.members(segment), "the membership", seconds=60)


def test_the_api_describes_itself_and_refuses_strangers(shop: Shop) -> None:
    assert shop.marketer.ok("GET", "/openapi.json")["openapi"].startswith("3.1")
    assert Api(shop.marketer.url, None).call("GET", "/v1/segments").status == 401
