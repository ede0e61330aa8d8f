"""All rows of all tables as they lie there, searched for what must not be in them."""

import base64
import zlib
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from shopbell.domain.ids import StoreId, VisitorId, visitor_hash

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Row = Mapping[str, Any]
_HEADS: Final = frozenset({0x78, 0x1F})
"""The first bytes of zlib and of gzip."""
_EITHER: Final = 32 + zlib.MAX_WBITS
_IN_FRONT: Final = 16


def rows(client: "DynamoDBClient", names: Mapping[str, str], store: StoreId) -> Iterator[tuple[str, Row]]:
    """Of one store; a Scan, which only a test may do."""
    for name, table in names.items():
        for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            yield from ((name, row) for row in page["Items"] if store in row["pk"]["S"] or store in row["sk"]["S"])


def naming(found: Iterator[tuple[str, Row]], store: StoreId, who: VisitorId) -> list[tuple[str, str, str]]:
    """Table, partition and sort key of each row that holds the id or its hash, packed or not; but for the stone."""
    stone, marks = f"{store}#Z#{visitor_hash(store, who).hex()}", marks_of(store, who)
    return [
        (table, row["pk"]["S"], row["sk"]["S"])
        for table, row in found
        if row["pk"]["S"] != stone and holds(row, marks)
    ]


def marks_of(store: StoreId, who: VisitorId) -> tuple[bytes, ...]:
    """The id, and its hash in the ways in which it is written."""
    digest = visitor_hash(store, who)
    return who.encode(), digest.hex().encode(), digest, base64.b64encode(digest)


def holds(value: object, marks: Collection[bytes]) -> bool:
    """Whether one of the marks is anywhere in it, in the open, in base64 or compressed."""
    return any(mark in text for text in _texts(value) for mark in marks)


def _texts(value: object) -> Iterator[bytes]:
    match value:
        case str():
            yield value.encode()
            yield from _opened(value.encode())
        case bytes():
            yield value
            yield from _opened(value)
        case Mapping():
            for name, each in value.items():
                yield str(name).encode()
                yield from _texts(each)
        case list() | set():
            for each in value:
                yield from _texts(each)
        case _:
            pass


def _opened(text: bytes) -> Iterator[bytes]:
    """What base64 or compression hides."""
    for part in (text, *text.replace(b'"', b" ").replace(b",", b" ").split()):
        for raw in (part, _unbased(part)):
            yield raw
            yield from _inflated(raw)


def _inflated(raw: bytes) -> Iterator[bytes]:
    """What a few bytes of another kind may stand in front of."""
    for start in range(min(len(raw), _IN_FRONT)):
        if raw[start] in _HEADS:
            try:
                yield zlib.decompressobj(_EITHER).decompress(raw[start:])
            except zlib.error:
                continue


def _unbased(text: bytes) -> bytes:
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_")
    except ValueError:
        return b""
