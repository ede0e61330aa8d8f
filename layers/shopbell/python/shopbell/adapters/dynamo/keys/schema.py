"""The tables and indexes themselves: names of attributes, streams, expiry, shards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Instant

PK: Final = "pk"
SK: Final = "sk"
TTL: Final = "ttl"
DUE_SHARDS: Final = 32
CANDIDATE_SHARDS: Final = 16

Key = dict[str, str]


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index: its two attributes and what it projects."""

    partition: str
    sort: str
    projection: str


@dataclass(frozen=True, slots=True)
class Table:
    """What the template must declare; tests/infra hold it against the synthesised table."""

    name: str
    stream: str | None = None
    ttl: bool = False
    indexes: Mapping[str, Index] | None = None


DUE: Final = Index("due_pk", "due_sk", "KEYS_ONLY")
WALK: Final = Index("walk_pk", "walk_sk", "KEYS_ONLY")
BY_VISITOR: Final = Index("who_pk", "who_sk", "ALL")
ENABLED: Final = Index("scen_pk", "scen_sk", "KEYS_ONLY")
LISTED: Final = Index("list_pk", "list_sk", "KEYS_ONLY")

TABLES: Final = (
    Table("events", stream="NEW_IMAGE", ttl=True),
    Table("visitors", ttl=True, indexes={"due": DUE, "walk": WALK}),
    Table("members", stream="NEW_AND_OLD_IMAGES"),
    Table("log", stream="NEW_IMAGE", ttl=True, indexes={"by_visitor": BY_VISITOR}),
    Table("config", indexes={"enabled": ENABLED}),
    Table("catalogue", stream="NEW_AND_OLD_IMAGES", ttl=True, indexes={"listed": LISTED}),
    Table("runs", ttl=True),
    Table("watch", ttl=True),
)


def millis(at: Instant) -> str:
    return f"{at:015d}"


def shard(number: int) -> str:
    return f"{number:03d}"
