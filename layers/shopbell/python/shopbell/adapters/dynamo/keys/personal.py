"""Keys of tombstones: of people who were erased, by the hash of the id that they had.

table     pk                sk  what
--------  ----------------  --  -------------------------------------------------
visitors  <store>#Z#<hash>  Z   tombstone of who was erased, 30 days
          <store>#Z#LATEST  Z   when the store last erased somebody
"""

from typing import Final

from shopbell.adapters.dynamo.keys.schema import PK, SK, Key
from shopbell.domain.ids import StoreId, VisitorId, visitor_hash

LATEST: Final = "LATEST"


def stone(store: StoreId, who: VisitorId) -> Key:
    return {PK: f"{store}#Z#{visitor_hash(store, who).hex()}", SK: "Z"}


def latest_stone(store: StoreId) -> Key:
    """When the store last erased somebody."""
    return {PK: f"{store}#Z#{LATEST}", SK: "Z"}
