"""What the nightly pass keeps: a store's statistics beside its rules, and the pages of its walk for a few days."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import orjson

from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import b, binary, keyed, n, s, seconds, text
from shopbell.adapters.dynamo.database import ABSENT, Condition, Dynamo, equals, put_op
from shopbell.adapters.dynamo.keys import nightly
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.scores.rfm import Edges, RfmEdges
from shopbell.domain.scores.statistics import StoreStatistics
from shopbell.domain.scores.survival import Survival
from shopbell.domain.segments.definition import StoredRules

KEPT: Final[Duration] = 3 * DAY


@dataclass(frozen=True, slots=True)
class DynamoStoreList:
    dynamo: Dynamo
    table: str

    def every(self) -> Iterator[StoreId]:
        where = Where.of_index("enabled", keys.ENABLED, nightly.LISTED)
        return (StoreId(text(row, keys.ENABLED.sort)) for row in query(self.dynamo, self.table, where))


@dataclass(frozen=True, slots=True)
class DynamoStatistics:
    dynamo: Dynamo
    table: str

    def get(self, store: StoreId) -> StoreStatistics | None:
        row = self.dynamo.get(self.table, nightly.statistics(store))
        return None if row is None else _statistics(text(row, "body"))

    def save(self, statistics: StoreStatistics) -> bool:
        store, values = statistics.store, dict(statistics.values)
        day = Condition("SET #day = :day", {"#day": "day"}, {":day": s(orjson.dumps(statistics.day).decode())})
        self.dynamo.update(self.table, keys.store(store), day)
        row = {**keyed(nightly.statistics(store)), "body": s(orjson.dumps(statistics).decode())}
        old = self.dynamo.get(self.table, keys.rules(store))
        rules = StoredRules(store) if old is None else documents.rules(gzip.decompress(binary(old, "body")))
        if rules.statistics == values:
            return self.dynamo.put(self.table, row)
        moved = replace(rules, version=rules.version + 1, statistics=values)
        body = gzip.compress(documents.dump(moved), mtime=0)
        restated = {**keyed(keys.rules(store)), "ver": n(moved.version), "body": b(body)}
        unchanged = ABSENT if old is None else equals("ver", n(rules.version))
        return not self.dynamo.transact([put_op(self.table, row), put_op(self.table, restated, unchanged)])


@dataclass(frozen=True, slots=True)
class DynamoSurveys:
    dynamo: Dynamo
    table: str

    def put(self, store: StoreId, night: Instant, part: str, body: bytes) -> None:
        row = {**keyed(nightly.survey(store, night, part)), "body": b(body), keys.TTL: seconds(night + KEPT)}
        self.dynamo.put(self.table, row)

    def all(self, store: StoreId, night: Instant) -> Iterator[bytes]:
        where = Where(nightly.surveys(store, night))
        return (binary(row, "body") for row in query(self.dynamo, self.table, where))


def _statistics(body: str) -> StoreStatistics:
    raw = orjson.loads(body)
    survival = raw.pop("survival")
    edges: dict[str, Edges] = {name: (row[0], row[1], row[2], row[3]) for name, row in raw.pop("rfm").items()}
    spread, day = raw.pop("gap_spread", None), raw.pop("day", None)
    return StoreStatistics(
        **raw,
        rfm=RfmEdges(**edges),
        survival=Survival(**survival) if survival else None,
        gap_spread=None if spread is None else (spread[0], spread[1]),
        day=None if day is None else tuple(day),
    )
