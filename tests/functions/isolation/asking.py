"""What is asked of each operation: bodies and queries in which `$kind` stands for the name of something."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.functions.http.office import BROUGHT
from tests.functions.http.test_subscriptions import subscription
from tests.functions.http.test_vapid import KEYS

WORDS: Final = {"title": "A sale", "body": "It is here", "url": "https://shop.example.com/a"}
PRODUCT: Final = {
    "id": "$product",
    "title": "A lamp",
    "url": "https://shop.example.com/lamp",
    "image_url": "https://shop.example.com/lamp.png",
    "price": 900,
    "currency": "EUR",
    "categories": ["$category"],
    "related": ["$product"],
    "bundle": ["$product"],
    "group_id": "$product",
}
RULE: Final = {
    "and": [
        {"in_segment": "$segment"},
        {"list": "$list"},
        {"event": "product_view", "where": [{"field": "product_id", "op": "eq", "value": "$product"}]},
        {"event": "purchase", "where": [{"field": "order_id", "op": "eq", "value": "$order"}]},
        {"not": {"message": "clicked", "campaign": "$campaign"}},
    ]
}
AUDIENCE: Final = {"include": ["$segment"], "exclude": ["$segment"], "rule": RULE}
SHOWN: Final = {"algorithm": "predefined", "filters": {"category": "$category"}, "options": {"list": "$product_list"}}
CAMPAIGN: Final = {"name": "A sale", "content": WORDS, "audience": AUDIENCE}
FILTERED: Final = {"algorithm": "smart_offers", "filters": {"category": ["$category"]}}
BY_SEGMENT: Final = {"content": WORDS, "content_by": {"segment": {"$segment": WORDS}}}
BY_CATEGORY: Final = {"content": WORDS, "products": FILTERED, "content_by": {"category": {"$category": WORDS}}}
TRIGGER: Final = {
    "event": "segment_entered",
    "where": [{"field": "segment_id", "op": "eq", "value": "$segment"}],
    "audience": AUDIENCE,
    "content": WORDS,
    "products": {"algorithm": "predefined", "filters": {"category": "$category"}},
    "parameters": {"list": "$product_list"},
}
PURCHASE: Final = {"order_id": "$order", "total": 900, "currency": "EUR", "items": [{"product_id": "$product"}]}
DEVICE: Final = {
    "visitor_id": "$visitor",
    "subscription": {**subscription(), "endpoint": "$endpoint"},
    "replaces": "$endpoint",
    "vapid_key_id": "${vapid key}",
    "time_zone": "Europe/Berlin",
    "language": "de",
    "prompt": "soft",
}
HOOK: Final = {"url": "https://hooks.shop.example/in", "events": ["segment.entered"]}
CODES: Final[Sequence[Any]] = ({"codes": ["$code"]}, {"csv": "code\n$code\n"})
FEED: Final = "id,title,url,image_url,price,currency\n$product,A,https://a.example/x,https://a.example/i,9,EUR\n"
SUBSCRIBED: Final = '{"endpoint": "$endpoint", "visitor_id": "$visitor", "keys": KEYS}'.replace(
    "KEYS", json.dumps(KEYS)
)
BODIES: Final[Mapping[str, Sequence[Any]]] = {
    "createSegment": [
        {"name": "A", "rule": RULE},
        {"predefined": "viewed_category", "parameters": {"category": "$category"}},
    ],
    "editSegment": [{"name": "A", "rule": RULE}],
    "previewSegment": [{"rule": RULE}],
    "weighEdit": [{"rule": RULE}],
    "restoreVersion": [{"version": 1}],
    "createCampaign": [CAMPAIGN, {**CAMPAIGN, **BY_SEGMENT}, {**CAMPAIGN, **BY_CATEGORY}],
    "editCampaign": [{"audience": AUDIENCE}, BY_SEGMENT, BY_CATEGORY],
    "scheduleCampaign": [{"at": "2030-01-01T12:00:00Z"}],
    "sendCampaign": [None],
    "testCampaign": [{"visitor_ids": ["$visitor"]}],
    "createTrigger": [TRIGGER],
    "editTrigger": [{name: value for name, value in TRIGGER.items() if name != "event"}],
    "putScenario": [
        {"enabled": True, "audience": AUDIENCE, "parameters": {"coupon_pool": "$pool"}},
    ],
    "dryRunScenario": [{}, {"all": True}, {"product_id": "$product", "price": 500}],
    "createCouponPool": [{"id": "$pool", "name": "A"}, {"id": "$new", "name": "A"}],
    "editCouponPool": [{"name": "A"}],
    "addCouponCodes": CODES,
    "sendEvents": [
        {"events": [{"id": "$event", "type": "purchase", "visitor_id": "$visitor", "properties": PURCHASE}]},
        {
            "events": [
                {
                    "id": "$event",
                    "type": "product_view",
                    "visitor_id": "$visitor",
                    "properties": {"product_id": "$product"},
                }
            ]
        },
        {
            "events": [
                {"id": "$event", "type": "refund", "customer_id": "$customer", "properties": {"order_id": "$order"}}
            ]
        },
    ],
    "changeTraits": [{"traits": {"city": "Ulm"}}],
    "changeVisitors": [
        {
            "visitors": [
                {"visitor_id": "$visitor", "traits": {"city": "Ulm"}},
                {"customer_id": "$customer", "traits": {}},
            ]
        }
    ],
    "identify": [{"visitor_id": "$visitor", "customer_id": "$customer"}],
    "askPrompt": [{"visitor_id": "$visitor", "page": "https://shop.example.com/", "prompt": "soft"}],
    "subscribe": [DEVICE, {name: value for name, value in DEVICE.items() if name != "replaces"}],
    "prefer": [{"endpoint": "$endpoint", "topics": ["news"]}],
    "unsubscribe": [{"endpoint": "$endpoint"}],
    "sendReceipt": [{"message": "$message", "kind": kind} for kind in ("clicked", "landed")],
    "putProducts": [{"products": [PRODUCT]}],
    "loadFeed": [{"format": "csv", "upload_id": "$upload"}, {"format": "csv", "data": FEED}],
    "importSubscriptions": [
        {"format": "ndjson", "upload_id": "$upload", "vapid": BROUGHT},
        {"format": "ndjson", "data": SUBSCRIBED, "vapid": BROUGHT},
    ],
    "makeKey": [{"kind": "mgmt", "role": "viewer"}],
    "rotateKey": [{"overlap": "P1D"}],
    "createList": [{"id": "$list", "name": "A"}, {"id": "$new", "name": "A"}],
    "putListMembers": [{"visitor_ids": ["$visitor", "$visitor"]}],
    "putProductList": [
        {"product_ids": ["$product"], "target": {"kind": kind, "id": f"${kind}"}}
        for kind in ("segment", "product", "category")
    ],
    "recommend": [
        {"algorithm": "predefined", "visitor_id": "$visitor", "options": {"list": "$product_list"}},
        {"algorithm": "complementary", "product_ids": ["$product"], "filters": {"category": "$category"}},
        {"algorithm": "top_sellers", "filters": {"category": ["$category"]}},
    ],
    "renderMessage": [
        {
            "content": {**WORDS, "title": "{{ product.title }}"},
            "products": SHOWN,
            "event": PURCHASE,
            "source": "$campaign",
        },
        {"content": WORDS, "products": {**SHOWN, "filters": {"category": ["$category"]}}},
    ],
    "editStore": [{"name": "A"}],
    "createWebhook": [
        {**HOOK, "segments": ["$segment"]},
        {"event_bus": True, "events": ["segment.entered"], "segments": ["$segment"]},
    ],
    "editWebhook": [{"segments": ["$segment"]}],
    "rotateWebhook": [{"overlap": "P1D"}],
    "suppressVisitor": [{"suppressed": True}],
}
"""Of every operation that takes a body."""
QUERIES: Final[Mapping[str, Sequence[Mapping[str, str]]]] = {
    "listMembers": [{"format": "csv"}, {"why": "true"}],
    "listCouponCodes": [{"format": "csv"}],
    "getReport": [{"format": "csv"}, {"by": "day"}],
    "getScenarioReport": [{"format": "csv"}],
    "getOverview": [{"format": "csv"}],
    "getSegmentOverlap": [{"segments": "$segment,${live segment}"}],
}
"""Beside one for each place of the query."""
