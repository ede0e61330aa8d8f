"""Keys of the trail of changes, in table runs: <store>#AUDIT / <at>#<id>."""

from shopbell.adapters.dynamo.keys.schema import PK, SK, Key, millis
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId


def lines(store: StoreId) -> str:
    return f"{store}#AUDIT"


def line(store: StoreId, at: Instant, name: str) -> Key:
    return {PK: lines(store), SK: f"{moment(at)}#{name}"}


def moment(at: Instant) -> str:
    """Below every line of that instant, above every earlier one."""
    return millis(at)
