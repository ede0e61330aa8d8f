"""Keys of coupons: the pool, its codes spread over 64 shards, and what visitors hold.

table   pk                          sk                    what
------  --------------------------  --------------------  -------------------------------------------------------
config  <store>                     POOL#<pool>           the pool
runs    <store>#K#<pool>#<000..063> C#<digest>            a code: who has it, until when, which order redeemed it
        <store>#K#<pool>#<000..063> F#<digest>            it is free; goes with the claim, comes back when given back
        <store>#H#<visitor>         M#<mark, 16 hex>      the code of one message, and which devices may have it
        <store>#H#<visitor>         L#<source>            when a scenario's last code was given
        <store>#N#coupons:<pool>    000..999              counts, each in the transaction that it counts

The shard of a code is its digest's, so that neither giving codes away nor taking them in has a hot key.
"""

from typing import Final

from shopbell.adapters.dynamo.keys.definitions import config
from shopbell.adapters.dynamo.keys.runs import counter
from shopbell.adapters.dynamo.keys.schema import PK, SK, Key, shard
from shopbell.domain.coupons import counted
from shopbell.domain.ids import PoolId, StoreId, VisitorId

POOLS: Final = "POOL#"
SHARDS: Final = 64
CODES: Final = "C#"
FREE: Final = "F#"
MESSAGES: Final = "M#"
_COUNT_ROWS: Final = 1_000


def pool(store: StoreId, name: PoolId) -> Key:
    return config(store, f"{POOLS}{name}")


def codes(store: StoreId, name: PoolId, number: int) -> str:
    return f"{store}#K#{name}#{shard(number)}"


def shard_of(digest: str) -> int:
    return int(digest[:8], 16) % SHARDS


def code(store: StoreId, name: PoolId, digest: str) -> Key:
    return {PK: codes(store, name, shard_of(digest)), SK: f"{CODES}{digest}"}


def free(store: StoreId, name: PoolId, digest: str) -> Key:
    return {PK: codes(store, name, shard_of(digest)), SK: f"{FREE}{digest}"}


def holder(store: StoreId, who: VisitorId) -> str:
    return f"{store}#H#{who}"


def message(store: StoreId, who: VisitorId, mark: bytes) -> Key:
    return {PK: holder(store, who), SK: f"{MESSAGES}{mark.hex()}"}


def last(store: StoreId, who: VisitorId, source_id: str) -> Key:
    return {PK: holder(store, who), SK: f"L#{source_id}"}


def count(store: StoreId, name: PoolId, digest: str) -> Key:
    """One of a thousand rows, so that two transactions seldom meet in one."""
    return counter(store, counted(name), f"{int(digest[8:16], 16) % _COUNT_ROWS:03d}")
