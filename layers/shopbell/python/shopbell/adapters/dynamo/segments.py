"""Segments with all their versions, and the live rules that follow from them."""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import Item, b, binary, keyed, n, number, s, text
from shopbell.adapters.dynamo.database import ABSENT, Condition, Dynamo, equals, put_op
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.segments.changes import change_of
from shopbell.domain.segments.definition import Segment, StoredRules
from shopbell.domain.segments.leaning import check_leaning
from shopbell.domain.segments.refold import noted, refolded
from shopbell.domain.segments.succession import next_rules


@dataclass(frozen=True, slots=True)
class DynamoSegments:
    dynamo: Dynamo
    table: str

    def get(self, store: StoreId, segment: SegmentId) -> Segment | None:
        row = self.dynamo.get(self.table, keys.segment(store, segment))
        return None if row is None else _segment(row)

    def all(self, store: StoreId) -> Sequence[Segment]:
        where = Where(store, "prefix", keys.SEGMENTS)
        return [_segment(row) for row in query(self.dynamo, self.table, where)]

    def save(self, segment: Segment, *, expected: int | None) -> bool:
        for _ in self.dynamo.backoff.attempts():
            stored = self.get(segment.store, segment.id)
            if (stored.revision if stored else None) != expected:
                return False
            failed = self.dynamo.transact([*self._rows(segment, stored), *self._new_rules(segment, stored)])
            if not failed:
                return True
            if 0 in failed:  # the segment itself; anything else was another segment's change of the rules
                return False
        raise Unavailable("the live rules kept changing")

    def rules(self, store: StoreId) -> StoredRules:
        row = self.dynamo.get(self.table, keys.rules(store))
        return StoredRules(store) if row is None else documents.rules(gzip.decompress(binary(row, "body")))

    def rules_version(self, store: StoreId) -> int:
        row = self.dynamo.get(self.table, keys.rules(store), "ver")
        return 0 if row is None else number(row, "ver")

    def _rows(self, segment: Segment, stored: Segment | None) -> list[Mapping[str, Any]]:
        body = {"revision": n(segment.revision), "body": s(documents.dump(segment).decode())}
        unchanged = equals("revision", n(stored.revision)) if stored else ABSENT
        latest = {**keyed(keys.segment(segment.store, segment.id)), **body}
        version = {**keyed(keys.segment(segment.store, segment.id, segment.version)), **body}
        new_version = stored is None or stored.version != segment.version
        kept = [put_op(self.table, version, ABSENT)] if new_version else []
        return [put_op(self.table, latest, unchanged), *kept, *self._change(segment, stored)]

    def _change(self, segment: Segment, stored: Segment | None) -> list[Mapping[str, Any]]:
        change = change_of(stored, segment)
        if change is None:
            return []
        key = keys.segment_change(segment.store, segment.id, segment.revision)
        return [put_op(self.table, {**keyed(key), "body": s(documents.dump(change).decode())})]

    def note_settings(self, store: StoreId, settings: str) -> None:
        for _ in self.dynamo.backoff.attempts():
            old = self.rules(store)
            if old.settings or self._put_rules(old, noted(old, settings)):
                return
        raise Unavailable("the live rules kept changing")

    def fold_under(self, store: StoreId, settings: str) -> bool:
        for _ in self.dynamo.backoff.attempts():
            old = self.rules(store)
            if old.settings == settings:
                return False
            if self._put_rules(old, refolded(old, settings)):
                return True
        raise Unavailable("the live rules kept changing")

    def _put_rules(self, old: StoredRules, new: StoredRules) -> bool:
        return not self.dynamo.transact([self._rules_row(old, new)])

    def _new_rules(self, segment: Segment, stored: Segment | None) -> list[Mapping[str, Any]]:
        old = self.rules(segment.store)
        others = [known for known in self.all(segment.store) if known.id != segment.id]
        check_leaning(stored, segment, others)
        new = next_rules(old, [*others, segment])
        if new == old:
            return []
        return [self._rules_row(old, new)]

    def _rules_row(self, old: StoredRules, new: StoredRules) -> Mapping[str, Any]:
        body = gzip.compress(documents.dump(new), mtime=0)
        row = {**keyed(keys.rules(new.store)), "ver": n(new.version), "body": b(body)}
        return put_op(self.table, row, _rules_are(old))


def _rules_are(old: StoredRules) -> Condition:
    return equals("ver", n(old.version)) if old.version or old.settings else ABSENT


def _segment(row: Item) -> Segment:
    return documents.segment(text(row, "body"))
