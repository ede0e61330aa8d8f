"""Keys of what came in of late, in table runs: <store>#LATELY / <at>#<name>, and <store>#WATCHED / W."""

from shopbell.adapters.dynamo.keys.schema import PK, SK, Key, millis
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId


def calls(store: StoreId) -> str:
    return f"{store}#LATELY"


def call(store: StoreId, at: Instant, name: str) -> Key:
    return {PK: calls(store), SK: f"{millis(at)}#{name}"}


def watched(store: StoreId) -> Key:
    return {PK: f"{store}#WATCHED", SK: "W"}
