"""Whom a run to so many people draws, where everybody was asked: off the batches of lines, one shard at a time."""

import csv
import io
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from typing import Final

import orjson

from shopbell.app.delivery.lots import NOT_DRAWN, lot, share
from shopbell.app.scenarios.calendar import run_of
from shopbell.app.scenarios.drawing import Outcome, Refusal, has_lot, who_of
from shopbell.app.scenarios.dryrun_place import Place
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.rehearsal import Stage
from shopbell.domain.store import Store

GET: Final = "would_get"
Batch = Callable[[int], Sequence[str]]
"""The lines of a batch by its number: the lots of its people, then a text for each of them."""


def how_of(one: Outcome) -> str:
    """As it is counted."""
    return one.gate if isinstance(one, Refusal) else GET


@dataclass(frozen=True, slots=True)
class DrawAll:
    run: Run
    read: Batch

    @classmethod
    def of(cls, stage: Stage, store: Store, read: Batch) -> "DrawAll | None":
        """None: everybody is sent to."""
        run = run_of(stage.plan, store, stage.until, stage.until)
        return None if run.terms.max_recipients is None else cls(run, read)

    def kept(self, found: Sequence[Outcome], texts: Sequence[str]) -> Sequence[str]:
        """As a batch is kept until it is known whom it draws; `texts`: one for each of them."""
        lots = [[lot(self.run, who_of(one)), how_of(one)] if has_lot(one) else None for one in found]
        return [orjson.dumps(lots).decode(), *texts]

    def shard(self, place: Place) -> Place:
        """The next shard's highest lot that is drawn, and everybody counted as it is."""
        shard = len(place.lots)
        first = place.ends[shard - 1] if shard else 0
        rows = [row for number in range(first, place.ends[shard]) for row, _ in self._people(number)]
        lots = [row for row in rows if row is not None]
        drawn = nsmallest(share(self.run, shard), {number for number, _ in lots})
        last = drawn[-1] if drawn else -1
        left = Counter(how for number, how in lots if number > last)
        counts = Counter(place.counts)
        counts.subtract(left)
        counts[NOT_DRAWN] += left.total()
        return replace(place, lots=(*place.lots, last), counts={how: many for how, many in counts.items() if many})

    def lines(self, place: Place, number: int) -> Iterator[str]:
        """Of a batch, with who was not drawn said to get nothing."""
        last = place.lots[bisect_right(place.ends, number)]
        for row, text in self._people(number):
            yield text if row is None or row[0] <= last else _left_out(text)

    def _people(self, number: int) -> Iterator[tuple[tuple[int, str] | None, str]]:
        head, *texts = self.read(number)
        for row, text in zip(orjson.loads(head), texts, strict=True):
            yield None if row is None else (int(row[0]), str(row[1])), text


def line(row: Sequence[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(row)
    return text.getvalue()


def _left_out(text: str) -> str:
    who, *others = next(csv.reader(io.StringIO(text, newline="")))
    return line([who, "would_not", NOT_DRAWN, *("" for _ in others[2:])])
