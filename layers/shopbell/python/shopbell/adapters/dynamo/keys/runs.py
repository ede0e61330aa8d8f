"""Keys of sending: runs with their shards and chunks, firings, counters."""

from typing import Final

from shopbell.adapters.dynamo.keys.schema import PK, SK, Key, millis, shard
from shopbell.domain.clock import Instant
from shopbell.domain.ids import RunId, StoreId, VisitorId, visitor_hash
from shopbell.domain.jobs import JobId

SHARDS: Final = "SH#"
CHUNKS: Final = "CH#"
DISPATCH_SHARDS: Final = 16


def run(store: StoreId, run: RunId, sort: str = "RUN") -> Key:
    """`sort`: RUN, SH#<shard> or CH#<chunk>."""
    return {PK: f"{store}#R#{run}", SK: sort}


def run_shard(store: StoreId, of: RunId, number: int) -> Key:
    return run(store, of, SHARDS + shard(number))


def run_chunk(store: StoreId, of: RunId, chunk: str) -> Key:
    return run(store, of, CHUNKS + chunk)


def runs_of(store: StoreId, source: str, source_id: str) -> str:
    return f"{store}#B#{source}#{source_id}"


def firing(store: StoreId, source: str, source_id: str, scheduled_at: Instant, part: str = "") -> Key:
    """One per firing, whatever the run is called: a second one finds it taken."""
    return {PK: runs_of(store, source, source_id), SK: millis(scheduled_at) + (f"#{part}" if part else "")}


def dispatch(store: StoreId, who: VisitorId, name: str) -> Key:
    return {PK: f"{store}#D#{who}", SK: name}


def dispatch_shard(store: StoreId, who: VisitorId) -> str:
    """Which of a run's rows of counters a step of that visitor is counted in."""
    return f"{visitor_hash(store, who)[6] % DISPATCH_SHARDS:02d}"


def job(store: StoreId, job: JobId) -> Key:
    return {PK: f"{store}#J#{job}", SK: "J"}


def counters(store: StoreId, subject: str) -> str:
    return f"{store}#N#{subject}"


def counter(store: StoreId, subject: str, source_shard: str) -> Key:
    return {PK: counters(store, subject), SK: source_shard}
