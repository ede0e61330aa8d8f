"""What all messages of a store brought, as the overview answers it."""

from typing import TypedDict

from pydantic import BaseModel

from shopbell.app.management.overview import Overview
from shopbell.domain.attribution.brought import Brought


class EarnedOut(BaseModel):
    """As in the reports of campaigns and scenarios, of all of them; money in minor units by currency."""

    shown: int
    clicked: int
    closed: int
    landed: int
    carts: int
    orders: int
    refunded_orders: int
    revenue: dict[str, int]
    refunded: dict[str, int]
    unsubscribed: int


class EarnedAtOut(EarnedOut):
    """A date of the store's calendar, or the instant at which an hour of its clock began."""

    at: str


class MessagesOut(EarnedOut):
    """`series` has no gaps up to now. How many were accepted is told by each campaign and scenario alone."""

    series: list[EarnedAtOut]


def messages(row: Overview) -> MessagesOut:
    series = [EarnedAtOut(at=one.at, **_earned(one.brought)) for one in row.brought_at]
    return MessagesOut(series=series, **_earned(row.brought))


class _Earned(TypedDict):
    shown: int
    clicked: int
    closed: int
    landed: int
    carts: int
    orders: int
    refunded_orders: int
    revenue: dict[str, int]
    refunded: dict[str, int]
    unsubscribed: int


def _earned(row: Brought) -> _Earned:
    return {
        "shown": row.receipts["shown"],
        "clicked": row.receipts["clicked"],
        "closed": row.receipts["closed"],
        "landed": row.receipts["landed"],
        "carts": row.carts,
        "orders": row.orders,
        "refunded_orders": row.refunded_orders,
        "revenue": dict(row.revenue),
        "refunded": dict(row.refunded),
        "unsubscribed": row.unsubscribed,
    }
