"""What was sent to one visitor: the last 64 messages, from which caps, repeats and sunset are answered (ruling 8)."""

import hashlib
import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, NamedTuple

from shopbell.domain.clock import Instant
from shopbell.domain.ids import ProductId, VisitorId
from shopbell.domain.scenarios.plan import MessageClass

MAX_SENT: Final = 64
CLASSES: Final[tuple[MessageClass, ...]] = ("triggered", "promo", "transactional")
"""Stored by their places: none is ever moved."""
_FORMAT: Final = 1
_HEAD: Final = struct.Struct(">BB")
_ROW: Final = struct.Struct(">Q8sHBB")


class Sent(NamedTuple):
    """One message to one person, on however many devices: they share its `mark`.

    A tuple, as up to 64 of them are read for each recipient of a run.
    """

    at: Instant
    mark: bytes
    """8 bytes that are the same at every try and on every device (`mark_of`)."""
    source_id: str
    step: int = 0
    message_class: MessageClass = "promo"
    products: tuple[ProductId, ...] = ()
    by: bytes = b""
    """4 bytes for the id that it was planned under; empty where nothing is planned twice for one person."""


@dataclass(frozen=True, slots=True)
class SendRecord:
    """The newest 64, oldest first. `version` 0: never stored; each write adds one and names the one it read."""

    sent: tuple[Sent, ...] = ()
    clicked_at: Instant | None = None
    """The latest click on a push."""
    version: int = 0
    owner: VisitorId | None = None
    """Whose it is where that is another than was asked for: the customer who took it over."""

    def without(self, mark: bytes) -> "SendRecord":
        """As it is for the message of that mark: a message never stands in its own way."""
        if all(one.mark != mark for one in self.sent):
            return self
        return replace(self, sent=tuple(one for one in self.sent if one.mark != mark))

    def since(self, start: Instant) -> tuple[Sent, ...]:
        """Those later than that instant, oldest first."""
        return tuple(one for one in self.sent if one.at > start)

    def shown(self, start: Instant, by: str | None = None) -> frozenset[ProductId]:
        """Products that a message later than that instant showed; `by`: one of that source."""
        sent = (one for one in self.sent if one.at > start and by in {None, one.source_id})
        return frozenset(product for one in sent for product in one.products)


EMPTY: Final = SendRecord()


def mark_of(source_id: str, instance: str, step: int) -> bytes:
    """`instance`: the run of a campaign, the key of a scenario's instance."""
    return hashlib.sha256(f"{source_id}\n{instance}\n{step}".encode()).digest()[:8]


def recorded(record: SendRecord, message: Sent) -> SendRecord:
    """With that message; the same object if one of its mark is there: the first instant stands."""
    if any(one.mark == message.mark for one in record.sent):
        return record
    return replace(record, sent=_newest((*record.sent, message)))


def planned_twice(record: SendRecord, message: Sent) -> bool:
    """Whether the message is there as it was planned under another of the person's ids."""
    there = next((one.by for one in record.sent if one.mark == message.mark), b"")
    return bool(there and message.by) and there != message.by


def released(record: SendRecord, mark: bytes) -> SendRecord:
    """Without the message of that mark, which reached nobody; the same object if there is none."""
    return record.without(mark)


def united(one: SendRecord, other: SendRecord) -> SendRecord:
    """Of two visitors who are one: what was sent to either. Commutative and idempotent but for the version."""
    merged = {sent.mark: sent for sent in sorted((*one.sent, *other.sent), reverse=True)}
    clicks = [at for at in (one.clicked_at, other.clicked_at) if at is not None]
    return replace(one, sent=_newest(merged.values()), clicked_at=max(clicks, default=None))


def clicked(record: SendRecord, at: Instant) -> SendRecord:
    """The same object if a later click is known."""
    return record if record.clicked_at is not None and record.clicked_at >= at else replace(record, clicked_at=at)


def pack(sent: tuple[Sent, ...]) -> bytes:
    """Canonical: the same messages have the same bytes. What they share is there once."""
    if not sent:
        return b""
    facts = [_spelled(one) for one in sent]
    table = sorted(set(facts))
    places = {spelled: place for place, spelled in enumerate(table)}
    rows = [
        _ROW.pack(one.at, one.mark, one.step, CLASSES.index(one.message_class), places[spelled])
        for one, spelled in zip(sent, facts, strict=True)
    ]
    if any(one.by for one in sent):
        table.append(json.dumps([one.by.hex() for one in sent], separators=(",", ":")).encode())
    return b"".join((_HEAD.pack(_FORMAT, len(sent)), *rows, b"\n".join(table)))


def unpack(data: bytes) -> tuple[Sent, ...]:
    if not data:
        return ()
    _, count = _HEAD.unpack_from(data)
    end = _HEAD.size + count * _ROW.size
    table = [_facts(line) for line in data[end:].split(b"\n")]
    rows = [*_ROW.iter_unpack(data[_HEAD.size : end])]
    sent = tuple(
        Sent(at, mark, table[place][0], step, CLASSES[kind], table[place][1]) for at, mark, step, kind, place in rows
    )
    # A line that no row names: a release that does not know it reads past it
    if len(table) == max(place for *_, place in rows) + 1:
        return sent
    ids = (table[-1][0], *table[-1][1])
    return tuple(one._replace(by=bytes.fromhex(by)) for one, by in zip(sent, ids, strict=True))


def _newest(sent: Iterable[Sent]) -> tuple[Sent, ...]:
    return tuple(sorted(sent)[-MAX_SENT:])


@lru_cache(maxsize=4_096)
def _facts(spelled: bytes) -> tuple[str, tuple[ProductId, ...]]:
    source_id, *products = json.loads(spelled)
    return source_id, tuple(map(ProductId, products))


def _spelled(one: Sent) -> bytes:
    return json.dumps([one.source_id, *one.products], separators=(",", ":")).encode()
