"""JSON Lines feeds: products as the API takes them, one a line."""

from collections.abc import Iterator
from dataclasses import replace

import orjson

from shopbell.domain.clock import Instant
from shopbell.domain.errors import Rejected
from shopbell.domain.feeds.entries import BEGINNING, Chunks, Entry, Mark
from shopbell.domain.feeds.lines import NOT_UTF8, Line, lines
from shopbell.domain.ids import ProductId
from shopbell.domain.incoming.faults import validated
from shopbell.domain.incoming.products import ProductIn


def read_jsonl(chunks: Chunks, currency: str, start: Mark = BEGINNING, now: Instant | None = None) -> Iterator[Entry]:
    del currency, now  # each line says what holds
    for line in lines(chunks, start):
        if line.text.strip():
            yield replace(_json(line), start=Mark(0, line.begins, line.number))


def _json(line: Line) -> Entry:
    if line.damaged:
        return Entry(line.number, fault=NOT_UTF8)
    try:
        raw = orjson.loads(line.text)
    except orjson.JSONDecodeError as exc:
        return Entry(line.number, fault=f"is no JSON: {exc}")
    name = raw.get("id") if isinstance(raw, dict) else None
    known = ProductId(name) if isinstance(name, str) and name else None
    try:
        product = validated(ProductIn, raw).product
    except Rejected as exc:
        fault = "; ".join(f"{one.path} {one.message}".strip() for one in exc.problems[:5])
        return Entry(line.number, known, fault=fault)
    return Entry(line.number, product.id, product)
