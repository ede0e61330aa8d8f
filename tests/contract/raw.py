"""All rows of all tables as they lie there, searched for what must not be in them."""

import base64
import zlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from shopbell.domain.ids import StoreId, VisitorId, visitor_hash

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Row = Mapping[str, Any]


def rows(client: "DynamoDBClient", names: Mapping[str, str], store: StoreId) -> Iterator[tuple[str, Row]]:
    """Of one store; a Scan, which only a test may do."""
    for name, table in names.items():
        for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            yield from ((name, row) for row in page["Items"] if store in row["pk"]["S"] or store in row["sk"]["S"])


def naming(found: Iterator[tuple[str, Row]], store: StoreId, who: VisitorId) -> list[tuple[str, str, str]]:
    """Table, partition and sort key of each row that holds the id or its hash, packed or not; but for the stone."""
    digest = visitor_hash(store, who)
    stone = f"{store}#Z#{digest.hex()}"
    marks = [who.encode(), digest.hex().encode(), digest, base64.b64encode(digest)]
    return [
        (table, row["pk"]["S"], row["sk"]["S"])
        for table, row in found
        if row["pk"]["S"] != stone and any(mark in text for text in _texts(row) for mark in marks)
    ]


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
            try:
                yield zlib.decompress(raw)
            except zlib.error:
                continue


def _unbased(text: bytes) -> bytes:
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_")
    except ValueError:
        return b""
