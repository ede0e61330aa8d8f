"""What the report of a segment answers; every field is always there, {} or null where there is nothing."""

from typing import Final, Literal

from pydantic import BaseModel

from shopbell.app.reporting.segment_report import SegmentReport
from shopbell.domain.segments.history import DayCount
from shopbell.domain.segments.worth import OPT_OUTS, REVENUE, Measures, Number
from shopbell.runtime.http.management_answers import SizeOut

_REFUNDED: Final = "refunded:"


class WorthOut(BaseModel):
    """What members did while they were members. Money in minor units by currency, `revenue` less what was `refunded`.

    `refunded_orders` were given back whole and are in `orders` too; `opt_outs`: subscriptions that members ended.
    """

    orders: int
    refunded_orders: int
    revenue: dict[str, int]
    refunded: dict[str, int]
    opt_outs: int


class SegmentDayOut(WorthOut):
    """`size`: members at the end of the day, of the current day so far."""

    at: str
    size: int
    entered: int
    exited: int


class NumberOut(BaseModel):
    """Between `low` and `high` 19 times out of 20; all equal where it is exact."""

    value: float
    low: float
    high: float


class SegmentReportOut(WorthOut):
    """`members`: people who were in the segment at some moment of these days; `looked_at`: of how many it was read
    what they did. Both are equal where the report is `exact`; else orders, money, buyers and opt-outs are estimates.

    `size` is of this moment. `buyers`: members who ordered, `buyer_share` of all; null where there was no member.
    `revenue_per_member`: in minor units by currency.
    """

    segment_id: str
    since: str
    until: str
    by: Literal["day"]
    size: SizeOut
    entered: int
    exited: int
    exact: bool
    members: int
    looked_at: int
    buyers: int
    buyer_share: NumberOut | None
    revenue_per_member: dict[str, NumberOut]
    series: list[SegmentDayOut]
    notes: dict[str, str]


def segment_report(row: SegmentReport) -> SegmentReportOut:
    worth = row.worth
    some = f"Orders, money, buyers and opt-outs as {worth.looked_at} of about {worth.people} members say."
    return SegmentReportOut(
        segment_id=row.segment,
        since=row.first,
        until=row.last,
        by="day",
        size=SizeOut(total=row.total, reachable=row.reachable),
        entered=row.moved("entered"),
        exited=row.moved("exited"),
        exact=worth.exact,
        members=worth.people,
        looked_at=worth.looked_at,
        buyers=worth.buyers,
        buyer_share=None if worth.buyer_share is None else _number(worth.buyer_share, 4),
        revenue_per_member={name: _number(one, 2) for name, one in worth.per_member.items()},
        series=[_day(one, row.on(one.day)) for one in row.days],
        notes={} if worth.exact else {"exact": some},
        **_worth(worth.measures).model_dump(),
    )


def _day(row: DayCount, did: Measures) -> SegmentDayOut:
    moved = {"entered": row.moved("entered"), "exited": row.moved("exited")}
    return SegmentDayOut(at=row.day, size=row.size, **moved, **_worth(did).model_dump())


def _worth(told: Measures) -> WorthOut:
    return WorthOut(
        orders=told.get("orders", 0),
        refunded_orders=told.get("refunded_orders", 0),
        revenue=_under(REVENUE, told),
        refunded=_under(_REFUNDED, told),
        opt_outs=told.get(OPT_OUTS, 0),
    )


def _under(prefix: str, told: Measures) -> dict[str, int]:
    return {name.removeprefix(prefix): number for name, number in told.items() if name.startswith(prefix)}


def _number(one: Number, digits: int) -> NumberOut:
    return NumberOut(value=round(one.value, digits), low=round(one.low, digits), high=round(one.high, digits))
