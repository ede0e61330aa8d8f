"""What an element carries of its event besides when it happened."""

import hashlib
import json
import math
import struct
from collections.abc import Callable, Sequence
from typing import Final

from shopbell.domain.events import Event, Json
from shopbell.domain.part import rank
from shopbell.domain.rules.conditions import is_number
from shopbell.domain.rules.fields import Read, is_line_field, line_values, lines, reader
from shopbell.domain.rules.matching import Locale
from shopbell.domain.rules.operators import answer
from shopbell.domain.segments.feature import Feature

Carry = Callable[[Event], Sequence[bytes]]
"""One for each record that the event makes; none where it has no such value."""
MAX_KEYS: Final = 100
"""Of one event, the smallest hashes."""
_LARGEST: Final = 1e18
"""No number of a shop is larger."""
_MOST: Final = 0xFFFF
PLAIN: Final = (b"",)
"""Of what carries nothing."""
_SUM: Final = struct.Struct(">dH")
_NUMBER: Final = struct.Struct(">d")


def carrier(feature: Feature, locale: Locale) -> Carry:
    """How to read it."""
    if feature.take == "order":
        return lambda event: (rank(event.id, trusted=event.trusted),)
    if feature.of is None:
        return lambda _: PLAIN
    read = _values(feature, feature.of, locale)
    match feature.take:
        case "key":
            return lambda event: sorted({key_hash(value) for value in read(event)})[:MAX_KEYS]
        case "low":
            return lambda event: [_NUMBER.pack(min(found))] if (found := _numbers(read(event))) else ()
        case "high":
            return lambda event: [_NUMBER.pack(max(found))] if (found := _numbers(read(event))) else ()
        case _:
            return lambda event: _sum(_numbers(read(event)))


def key_hash(value: Json) -> bytes:
    """8 bytes that stand for a value: 1.0 is 1, and "1" is not."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).digest()[:8]


def _sum(numbers: Sequence[float]) -> Sequence[bytes]:
    return (_SUM.pack(math.fsum(numbers), min(len(numbers), _MOST)),) if numbers else ()


def _values(feature: Feature, of: str, locale: Locale) -> Read:
    """Of a field of items: those of the items that satisfy every condition on items."""
    if not is_line_field(of):
        return reader(of, locale.zone)
    tests = [(row.field, answer(row.op, row.value)) for row in feature.where if is_line_field(row.field)]

    def read(event: Event) -> Sequence[Json]:
        fitting = [line for line in lines(event) if all(decide(line_values(field, line)) for field, decide in tests)]
        return [value for line in fitting for value in line_values(of, line)]

    return read


def _numbers(values: Sequence[Json]) -> Sequence[float]:
    return [
        float(value) + 0.0
        for value in values
        if isinstance(value, int | float) and is_number(value) and abs(value) <= _LARGEST
    ]
