"""The few bits of the protocol buffer wire format that Chromium's push connection needs."""

import struct
from collections.abc import Iterator

Value = int | bytes


def varint(number: int) -> bytes:
    out = bytearray()
    while True:
        low, number = number & 127, number >> 7
        out.append(low | 128 if number else low)
        if not number:
            return bytes(out)


def number_field(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def bytes_field(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(data)) + data


def fixed64_field(field: int, value: int) -> bytes:
    return varint(field << 3 | 1) + struct.pack("<Q", value)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number at `at`, and where the next thing begins."""
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, at


def fields(data: bytes) -> Iterator[tuple[int, Value]]:
    """Every (field number, value) of a message, in order; ValueError for an unknown wire type."""
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        value: Value
        match tag & 7:
            case 0:
                value, at = read_varint(data, at)
            case 1:
                value, at = struct.unpack_from("<Q", data, at)[0], at + 8
            case 2:
                size, at = read_varint(data, at)
                value, at = data[at : at + size], at + size
            case 5:
                value, at = struct.unpack_from("<I", data, at)[0], at + 4
            case other:
                raise ValueError(f"wire type {other}")
        yield tag >> 3, value
