"""Keys of static lists: the list, who is on it, and who waits to be put on it."""

from typing import Final

from shopbell.adapters.dynamo.keys.definitions import config
from shopbell.adapters.dynamo.keys.schema import PK, SK, Key, shard
from shopbell.domain.ids import ListId, StoreId, VisitorId

LISTS: Final = "LIST#"


def visitor_list(store: StoreId, name: ListId) -> Key:
    return config(store, f"{LISTS}{name}")


def list_members(store: StoreId, name: ListId, number: int) -> str:
    return f"{store}#L#{name}#{shard(number)}"


def list_member(store: StoreId, name: ListId, number: int, who: VisitorId) -> Key:
    return {PK: list_members(store, name, number), SK: who}


def list_upload(store: StoreId, upload: str, number: int) -> Key:
    return {PK: f"{store}#U#{upload}", SK: f"{number:06d}"}
