"""Keys of how often a key has called, in table runs: <store>#CALLS#<key> / <begin of the window>."""

from shopbell.adapters.dynamo.keys.schema import PK, SK, Key, millis
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId


def calls(store: StoreId, key: str, window: Instant) -> Key:
    return {PK: f"{store}#CALLS#{key}", SK: millis(window)}
