"""Move what reports count of people who were parted into groups, together with the rows that it follows from."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.attribution.cells import MOST_HOURS, Cells, added, moved, squeezed
from shopbell.domain.attribution.parting import Course, Kept, joined, later, shortened, told_by
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.store import Store
from shopbell.ports.attribution import ReportCounts, Row, RowName

TRIES: Final = 8
MOST_PEOPLE: Final = 32
"""Rows of one transaction; when another write came first, it is tried in smaller ones."""
MOST_IDS: Final = 30


@dataclass(slots=True)
class Wish:
    """What is new of one person: the ids that it is known under, and the facts."""

    ids: set[VisitorId] = field(default_factory=set)
    fresh: list[Course] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Move:
    """What one person's rows become, and by how much that moves reports."""

    person: VisitorId
    rows: Mapping[RowName, Row]
    cells: Cells


@dataclass(frozen=True, slots=True)
class Read:
    """Rows as they were read."""

    versions: Mapping[VisitorId, int]
    kept: Mapping[VisitorId, Kept]

    def whose(self, who: VisitorId) -> VisitorId:
        known = self.kept.get(who)
        return who if known is None else known.whose or who

    def course(self, who: VisitorId) -> Course:
        known = self.kept.get(who)
        return Course() if known is None else known.course

    def row(self, who: VisitorId, after: Kept) -> tuple[RowName, Row]:
        return (who, "lift"), Row(self.versions.get(who, 0) + 1, after.packed())


@dataclass(frozen=True, slots=True)
class Courses:
    """A set of facts for each person, and the difference that new ones make (ADR 0037): nothing counts twice."""

    counts: ReportCounts

    def read(self, store: StoreId, ids: Collection[VisitorId]) -> Read:
        """Raises Unavailable."""
        rows = self.counts.rows(store, {(one, "lift") for one in ids})
        return Read(
            {who: row.version for (who, _), row in rows.items()},
            {who: Kept.unpacked(row.body) for (who, _), row in rows.items()},
        )

    def __call__(self, store: Store, wishes: Mapping[VisitorId, Wish]) -> None:
        """Raises Unavailable."""
        left = wishes
        for turn in range(TRIES):
            known = self._all(store.id, left)
            left = _by_person(left, known)
            moves = [move for person, wish in left.items() if (move := _move(store, person, wish, known))]
            missed = [one for part in _parts(moves, MOST_PEOPLE >> turn) for one in self._add(store.id, part)]
            left = {one.person: left[one.person] for one in missed}
            if not left:
                return
        raise Unavailable(f"another write came first {TRIES} times")

    def _all(self, store: StoreId, wishes: Mapping[VisitorId, Wish]) -> Read:
        """Also of those whom an id turned out to be."""
        ids = {who for person, wish in wishes.items() for who in (person, *wish.ids)}
        known = self.read(store, ids)
        more = {known.whose(who) for who in ids} - ids
        return self.read(store, ids | more) if more else known

    def _add(self, store: StoreId, part: Sequence[Move]) -> Sequence[Move]:
        """Those that were not stored: all of them or none."""
        rows = {name: row for move in part for name, row in move.rows.items()}
        return () if self.counts.add(store, rows, added(*(move.cells for move in part))) else part


def _by_person(wishes: Mapping[VisitorId, Wish], known: Read) -> Mapping[VisitorId, Wish]:
    found: dict[VisitorId, Wish] = {}
    for who, wish in wishes.items():
        mine = found.setdefault(known.whose(who), Wish())
        mine.ids |= {who, *wish.ids}
        mine.fresh += wish.fresh
    return found


def _move(store: Store, person: VisitorId, wish: Wish, known: Read) -> Move | None:
    """None: all of it is there."""
    strangers = [one for one in sorted(wish.ids - {person}) if known.whose(one) != person][:MOST_IDS]
    before = [known.course(one) for one in (person, *strangers)]
    kept = joined(*before)
    after = joined(kept, *(later(one, kept.facts.cut) for one in wish.fresh))
    if after == before[0] and not strangers:
        return None
    rows = dict(known.row(one, Kept(whose=person)) for one in strangers)
    name, row = known.row(person, Kept(shortened(after)))
    zone = store.time_zone
    stood = added(*(told_by(one, zone) for one in before))
    return Move(person, {**rows, name: row}, squeezed(moved(stood, told_by(after, zone))))


def _parts(moves: Iterable[Move], most: int) -> Iterator[Sequence[Move]]:
    """As many as fit into one transaction each; one at least."""
    part: list[Move] = []
    rows, hours = 0, set[tuple[str, int]]()
    for move in moves:
        more = {(cell.source_id, cell.at) for cell in move.cells}
        if part and (rows + len(move.rows) > most or len(hours | more) > MOST_HOURS):
            yield part
            part, rows, hours = [], 0, set()
        part.append(move)
        rows += len(move.rows)
        hours |= more
    if part:
        yield part
