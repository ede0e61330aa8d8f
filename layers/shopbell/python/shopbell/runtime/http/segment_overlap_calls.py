"""How segments overlap, over HTTP."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from pydantic import BaseModel

from shopbell.app.exporting import cell
from shopbell.app.reporting.segment_overlap import Overlap, ReadOverlap
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.sampling import wilson
from shopbell.domain.segments.overlap import Members, common, either, every
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.management_ports import Ports
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.request import Request


class ComparedOut(BaseModel):
    """`size`: members, counted exactly."""

    id: str
    name: str
    size: int


class CommonOut(BaseModel):
    """`members`: in all of these segments, perhaps in others too; `only`: in these and none of the others asked for.

    `low`, `high`: `members` lies between them 19 times out of 20; both equal to it where the answer is exact.
    """

    segments: list[str]
    members: int
    low: int
    high: int
    only: int


class LikenessOut(BaseModel):
    """Of two segments: how many are in both, of all that are in either (Jaccard); null where nobody is in them."""

    segments: list[str]
    jaccard: float | None
    low: float | None
    high: float | None


class OverlapOut(BaseModel):
    """`exact`: every member was looked at; else those of some shards were, each a share of all visitors by chance.

    `looked_at`: how many that were, each once. `common` has every choice of the segments, single ones first.
    """

    exact: bool
    looked_at: int
    segments: list[ComparedOut]
    common: list[CommonOut]
    pairs: list[LikenessOut]
    notes: dict[str, str]


OPERATIONS: Final = (
    Operation(
        "getSegmentOverlap",
        "GET",
        "/v1/reports/segment-overlap",
        "What segments have in common",
        "Reports",
        Managed("viewer"),
        answer=OverlapOut,
        query={
            "segments": {"type": "string", "maxLength": 700, "description": "Two to five ids, with commas between."},
            "format": {"type": "string", "enum": ["json", "csv"], "default": "json"},
        },
        table=True,
        errors=(404,),
        description=(
            "Of this moment. Exact while the segments have 20,000 members together; of more, as many shards of each "
            "are read as hold about so many, and `low` and `high` say how far off that may be."
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class OverlapCalls:
    read: ReadOverlap

    @classmethod
    def over(cls, ports: Ports) -> "OverlapCalls":
        stored = ports.stores, ports.segments, ports.counters, ports.memberships
        return cls(ReadOverlap(*stored, ports.side_by_side))

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {"getSegmentOverlap": self._overlap}

    def _overlap(self, store: StoreId, request: Request) -> Answer:
        form = reading.one_of(request, "format", ("json", "csv"))
        names = [SegmentId(name) for name in request.query.get("segments", "").split(",") if name]
        said = _told(self.read(store, names))
        return _table(said) if form == "csv" else answer(said)


def _told(found: Overlap) -> OverlapOut:
    names = [segment.id for segment in found.segments]
    note = {} if found.exact else {"members": f"Of {found.share:.1%} of the visitors."}
    return OverlapOut(
        exact=found.exact,
        looked_at=sum(found.parts.values()),
        segments=[ComparedOut(id=one.id, name=one.name, size=found.sizes[one.id]) for one in found.segments],
        common=[_common(found, chosen, names) for chosen in every(names)],
        pairs=[_likeness(found, pair) for pair in combinations(names, 2)],
        notes=note,
    )


def _common(found: Overlap, chosen: Members, names: Sequence[SegmentId]) -> CommonOut:
    """Of a sample: the share of the smallest of them that is in the others, of its exact size."""
    ordered = [name for name in names if name in chosen]
    members, only = common(found.parts, chosen), found.parts.get(chosen, 0)
    if found.exact:
        return CommonOut(segments=[*ordered], members=members, low=members, high=members, only=only)
    smallest = min(ordered, key=lambda name: found.sizes[name])
    size, seen = found.sizes[smallest], common(found.parts, frozenset({smallest}))
    low, high = wilson(members, seen) if len(ordered) > 1 else (1.0, 1.0)
    value = round(size * members / seen) if seen else 0
    return CommonOut(
        segments=[*ordered],
        members=value,
        low=min(value, int(size * low)),
        high=max(value, -int(-size * high // 1)),
        only=round(size * only / seen) if seen else 0,
    )


def _likeness(found: Overlap, pair: tuple[SegmentId, SegmentId]) -> LikenessOut:
    both, any_of = common(found.parts, frozenset(pair)), either(found.parts, frozenset(pair))
    if not any_of:
        return LikenessOut(segments=[*pair], jaccard=None, low=None, high=None)
    value = both / any_of
    low, high = (value, value) if found.exact else wilson(both, any_of)
    return LikenessOut(segments=[*pair], jaccard=round(value, 4), low=round(low, 4), high=round(high, 4))


def _table(said: OverlapOut) -> Answer:
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(["part", "segments", "members", "low", "high", "only", "jaccard"])
    lines.writerows(_rows(said))
    headers = {"content-disposition": 'attachment; filename="segment-overlap.csv"', "cache-control": "no-store"}
    return Answer(200, text.getvalue(), "text/csv; charset=utf-8", headers=headers)


def _rows(said: OverlapOut) -> Iterator[Sequence[object]]:
    for one in said.common:
        yield "common", cell(" ".join(one.segments)), one.members, one.low, one.high, one.only, ""
    for pair in said.pairs:
        yield "pair", cell(" ".join(pair.segments)), "", pair.low, pair.high, "", pair.jaccard
