"""Count receipts and how subscriptions begin and end, each once: its mark goes into its visitor's row with it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.attribution.cells import Cell, Cells, added
from shopbell.domain.attribution.overall import overall
from shopbell.domain.attribution.receipts import RECEIPTS, has_left, is_counted, leaving, left_after, receipt
from shopbell.domain.attribution.standing import Mark, Seen, mark_of
from shopbell.domain.attribution.subscribers import turned
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Event, EventItem
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.sends import EMPTY, SendRecord, Sent
from shopbell.ports import Sends
from shopbell.ports.attribution import ReportCounts, Row, RowName

LARGEST: Final = 60
"""People, and hours of sources with their sums, of one transaction; DynamoDB takes 100."""
MOST_PEOPLE: Final = 32
TRIES: Final = 4
NONE: Final = Seen()


@dataclass(frozen=True, slots=True)
class Said:
    """One receipt and what it adds."""

    visitor: VisitorId
    mark: Mark
    cells: Cells


@dataclass(frozen=True, slots=True)
class CountReceipts:
    counts: ReportCounts
    sends: Sends
    """Tells which message somebody left after."""
    zone: Callable[[StoreId], str]
    variant: Callable[[StoreId, VisitorId, Sent], str]
    """Of a message that somebody left after, the one that they had."""

    def __call__(self, store: StoreId, items: Iterable[EventItem]) -> Counter[str]:
        """Raises Unavailable."""
        events = [event for item in items for event in item.events if is_counted(event)]
        if not events:
            return Counter()
        said = self._said(store, events)
        ends: Counter[str] = Counter()
        for _ in range(TRIES):
            rows = self.counts.rows(store, {(one.visitor, "receipts") for one in said})
            seen = {who: (row.version, Seen.unpacked(row.body)) for (who, _), row in rows.items()}
            if all(self._add(store, part, seen, ends) for part in _parts(_fresh(said, seen, ends))):
                return ends
        raise Unavailable("receipts were counted by someone else at the same time")

    def _said(self, store: StoreId, events: Sequence[Event]) -> Sequence[Said]:
        left = sorted({event.visitor for event in events if has_left(event)})
        records, zone = self.sends.of(store, left) if left else {}, self.zone(store)
        found: dict[tuple[VisitorId, Mark], Said] = {}
        for event in events:
            mark = mark_of(event.received_at, event.id)
            cells = self._cells(store, event, records.get(event.visitor, EMPTY), zone)
            found[event.visitor, mark] = Said(event.visitor, mark, cells)
        return list(found.values())

    def _cells(self, store: StoreId, event: Event, record: SendRecord, zone: str) -> Cells:
        if event.type in RECEIPTS:
            return overall(receipt(event, zone))
        last = left_after(event, record) if has_left(event) else None
        if last is None:
            return overall(turned(event, zone))
        variant = self.variant(store, record.owner or event.visitor, last)
        return overall(added(turned(event, zone), leaving(event, last, variant, zone)))

    def _add(
        self, store: StoreId, part: Sequence[Said], seen: dict[VisitorId, tuple[int, Seen]], ends: Counter[str]
    ) -> bool:
        marks: dict[VisitorId, set[Mark]] = {}
        for one in part:
            marks.setdefault(one.visitor, set()).add(one.mark)
        after: dict[VisitorId, tuple[int, Seen]] = {}
        for who, mine in marks.items():
            version, before = seen.get(who, (0, NONE))
            after[who] = version + 1, before.having(frozenset(mine))
        rows: Mapping[RowName, Row] = {
            (who, "receipts"): Row(version, known.packed()) for who, (version, known) in after.items()
        }
        if not self.counts.add(store, rows, added(*(one.cells for one in part))):
            return False
        seen.update(after)
        ends["receipts_counted"] += len(part)
        ends["receipts_without_source"] += sum(not one.cells for one in part)
        return True


def _fresh(said: Sequence[Said], seen: Mapping[VisitorId, tuple[int, Seen]], ends: Counter[str]) -> Iterator[Said]:
    for one in said:
        known = seen.get(one.visitor, (0, NONE))[1]
        if one.mark in known.marks:
            ends["receipts_counted_before"] += 1
        elif one.mark.at < known.cut:
            ends["receipts_too_old"] += 1
        else:
            yield one


def _parts(said: Iterable[Said]) -> Iterator[Sequence[Said]]:
    """As many as fit into one transaction each."""
    part: list[Said] = []
    people: set[VisitorId] = set()
    rows: set[tuple[str, int]] = set()
    for one in said:
        more = {place for cell in one.cells for place in _rows_of(cell)}
        if part and (len(people | {one.visitor}) > MOST_PEOPLE or len(rows | more) > LARGEST):
            yield part
            part, people, rows = [], set(), set()
        part.append(one)
        people.add(one.visitor)
        rows |= more
    if part:
        yield part


def _rows_of(cell: Cell) -> Iterator[tuple[str, int]]:
    """Its source's sum, and its hour."""
    yield cell.source_id, -1
    yield cell.source_id, cell.at
