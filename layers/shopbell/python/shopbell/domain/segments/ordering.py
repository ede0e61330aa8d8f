"""Union of the orders of a ledger with new reports of them: of each order the best report stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.orders import ORDER, VALUES, Orders, Subset, orders_of, selectors
from shopbell.domain.packing import Columns
from shopbell.domain.part import HEAD, MAX_ELEMENTS

Addition = Sequence[tuple[int, bytes]]
"""The records of one report, each with the number of its feature; first that of its presence."""
_ID: Final = slice(8, HEAD)
_NEW: Final = -1


def merge_orders(part: Orders, additions: Sequence[Addition]) -> tuple[Orders, frozenset[int]]:
    """The part with these reports, and the numbers of the features that are not what they were.

    A better report takes the place of the order's earlier one in all features, whatever it matches. The newest
    1,000 orders of a type stay.
    """
    touched = frozenset[int]()
    for addition in additions:
        presence, row = addition[0]
        rows = part.rows(presence)
        if row > rows[-ORDER:] and place_of(rows, row[_ID]) == _NEW:
            part, turned = _appended(part, rows, addition)
        else:
            part, turned = _placed(part, presence, addition)
        touched |= turned
    return part, touched


def united_orders(mine: Orders, other: Orders) -> Orders:
    """What the reports of both would have given."""
    return merge_orders(mine, [addition for draft in _drafts(other) for addition in draft.additions()])[0]


def younger(part: Orders, edge: bytes) -> Orders:
    """Without the orders up to that instant and hash."""
    columns: dict[int, bytes | Subset] = {}
    for draft in _drafts(part):
        draft.drop([digest for digest, (row, _) in draft.orders.items() if row[:HEAD] <= edge])
        columns.update(draft.columns())
    return orders_of(columns)


def place_of(rows: bytes, digest: bytes) -> int:
    """Which order has this hash; -1 if none."""
    at = rows.rfind(digest)
    while at >= 0 and at % ORDER != _ID.start:
        at = rows.rfind(digest, 0, at + len(digest) - 1)
    return _NEW if at < 0 else at // ORDER


def _appended(part: Orders, rows: bytes, addition: Addition) -> tuple[Orders, frozenset[int]]:
    presence, row = addition[0]
    if len(rows) >= MAX_ELEMENTS * ORDER:
        part, lost = _without_oldest(part, presence)
        part, turned = _appended(part, rows[ORDER:], addition)
        return part, lost | turned
    place, columns = len(rows) // ORDER, {presence: (ORDER, rows + row)}
    for bit, (width, piece) in _pieces(addition).items():
        columns[bit] = width, part.extended(bit, presence, place, piece)
    return part.replaced(columns), frozenset(columns)


def _without_oldest(part: Orders, presence: int) -> tuple[Orders, frozenset[int]]:
    columns: dict[int, tuple[int, bytes]] = {presence: (ORDER, part.rows(presence)[ORDER:])}
    touched = {presence}
    for bit in part.index.bits:
        subset = part.subset(bit)
        if subset is not None and subset.presence == presence:
            after = subset.without_oldest()
            columns[bit] = subset.width, after.packed
            touched |= {bit} if subset.mask & 1 else set()
    return part.replaced(columns), frozenset(touched)


def _placed(part: Orders, presence: int, addition: Addition) -> tuple[Orders, frozenset[int]]:
    draft = _draft(part, presence)
    before = part.packed
    touched = draft.put(addition)
    oldest = sorted(draft.orders, key=lambda digest: draft.orders[digest][0])
    touched |= draft.drop(oldest[: max(len(oldest) - MAX_ELEMENTS, 0)])
    if not touched:
        return part, frozenset()
    after = part.replaced(_stored(draft, part))
    return (part, frozenset()) if after.packed == before else (after, frozenset(touched))


def _stored(draft: "_Draft", part: Orders) -> Columns:
    """All columns of the draft, those too that are empty now."""
    gone = {bit: (part.width(bit), b"") for bit in draft.known}
    fresh = draft.columns()
    return gone | {
        bit: (column.width, column.packed) if isinstance(column, Subset) else (ORDER, column)
        for bit, column in fresh.items()
    }


@dataclass(slots=True)
class _Draft:
    """The orders of one type, taken apart."""

    presence: int
    known: Sequence[int]
    """The features that had any."""
    orders: dict[bytes, tuple[bytes, dict[int, tuple[int, bytes]]]] = field(default_factory=dict)
    """By hash: the order's row, and by feature the width of its records and what is carried."""

    def put(self, addition: Addition) -> set[int]:
        row, pieces = addition[0][1], _pieces(addition)
        standing = self.orders.get(row[_ID])
        if standing is None:
            self.orders[row[_ID]] = row, pieces
            return {self.presence, *pieces}
        known, carried = standing
        if known == row:
            # The same report with more features to match, or an id that came with two contents: the larger stands
            both = carried | {bit: max(piece, carried.get(bit, piece)) for bit, piece in pieces.items()}
            self.orders[row[_ID]] = row, both
            return {bit for bit in pieces if carried.get(bit) != both[bit]}
        if not _better(row, known):
            return set()
        self.orders[row[_ID]] = row, pieces
        return {self.presence, *pieces, *carried}

    def drop(self, digests: Sequence[bytes]) -> set[int]:
        gone = [self.orders.pop(digest) for digest in digests]
        return {bit for _, pieces in gone for bit in (self.presence, *pieces)}

    def columns(self) -> Mapping[int, bytes | Subset]:
        found: dict[int, bytes | Subset] = {}
        ordered = sorted(self.orders.values(), key=lambda order: order[0])
        if ordered:
            found[self.presence] = b"".join(row for row, _ in ordered)
        masks: dict[int, list[tuple[int, int, bytes]]] = {}
        for place, (_, pieces) in enumerate(ordered):
            for bit, (width, piece) in pieces.items():
                masks.setdefault(bit, []).append((place, width, piece))
        for bit, rows in masks.items():
            mask = sum(1 << place for place, _, _ in rows)
            found[bit] = Subset(self.presence, rows[0][1], mask, b"".join(piece for _, _, piece in rows))
        return found

    def additions(self) -> list[Addition]:
        """As they were folded, oldest first."""
        return [
            [(self.presence, row), *_records(row[:HEAD], pieces)]
            for row, pieces in sorted(self.orders.values(), key=lambda order: order[0])
        ]


def _drafts(part: Orders) -> list[_Draft]:
    widths = zip(part.index.bits, part.index.widths, strict=True)
    return [_draft(part, bit) for bit, width in widths if width == ORDER]


def _draft(part: Orders, presence: int) -> _Draft:
    rows = part.rows(presence)
    orders = [(rows[at : at + ORDER], dict[int, tuple[int, bytes]]()) for at in range(0, len(rows), ORDER)]
    subsets = {bit: subset for bit in part.index.bits if (subset := part.subset(bit))}
    mine = {bit: subset for bit, subset in subsets.items() if subset.presence == presence}
    for bit, subset in mine.items():
        places = [place for place, there in enumerate(selectors(subset.mask)) if there]
        for place, piece in zip(places, subset.pieces(), strict=True):
            orders[place][1][bit] = subset.width, piece
    return _Draft(presence, [presence, *mine], {row[_ID]: (row, pieces) for row, pieces in orders})


def _pieces(addition: Addition) -> dict[int, tuple[int, bytes]]:
    """By feature the width of its records, and what is carried; all its values together."""
    found: dict[int, tuple[int, bytes]] = {}
    for bit, record in addition[1:]:
        width, piece = len(record), record[HEAD:]
        if width == VALUES:
            before = found[bit][1][1:] if bit in found else b""
            piece = bytes([len(before) // 8 + 1]) + before + piece
        found[bit] = width, piece
    return found


def _records(head: bytes, pieces: Mapping[int, tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    return [
        (bit, head + each)
        for bit, (width, piece) in pieces.items()
        for each in ([piece[at : at + 8] for at in range(1, len(piece), 8)] if width == VALUES else [piece])
    ]


def _better(row: bytes, known: bytes) -> bool:
    """Trusted first, then the smaller id, then the later instant."""
    mine, theirs = row[HEAD:], known[HEAD:]
    return mine < theirs or (mine == theirs and row > known)
