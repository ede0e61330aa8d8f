"""Keys of the nightly pass: the list of all stores, their statistics, and what a walk leaves behind."""

from typing import Final

from shopbell.adapters.dynamo.keys.definitions import config
from shopbell.adapters.dynamo.keys.schema import ENABLED, PK, SK, Key, millis
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId

LISTED: Final = "stores"
"""The partition of index `enabled` under which every store lies."""


def listed(store: StoreId) -> Key:
    return {ENABLED.partition: LISTED, ENABLED.sort: store}


def statistics(store: StoreId) -> Key:
    return config(store, "STATS")


def surveys(store: StoreId, night: Instant) -> str:
    return f"{store}#Y#{millis(night)}"


def survey(store: StoreId, night: Instant, part: str) -> Key:
    return {PK: surveys(store, night), SK: part}
