"""How a store's subscribers came and went, and what messages brought, over HTTP."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypedDict

from pydantic import BaseModel

from shopbell.app.management.overview import ChurnRisk, Overview, ReadOverview
from shopbell.app.management.segments.history import ReadHistory
from shopbell.app.reporting.series import Span
from shopbell.domain.attribution.subscribers import Turns
from shopbell.domain.ids import StoreId
from shopbell.domain.segments.history import DayCount
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.lift_answers import LiftOut, lift
from shopbell.runtime.http.management_ports import Ports
from shopbell.runtime.http.message_answers import MessagesOut, messages
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.overview_csv import parts
from shopbell.runtime.http.report_calls import SERIES, span_of
from shopbell.runtime.http.report_csv import sheet
from shopbell.runtime.http.request import Request


class TurnsOut(BaseModel):
    """Subscriptions that came and went. lost = opt_outs + retired; net = gained + imported - lost.

    `opt_outs`: by their own word; `retired`: the push service said that they are gone. Who renews or replaces a
    subscription is neither gained nor lost.
    """

    gained: int
    imported: int
    lost: int
    opt_outs: int
    retired: int
    net: int


class TurnsAtOut(TurnsOut):
    """A date of the store's calendar, or the instant at which an hour of its clock began."""

    at: str


class SubscribersOut(TurnsOut):
    """`active` are posted to at this moment, `parked` are left alone; both are counted exactly.

    `opt_out_share`: of those lost; null where nobody was. `by_browser`: `unknown` where it was not told.
    """

    active: int
    parked: int
    opt_out_share: float | None
    by_browser: dict[str, TurnsOut]


class RiskOut(BaseModel):
    """Members of the segment at the end of a day, and who came and went on it."""

    at: str
    size: int
    entered: int
    exited: int


class ChurnRiskOut(BaseModel):
    """Of the predefined segment `churn_risk`, by day; `series` null: `why` says why not."""

    series: list[RiskOut] | None
    why: str | None


class OverviewOut(BaseModel):
    """`series` has no gaps up to now. `lift`: of all messages against the store's global holdout, in a person's first
    30 days. `notes`: why a number is null.
    """

    by: Literal["hour", "day"]
    since: str
    until: str
    subscribers: SubscribersOut
    series: list[TurnsAtOut]
    messages: MessagesOut
    churn_risk: ChurnRiskOut
    lift: LiftOut | None
    notes: dict[str, str]


OPERATIONS: Final = (
    Operation(
        "getOverview",
        "GET",
        "/v1/reports/overview",
        "How subscribers came and went, and what messages brought",
        "Reports",
        Managed("viewer"),
        answer=OverviewOut,
        query=SERIES,
        table=True,
        description=(
            "Days of the store's zone, the last 30 by themselves and at most 366, or its hours, the last 2 days by "
            "themselves and at most 31. `format=csv`: the same as a table, a row for the whole, each browser, each "
            "point in time, each day of `churn_risk`, and each group and effect of the lift."
        ),
    ),
)


class _Told(TypedDict):
    gained: int
    imported: int
    lost: int
    opt_outs: int
    retired: int
    net: int


@dataclass(frozen=True, slots=True)
class OverviewCalls:
    read: ReadOverview

    @classmethod
    def over(cls, ports: Ports) -> "OverviewCalls":
        history = ReadHistory(ports.stores, ports.segments, ports.counters, ports.now)
        uses, counts = ports.keys.uses, ports.messages.brought
        return cls(ReadOverview(ports.stores, ports.segments, uses, counts, history, ports.now))

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {"getOverview": self._overview}

    def _overview(self, store: StoreId, request: Request) -> Answer:
        form = reading.one_of(request, "format", ("json", "csv"))
        said = _overview(self.read(store, span_of(request) or Span()))
        return sheet(parts(said.model_dump(), said.lift), "overview") if form == "csv" else answer(said)


def _overview(row: Overview) -> OverviewOut:
    return OverviewOut(
        by=row.by,
        since=row.first,
        until=row.last,
        subscribers=_subscribers(row),
        series=[TurnsAtOut(at=one.at, **_told(one.turns)) for one in row.series],
        messages=messages(row),
        churn_risk=_risk(row.churn_risk),
        lift=None if isinstance(row.lift, str) else lift(row.lift),
        notes=dict(_notes(row)),
    )


def _notes(row: Overview) -> Iterator[tuple[str, str]]:
    if not row.total.lost:
        yield "opt_out_share", "Nobody was lost in these days."
    if isinstance(row.lift, str):
        yield "lift", row.lift


def _subscribers(row: Overview) -> SubscribersOut:
    total = row.total
    return SubscribersOut(
        active=row.active,
        parked=row.parked,
        opt_out_share=round(total.opt_outs / total.lost, 4) if total.lost else None,
        by_browser={name: TurnsOut(**_told(turns)) for name, turns in row.by_browser.items()},
        **_told(total),
    )


def _risk(row: ChurnRisk) -> ChurnRiskOut:
    if row.days is None:
        return ChurnRiskOut(series=None, why=row.why)
    series = [_risk_at(one) for one in row.days]
    return ChurnRiskOut(series=series, why=None)


def _risk_at(one: DayCount) -> RiskOut:
    return RiskOut(at=one.day, size=one.size, entered=one.moved("entered"), exited=one.moved("exited"))


def _told(turns: Turns) -> _Told:
    return {
        "gained": turns.gained,
        "imported": turns.imported,
        "lost": turns.lost,
        "opt_outs": turns.opt_outs,
        "retired": turns.retired,
        "net": turns.net,
    }
