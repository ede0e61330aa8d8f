"""What reports answer; every field is always there, {} or null where there is nothing."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypedDict

from pydantic import BaseModel

from shopbell.app.management.campaigns.trial import Trial
from shopbell.app.management.campaigns.weighing import Learned
from shopbell.app.reporting.series import Point
from shopbell.domain.attribution.brought import Brought
from shopbell.domain.clock import format_instant
from shopbell.domain.lift import Lift
from shopbell.domain.reports import Report, Share
from shopbell.runtime.http.lift_answers import LiftOut, lift
from shopbell.runtime.http.progress_answers import RunWarningOut, warnings
from shopbell.runtime.http.weight_answers import LearnedOut, learned
from shopbell.runtime.http.winner_answers import WinnerSearchOut, trial


class BroughtOut(BaseModel):
    """What browsers told of messages, and the carts and orders that are due to the last click before them.

    `actions`: clicks by button, which are in `clicked` too. `carts`: messages that something went into the cart
    after. `revenue` in minor units by currency, less what was `refunded`; `refunded_orders` were given back whole
    and are in `orders` too. `unsubscribed`: who left within a day of the message, by their own word.
    """

    shown: int
    clicked: int
    closed: int
    landed: int
    actions: dict[str, int]
    carts: int
    orders: int
    refunded_orders: int
    revenue: dict[str, int]
    refunded: dict[str, int]
    unsubscribed: int


class ShareOut(BroughtOut):
    """Of one variant or step: targeted = accepted + failed + retired + all that was skipped = left_out + planned."""

    targeted: int
    planned: int
    left_out: dict[str, int]
    skipped: dict[str, int]
    accepted: int
    failed: int
    retired: int


class PointOut(BroughtOut):
    """A date of the store's calendar, or the instant at which an hour of its clock began. `accepted`: in it."""

    at: str
    accepted: int


class ReportOut(BroughtOut):
    """targeted = accepted + failed + retired + all that was skipped + open, at any moment.

    Two units are in it: `left_out` are people who were skipped as the audience was read, by reason, and are in
    `skipped` too; `planned` are messages, one for each device of all others. targeted = left_out + planned.
    `deferred`: how often a gate put a message off, by its reason; what became of it is in the other numbers.
    `by_variant` adds up to the whole, but for messages without variants, for what is open, whose variant shows when
    it ends, and for what ended while it waited; without variants: {}. `by_step` adds up to it but for the last two.
    `since`: what was brought before is not in it. `winner`: of a campaign that looks for one, how far it is and what
    was decided by which numbers; else null. `weights`: of each message of which the weights follow what works.
    `series`: null unless `by`, `from` or `to` asks for it.
    `lift`: null where `notes` says why.
    """

    targeted: int
    planned: int
    left_out: dict[str, int]
    skipped: dict[str, int]
    deferred: dict[str, int]
    accepted: int
    failed: int
    failed_by: dict[str, int]
    retired: int
    open: int
    by_variant: dict[str, ShareOut]
    by_step: dict[str, ShareOut]
    winner: WinnerSearchOut | None
    weights: list[LearnedOut]
    series: list[PointOut] | None
    since: str | None
    lift: LiftOut | None
    warnings: list[RunWarningOut]
    notes: dict[str, str]


class _Told(TypedDict):
    shown: int
    clicked: int
    closed: int
    landed: int
    actions: dict[str, int]
    carts: int
    orders: int
    refunded_orders: int
    revenue: dict[str, int]
    refunded: dict[str, int]
    unsubscribed: int


class Found(NamedTuple):
    """What a report says of its variants beside what each brought, the weights by step."""

    trial: Trial | None = None
    weights: Mapping[int, Learned] = {}


def report(row: Report, series: Sequence[Point] | None, lifted: Lift | str, found: Found) -> ReportOut:
    return ReportOut(
        targeted=row.targeted,
        planned=row.planned,
        left_out=dict(row.left_out),
        skipped=dict(row.skipped),
        deferred=dict(row.deferred),
        accepted=row.accepted,
        failed=sum(row.failed.values()),
        failed_by=dict(row.failed),
        retired=row.retired,
        open=row.open,
        by_variant=_shares(row.by_variant),
        by_step=_shares({str(step): one for step, one in row.by_step.items()}),
        winner=trial(found.trial),
        weights=[learned(step, one) for step, one in found.weights.items()],
        series=None if series is None else [_point(one) for one in series],
        since=None if row.since is None else format_instant(row.since),
        warnings=warnings(row.warnings),
        lift=None if isinstance(lifted, str) else lift(lifted),
        notes={"lift": lifted} if isinstance(lifted, str) else {},
        **_told(row.brought),
    )


def _point(row: Point) -> PointOut:
    return PointOut(at=row.at, accepted=row.accepted, **_told(row.brought))


def _shares(rows: Mapping[str, Share]) -> dict[str, ShareOut]:
    return {name: _share(one) for name, one in rows.items()}


def _share(row: Share) -> ShareOut:
    return ShareOut(
        targeted=row.targeted,
        planned=row.planned,
        left_out=dict(row.left_out),
        skipped=dict(row.skipped),
        accepted=row.accepted,
        failed=sum(row.failed.values()),
        retired=row.retired,
        **_told(row.brought),
    )


def _told(row: Brought) -> _Told:
    told = row.receipts
    return {
        "shown": told["shown"],
        "clicked": told["clicked"],
        "closed": told["closed"],
        "landed": told["landed"],
        "actions": dict(row.actions),
        "carts": row.carts,
        "orders": row.orders,
        "refunded_orders": row.refunded_orders,
        "revenue": dict(row.revenue),
        "refunded": dict(row.refunded),
        "unsubscribed": row.unsubscribed,
    }
