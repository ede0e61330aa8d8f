"""What stands at each place of the document: the name of something of a store, or words that name nothing."""

from collections.abc import Mapping
from typing import Final

from tests.functions.isolation.places import FREE, KEYS

NAMED: Final[Mapping[str, str]] = {
    "segment_id": "segment",
    "campaign_id": "campaign",
    "pool_id": "pool",
    "job_id": "job",
    "key_id": "spare key",
    "list_id": "list",
    "product_id": "product",
    "trigger_id": "trigger",
    "visitor_id": "visitor",
    "webhook_id": "webhook",
    "segments[]": "segment",
    "cursor": "cursor",
    "campaign": "campaign",
    "scenario": "scenario",
    "if-match": "etag",
    "if-none-match": "etag",
    "idempotency-key": "click",
    "include[]": "segment",
    "exclude[]": "segment",
    "visitor_ids[]": "visitor",
    "customer_id": "customer",
    "upload_id": "upload",
    "product_ids[]": "product",
    "related[]": "product",
    "bundle[]": "product",
    "group_id": "product",
    "categories[]": "category",
    "category": "category",
    "category[]": "category",
    "list": "product_list",
    "endpoint": "endpoint",
    "replaces": "endpoint",
    "vapid_key_id": "vapid key",
    "message": "message",
    "id": "pool",
    "codes[]": "code",
    "csv": "code",
    "data": "product",
    "source": "campaign",
    "path": "audited",
    "operation": "operation",
    "cause": "cause",
    f"segment{KEYS}": "segment",
    f"category{KEYS}": "category",
    f"rule{FREE}": "segment",
    f"where[]{FREE}": "segment",
    f"properties{FREE}": "product",
    f"parameters{FREE}": "pool",
    f"filters{FREE}": "category",
    f"event{FREE}": "product",
}
"""What a place holds, by the end of its name: each must be filled in with it."""
ALONE: Final[Mapping[str, str]] = {
    "path.name": "product_list",
    "query.key": "spare key",
    "query.segments": "segment",
    "query.q": "query",
    "query.tag": "tag",
    "query.by": "mark",
    "query.prompt": "prompt",
}
"""The same, by the whole of its name."""
_PLAIN: Final = (
    "action algorithm auth badge_url birthday body brand brand[] city click_domains[] contact country cron currency "
    "description discount end event exit_on[] gender icon_url image_url key label label[] language name offset "
    "origins[] p256dh page pattern predefined private_key prompt public_key reason signature start tags[] time_zone "
    "title topic topics[] type until url vapid_public_key variant version window"
)
_FREELY: Final = "attributes custom event filters parameters properties rule translations where[]"
WORDS: Final = frozenset(
    {*_PLAIN.split(), *(f"{name}{end}" for name in _FREELY.split() for end in (FREE, KEYS))} - {*NAMED}
)
"""Names nothing that somebody else may have."""


def ending(place: str) -> str:
    """By which it is told what stands there."""
    _, _, last = place.rpartition(".")
    return ".".join(place.split(".")[-2:]) if place.endswith((FREE, KEYS)) else last


def kind_at(place: str) -> str | None:
    """What a place names; None: nothing. KeyError: nobody has said it."""
    if place in ALONE:
        return ALONE[place]
    end = ending(place)
    if end in NAMED:
        return NAMED[end]
    if end in WORDS:
        return None
    raise KeyError(place)
