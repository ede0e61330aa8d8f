"""DynamoDB's attribute values: written by hand, read as they lie on the wire (also in a stream's images)."""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

Attribute = Mapping[str, Any]
"""`{"S": "text"}`, `{"N": "42"}`, `{"B": bytes to write, base64 text when read}`, `{"BOOL": True}`."""
Item = Mapping[str, Attribute]


def s(value: str) -> Attribute:
    return {"S": value}


def n(value: int) -> Attribute:
    return {"N": str(value)}


def b(value: bytes) -> Attribute:
    return {"B": value}


def flag(value: bool) -> Attribute:
    return {"BOOL": value}


def keyed(key: Mapping[str, str]) -> dict[str, Attribute]:
    """A key of `keys` as attributes: all of them are strings."""
    return {name: {"S": value} for name, value in key.items()}


def text(item: Item, name: str) -> str:
    value: str = item[name]["S"]
    return value


def maybe_text(item: Item, name: str) -> str | None:
    return text(item, name) if name in item else None


def number(item: Item, name: str) -> int:
    return int(item[name]["N"])


def maybe_number(item: Item, name: str) -> int | None:
    return number(item, name) if name in item else None


def binary(item: Item, name: str) -> bytes:
    """Base64 as our own client leaves it; a plain boto3 client, such as the command's, has decoded it already."""
    raw: str | bytes = item[name]["B"]
    return raw if isinstance(raw, bytes) else b64decode(raw)


def truth(item: Item, name: str) -> bool:
    value: bool = item[name]["BOOL"]
    return value


def seconds(at: int) -> Attribute:
    """A TTL: whole seconds, rounded up, so that nothing goes early."""
    return {"N": str(-(-at // 1000))}
