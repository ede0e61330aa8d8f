"""Union of a part's elements with new ones, then the cuts: commutative and idempotent, byte for byte."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from shopbell.domain.ledger import MAX_BYTES, Ledger
from shopbell.domain.packing import Splice, pack, spliced_once
from shopbell.domain.part import HEAD, PARTS, WIDTHS, Part
from shopbell.domain.segments.cuts import Cut, dropped, keep
from shopbell.domain.segments.ordering import united_orders, younger

Addition = Sequence[tuple[int, bytes]]
"""The records of one event, each with the number of its feature."""
Cuts = Mapping[int, Cut]
"""Feature's number to cut."""
_ID: Final = slice(8, HEAD)
_KEY: Final = WIDTHS["key"]


def merge(part: Part, additions: Sequence[Addition], cuts: Cuts) -> tuple[Part, frozenset[int]]:
    """Gives the part with the additions, and the numbers of the features that are not what they were.

    Each feature by itself keeps, of each id, the newest report, then what its cut keeps.

    Only the newest report may win: a cut that looks back from the newest element then never misses what it dropped.
    What an older report of the id pushed out before the newer one came stays away, though: where one id comes with
    two instants, it counts once in any order, but how many older elements are kept may differ.
    Where the cut goes by value (`distinct`, smallest, largest), every report counts: the one that a newer report of
    the same id would take away may be the reason why another was dropped.
    """
    alone = len(additions) == 1 and len(additions[0]) == 1
    quick = _appended_alone(part, *additions[0][0], cuts) if alone else _appended(part, additions, cuts)
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


def _appended(part: Part, additions: Sequence[Addition], cuts: Cuts) -> tuple[Part, frozenset[int]] | None:
    """Of one event that is the newest in all its columns, with an id that is in none: most. None: not as simple."""
    if len(additions) != 1:
        return None
    _, widths, bounds, first, places = part.index
    packed, splices = part.packed, dict[int, Splice]()
    for bit, record in additions[0]:
        cut, place = cuts[bit], places.get(bit)
        if place is None or bit in splices or not cut.suffix:
            return None
        start, end, width = first + bounds[place], first + bounds[place + 1], widths[place]
        if record <= packed[end - width : end] or packed.rfind(record[_ID], start, end) >= 0:
            return None
        gone = dropped(cut, packed, (start, end, width), int.from_bytes(record[:8], "big"))
        splices[bit] = place, gone * width, record
    return part.spliced(splices.values()), frozenset(splices)


def _appended_alone(part: Part, bit: int, record: bytes, cuts: Cuts) -> tuple[Part, frozenset[int]] | None:
    """`_appended` of an event that one feature matches, which is most: without the lists that many need."""
    _, widths, bounds, first, places = part.index
    place, cut, packed = places.get(bit), cuts[bit], part.packed
    if place is None or not cut.suffix:
        return None
    start, end, width = first + bounds[place], first + bounds[place + 1], widths[place]
    if record <= packed[end - width : end] or packed.rfind(record[_ID], start, end) >= 0:
        return None
    gone = dropped(cut, packed, (start, end, width), int.from_bytes(record[:8], "big"))
    return Part(*spliced_once(packed, part.index, (place, gone * width, record))), _alone(bit)


@lru_cache(maxsize=4_096)
def _alone(bit: int) -> frozenset[int]:
    return frozenset((bit,))


def united(mine: Ledger, other: Ledger, cuts: Cuts) -> Ledger:
    """What folding the events of both into one ledger would have given."""
    p, _ = merge(mine.p, _additions(other.p), cuts)
    l = united_orders(mine.l, other.l)  # noqa: E741
    v, _ = merge(mine.v, _additions(other.v), cuts)
    return trim(Ledger(p, l, v, mine.trimmed or other.trimmed))


def trim(ledger: Ledger) -> Ledger:
    """Without its oldest elements where it would pass the limit of bytes (ruling 4)."""
    excess = ledger.size - MAX_BYTES
    if excess <= 0:
        return ledger
    edge = b""
    for head, size in sorted(row for name in PARTS for row in ledger.part(name).heads()):
        if excess <= 0 and head != edge:
            break
        edge, excess = head, excess - size
    return Ledger(_younger(ledger.p, edge), younger(ledger.l, edge), _younger(ledger.v, edge), trimmed=True)


def _additions(part: Part) -> list[Addition]:
    """Event by event, as they were folded."""
    found: dict[bytes, list[tuple[int, bytes]]] = {}
    for bit, width, data in part.columns():
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


def _younger(part: Part, edge: bytes) -> Part:
    return Part(
        pack(
            {
                bit: (width, b"".join(record for record in _split(data, width) if record[:HEAD] > edge))
                for bit, width, data in part.columns()
            }
        )
    )
