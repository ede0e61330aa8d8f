"""Where a page of candidates ended: instant and visitor, in the shard and up to the instant that were asked."""

from shopbell.adapters import cursors
from shopbell.adapters.dynamo import keys
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId, VisitorId


def place(send_at: Instant, visitor: VisitorId) -> str:
    """Orders candidates of one store as their keys do."""
    return f"{keys.millis(send_at)}#{visitor}"


def after(cursor: str | None, store: StoreId, shard: int, until: Instant) -> tuple[Instant, VisitorId] | None:
    """Rejected unless it is a place that such a page can have ended at."""
    position = cursors.position(cursor)
    if position is None:
        return None
    at, _, name = position.partition("#")
    visitor = VisitorId(name)
    if not (at.isascii() and at.isdecimal() and name and int(at) <= until):
        raise cursors.rejected()
    if keys.candidate_shard(store, visitor) != shard:
        raise cursors.rejected()
    return int(at), visitor
