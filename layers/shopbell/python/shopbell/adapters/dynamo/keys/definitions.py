"""Keys of what people define: stores and their keys, segments, campaigns, scenarios, products."""

from typing import Final

from shopbell.adapters.dynamo.keys.schema import ENABLED, PK, SK, Key, millis
from shopbell.domain.ids import CampaignId, ProductId, SegmentId, StoreId

SEGMENTS: Final = "SEG#"
CAMPAIGNS: Final = "CAMP#"
KEYS: Final = "KEY#"
SCHEDULED: Final = "campaigns"
"""The partition of index `enabled` under which every campaign lies that is scheduled."""


def config(store: StoreId, sort: str) -> Key:
    return {PK: store, SK: sort}


def store(store: StoreId) -> Key:
    return config(store, "STORE")


def key(store: StoreId, digest: str) -> Key:
    return config(store, f"{KEYS}{digest}")


def rules(store: StoreId) -> Key:
    return config(store, "RULES")


def segment(store: StoreId, segment: SegmentId, version: int | None = None) -> Key:
    """Versions have a prefix of their own, so that listing the segments never reads them."""
    return config(store, f"{SEGMENTS}{segment}" if version is None else f"{segment_versions(segment)}{version:010d}")


def segment_versions(segment: SegmentId) -> str:
    """What the keys of all its versions begin with."""
    return f"SEGV#{segment}#"


def segment_change(store: StoreId, segment: SegmentId, revision: int) -> Key:
    return config(store, f"{segment_changes(segment)}{revision:010d}")


def segment_changes(segment: SegmentId) -> str:
    """What the keys of all its changes begin with."""
    return f"SEGC#{segment}#"


def campaign(store: StoreId, campaign: CampaignId) -> Key:
    return config(store, f"{CAMPAIGNS}{campaign}")


def scheduled(store: StoreId) -> Key:
    return {ENABLED.partition: SCHEDULED, ENABLED.sort: store}


def scenario(store: StoreId, name: str) -> Key:
    return config(store, f"SCEN#{name}")


def enabled(scenario: str, store: StoreId) -> Key:
    return {ENABLED.partition: enabled_partition(scenario), ENABLED.sort: store}


def enabled_partition(scenario: str) -> str:
    return f"scen#{scenario}"


def product(store: StoreId, product: ProductId) -> Key:
    return {PK: f"{store}#P#{product}", SK: "P"}


def product_versions(store: StoreId, product: ProductId) -> str:
    return f"{store}#H#{product}"


def product_version(store: StoreId, product: ProductId, revision: int) -> Key:
    return {PK: product_versions(store, product), SK: millis(revision)}


def product_gone(store: StoreId, product: ProductId) -> Key:
    return {PK: f"{store}#G#{product}", SK: "G"}
