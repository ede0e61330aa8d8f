"""What the calls about coupons answer; every field is always there."""

from typing import Literal

from pydantic import BaseModel

from shopbell.runtime.http.list_answers import LineFaultOut


class PopupTextsOut(BaseModel):
    """What stands above the code on the shop's page."""

    title: str
    body: str


class CouponPoolOut(BaseModel):
    """`assigned`: codes that visitors have or are being sent; `free`: what is left; `redeemed`: came in an order."""

    id: str
    name: str
    discount: str
    expires_at: str | None
    low_stock_percent: int
    popup: PopupTextsOut | None
    codes: int
    assigned: int
    redeemed: int
    free: int
    warnings: list[str]
    created_at: str
    last_changed_at: str


class CouponCodeOut(BaseModel):
    """`expires_at`: until when it is the visitor's. `order_id`: the order it came with."""

    code: str
    state: Literal["free", "assigned", "redeemed"]
    visitor_id: str | None
    assigned_at: str | None
    expires_at: str | None
    order_id: str | None


class CodesAddedOut(BaseModel):
    """`errors` name the first 100 of the rejected lines; `duplicates` came twice or were in the pool."""

    accepted: int
    rejected: int
    duplicates: int
    errors: list[LineFaultOut]
    added: int


class CodesComingOut(BaseModel):
    """More than are taken in while the caller waits: the job says how many were added, how many the pool had."""

    job_id: str
    accepted: int
    rejected: int
    duplicates: int
    errors: list[LineFaultOut]
