"""How a message is signed for its push service."""

from collections.abc import Callable

from shopbell.domain.clock import Instant
from shopbell.domain.ids import VapidKeyId
from shopbell.domain.store import Store

Sign = Callable[[Store, str, VapidKeyId, Instant], str]
"""(store, origin, key, now) to the `Authorization` header (RFC 8292); raises NotFound without the private key."""
