"""Keys of what is known of calls, in table runs.

<store>#CALLS#<key> / <begin of the window>   how often a key has called
<store>#ONCE#<name> / ONCE                    a call that is made once, and what was answered
"""

from shopbell.adapters.dynamo.keys.schema import PK, SK, Key, millis
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId


def calls(store: StoreId, key: str, window: Instant) -> Key:
    return {PK: f"{store}#CALLS#{key}", SK: millis(window)}


def once(store: StoreId, name: str) -> Key:
    return {PK: f"{store}#ONCE#{name}", SK: "ONCE"}
