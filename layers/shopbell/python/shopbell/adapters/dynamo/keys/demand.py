"""Keys of what sells: daily counts, how far they are, the lists rolled up from them, and the catalogue's index."""

from typing import Final

from shopbell.adapters.dynamo.keys.schema import LISTED, PK, SK, Key, millis, shard
from shopbell.domain.clock import Instant
from shopbell.domain.ids import ProductId, StoreId

SLOTS: Final = 8
"""Rows that one product's day is spread over within a shard, so that two batches seldom meet in one."""
LISTED_SHARDS: Final = 8
_PRODUCT: Final = "#"


def demand_day(store: StoreId, day: int, number: int) -> str:
    return f"{store}#T#{day:06d}#{shard(number)}"


def demand(store: StoreId, day: int, number: int, slot: int, product: ProductId) -> Key:
    return {PK: demand_day(store, day, number), SK: f"{slot}{_PRODUCT}{product}"}


def demand_product(sort: str) -> ProductId:
    """Of the sort key of a day's row."""
    return ProductId(sort.partition(_PRODUCT)[2])


def notes_day(store: StoreId, day: int, number: int) -> str:
    return f"{store}#T#N#{day:06d}#{shard(number)}"


def note(store: StoreId, day: int, number: int, source: str, place: str) -> Key:
    """What one record noted of what goes together."""
    return {PK: notes_day(store, day, number), SK: f"{source}#{place}"}


def bonds(store: StoreId, relation: str, name: str, part: str) -> Key:
    """`part`: KEPT, or NEW."""
    return {PK: f"{store}#T#B#{relation}#{name}", SK: part}


def bonds_kept(store: StoreId) -> Key:
    return {PK: f"{store}#T#ALL", SK: "BONDS"}


def named_lists(store: StoreId) -> str:
    """A merchant's lists are few and read together."""
    return f"{store}#T#NAMED"


def named_list(store: StoreId, name: str) -> Key:
    return {PK: named_lists(store), SK: name}


def demand_place(store: StoreId, source: str) -> Key:
    return {PK: f"{store}#T#AT#{source}", SK: "AT"}


def top_list(store: StoreId, scope: str) -> Key:
    """The store's own scope is empty."""
    return {PK: f"{store}#T#TOP#{scope}", SK: "TOP"}


def overview(store: StoreId) -> Key:
    return {PK: f"{store}#T#ALL", SK: "ALL"}


def roll_up(store: StoreId) -> Key:
    """Who has leave to roll up."""
    return {PK: f"{store}#T#ALL", SK: "LEASE"}


def listed_partition(store: StoreId, number: int) -> str:
    return f"{store}#C#{shard(number)}"


def listed_place(created_at: Instant, product: ProductId) -> str:
    return f"{millis(max(created_at, 0))}#{product}"


def listed(store: StoreId, number: int, created_at: Instant, product: ProductId) -> Key:
    return {
        LISTED.partition: listed_partition(store, number),
        LISTED.sort: listed_place(created_at, product),
    }


def listed_of(sort: str) -> tuple[Instant, ProductId]:
    at, _, product = sort.partition("#")
    return int(at), ProductId(product)
