"""Union of a part's elements with new ones, then the cuts: commutative and idempotent, byte for byte."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from shopbell.domain.ledger import MAX_BYTES, MAX_ELEMENTS, PARTS, Ledger, Part, packed
from shopbell.domain.packing import bits
from shopbell.domain.segments.cuts import Cut, Oldest, keep

Addition = tuple[bytes, int]
"""A record and the mask of the features that it matches."""
Cuts = Mapping[int, Cut]
"""Bit number to cut."""
Merge = Callable[[Part, Sequence[Addition], Cuts], Part]
_ID: Final = slice(8, 16)
_RANK: Final = slice(16, 32)


def merge(part: Part, additions: Sequence[Addition], cuts: Cuts) -> Part:
    """Each feature by itself keeps, of each id, the newest report, then what its cut keeps.

    Only the newest report may win: a cut that looks back from the newest element then never misses what it dropped.
    """
    touched = _union(additions)
    loose, still = _loosen(part, touched)
    for element, mask in additions:
        loose[element] = loose.get(element, 0) | mask
    for bit in bits(touched):
        flag = 1 << bit
        mine = sorted(element for element, mask in loose.items() if mask & flag)
        kept = keep(cuts[bit], mine if isinstance(cuts[bit], Oldest) else _distinct(mine))
        if len(kept) < len(mine):
            for element in set(mine).difference(kept):
                loose[element] &= ~flag
    return _changed(part, packed(part.width, loose, still))


def merge_orders(part: Part, additions: Sequence[Addition], cuts: Cuts) -> Part:
    """Of each order the best report stands, whatever it matches; cut only beyond 1,000 orders."""
    best: dict[bytes, Addition] = {}
    for element, mask in (*part.records(), *additions):
        best[element[_ID]] = _better(best.get(element[_ID]), element, mask)
    loose = dict(best.values())
    if len(loose) > MAX_ELEMENTS:
        for bit in bits(_union(additions)):
            mine = sorted(element for element, mask in loose.items() if mask >> bit & 1)
            for element in set(mine).difference(keep(cuts[bit], mine)):
                loose[element] &= ~(1 << bit)
    return _changed(part, packed(part.width, loose))


def trim(ledger: Ledger) -> Ledger:
    """Without its oldest elements where it would pass the limit of bytes (ruling 4)."""
    if ledger.size <= MAX_BYTES:
        return ledger
    parts = {name: dict(ledger.part(name).records()) for name in PARTS}
    oldest = sorted((element, name) for name, elements in parts.items() for element in elements)
    slim, taken = ledger, 0
    while slim.size > MAX_BYTES:
        step = max((slim.size - MAX_BYTES) // ledger.l.width, 1)
        for element, name in oldest[taken : taken + step]:
            del parts[name][element]
        taken += step
        p, l, v = (packed(ledger.part(name).width, elements) for name, elements in parts.items())  # noqa: E741
        slim = Ledger(p, l, v, trimmed=True)
    return slim


def _better(known: Addition | None, element: bytes, mask: int) -> Addition:
    """Trusted first, then the smaller id, then the later instant; the same report twice matches what either does."""
    if known is None:
        return element, mask
    if known[0] == element:
        return element, known[1] | mask
    mine, theirs = element[_RANK], known[0][_RANK]
    wins = mine < theirs or (mine == theirs and element > known[0])
    return (element, mask) if wins else known


def _distinct(mine: list[bytes]) -> list[bytes]:
    newest = {element[_ID]: element for element in mine}
    return mine if len(newest) == len(mine) else sorted(newest.values())


def _loosen(part: Part, touched: int) -> tuple[dict[bytes, int], dict[int, bytes]]:
    loose: dict[bytes, int] = {}
    still: dict[int, bytes] = {}
    width = part.width
    for mask, data in part.runs.items():
        if mask & touched:
            for start in range(0, len(data), width):
                loose[data[start : start + width]] = mask
        else:
            still[mask] = data
    return loose, still


def _union(additions: Iterable[Addition]) -> int:
    touched = 0
    for _, mask in additions:
        touched |= mask
    return touched


def _changed(before: Part, after: Part) -> Part:
    """The one that is unpacked already, where nothing changed."""
    return before if before.packed == after.packed else after
