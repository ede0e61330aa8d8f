"""Union of a part's elements with new ones, then the cuts: commutative and idempotent, byte for byte."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from shopbell.domain.ledger import HEAD, MAX_BYTES, PARTS, WIDTHS, Ledger, Part
from shopbell.domain.packing import Splice, pack
from shopbell.domain.segments.cuts import Cut, dropped, keep

Addition = Sequence[tuple[int, bytes]]
"""The records of one event, each with the number of its feature; of an order first that of its presence."""
Cuts = Mapping[int, Cut]
"""Feature's number to cut."""
Merge = Callable[[Part, Sequence[Addition], Cuts], tuple[Part, frozenset[int]]]
"""Gives the part with the additions, and the numbers of the features that are not what they were."""
_ID: Final = slice(8, HEAD)
_ORDER: Final = WIDTHS["order"]
_KEY: Final = WIDTHS["key"]


def merge(part: Part, additions: Sequence[Addition], cuts: Cuts) -> tuple[Part, frozenset[int]]:
    """Each feature by itself keeps, of each id, the newest report, then what its cut keeps.

    Only the newest report may win: a cut that looks back from the newest element then never misses what it dropped.
    Where the cut goes by value (`distinct`, smallest, largest), every report counts: the one that a newer report of
    the same id would take away may be the reason why another was dropped.
    """
    quick = _appended(part, additions, cuts)
    if quick is not None:
        return quick
    found: dict[int, list[bytes]] = {}
    for addition in additions:
        for bit, record in addition:
            found.setdefault(bit, []).append(record)
    changed = {}
    for bit, records in found.items():
        before = part.column(bit)
        after = _joined(before, records, cuts[bit])
        if after != before:
            changed[bit] = len(records[0]), after
    return part.changed(changed), frozenset(changed)


def merge_orders(part: Part, additions: Sequence[Addition], cuts: Cuts) -> tuple[Part, frozenset[int]]:
    """Of each order the best report stands, whatever it matches; cut only beyond 1,000 orders."""
    quick = _appended(part, additions, cuts)
    if quick is not None:
        return quick
    draft: dict[int, tuple[int, bytes]] = {}
    for addition in additions:
        presence, order = addition[0]
        known = _report(_column(part, draft, presence), order[_ID])
        if known is not None and known != order:
            if not _better(order, known):
                continue
            _take_out(part, draft, known[:HEAD])
        for bit, record in addition:
            after = _joined(_column(part, draft, bit), [record], cuts[bit])
            draft[bit] = len(record), after
    changed = {bit: row for bit, row in draft.items() if row[1] != part.column(bit)}
    return part.changed(changed), frozenset(changed)


def _appended(part: Part, additions: Sequence[Addition], cuts: Cuts) -> tuple[Part, frozenset[int]] | None:
    """Of one event that is the newest in all its columns, with an id that is in none: most. None: not as simple."""
    if len(additions) != 1:
        return None
    known, packed, splices = part.index.places, part.packed, dict[int, Splice]()
    for bit, record in additions[0]:
        cut, bounds = cuts[bit], part.place(bit)
        start, end, width = bounds
        if bit in splices or len(record) != width or not cut.suffix or record <= packed[end - width : end]:
            return None
        if packed.rfind(record[_ID], start, end) >= 0:
            return None
        gone = dropped(cut, packed, bounds, int.from_bytes(record[:8], "big"))
        splices[bit] = known[bit], gone * width, record
    return part.spliced(splices.values()), frozenset(splices)


def united(mine: Ledger, other: Ledger, cuts: Cuts) -> Ledger:
    """What folding the events of both into one ledger would have given."""
    p, _ = merge(mine.p, _additions(other.p), cuts)
    l, _ = merge_orders(mine.l, _additions(other.l), cuts)  # noqa: E741
    v, _ = merge(mine.v, _additions(other.v), cuts)
    return trim(Ledger(p, l, v, mine.trimmed or other.trimmed))


def trim(ledger: Ledger) -> Ledger:
    """Without its oldest elements where it would pass the limit of bytes (ruling 4)."""
    excess = ledger.size - MAX_BYTES
    if excess <= 0:
        return ledger
    columns = [column for name in PARTS for column in ledger.part(name).columns()]
    edge = b""
    for head, size in sorted((record[:HEAD], width) for _, width, data in columns for record in _split(data, width)):
        if excess <= 0 and head != edge:
            break
        edge, excess = head, excess - size
    p, l, v = (_younger(ledger.part(name), edge) for name in PARTS)  # noqa: E741
    return Ledger(p, l, v, trimmed=True)


def _additions(part: Part) -> list[Addition]:
    """Event by event, as they were folded; of an order its presence first."""
    found: dict[bytes, list[tuple[int, bytes]]] = {}
    for bit, width, data in sorted(part.columns(), key=lambda column: column[1] != _ORDER):
        for record in _split(data, width):
            found.setdefault(record[:HEAD], []).append((bit, record))
    return list(found.values())


def _joined(data: bytes, records: Sequence[bytes], cut: Cut) -> bytes:
    width = len(records[0])
    if len(records) == 1:
        record = records[0]
        if cut.suffix and record > data[-width:] and record[_ID] not in data:
            gone = dropped(cut, data, (0, len(data), width), int.from_bytes(record[:8], "big"))
            return data[gone * width :] + record
    mine = sorted({*_split(data, width), *records})
    if cut.suffix and width != _KEY:
        newest = {record[_ID]: record for record in mine}
        mine = mine if len(newest) == len(mine) else sorted(newest.values())
    return b"".join(keep(cut, mine))


def _split(data: bytes, width: int) -> list[bytes]:
    return [data[start : start + width] for start in range(0, len(data), width)]


def _column(part: Part, draft: Mapping[int, tuple[int, bytes]], bit: int) -> bytes:
    return draft[bit][1] if bit in draft else part.column(bit)


def _report(orders: bytes, digest: bytes) -> bytes | None:
    """The report of the order that stands."""
    place = orders.rfind(digest)
    while place >= 0 and place % _ORDER != _ID.start:
        place = orders.rfind(digest, 0, place + len(digest) - 1)
    return None if place < 0 else orders[place - _ID.start : place - _ID.start + _ORDER]


def _better(order: bytes, known: bytes) -> bool:
    """Trusted first, then the smaller id, then the later instant."""
    mine, theirs = order[HEAD:], known[HEAD:]
    return mine < theirs or (mine == theirs and order > known)


def _take_out(part: Part, draft: dict[int, tuple[int, bytes]], head: bytes) -> None:
    for bit, width, _ in part.columns():
        draft.setdefault(bit, (width, part.column(bit)))
    for bit, (width, data) in draft.items():
        if head in data:
            draft[bit] = width, b"".join(record for record in _split(data, width) if record[:HEAD] != head)


def _younger(part: Part, edge: bytes) -> Part:
    return Part(
        pack(
            {
                bit: (width, b"".join(record for record in _split(data, width) if record[:HEAD] > edge))
                for bit, width, data in part.columns()
            }
        )
    )
