"""What is told of a campaign's search for its winner, and how it looks on the wire."""

from typing import Final

from pydantic import BaseModel

from shopbell.app.management.campaigns.trial import Trial
from shopbell.domain.clock import format_duration, format_instant
from shopbell.domain.winner import FEWEST, Decision, Metric, Standing, Weighing, WinnerTest
from shopbell.runtime.http.shapes import instant

_COUNTED: Final[dict[Metric, str]] = {"clicks": "clicks", "orders": "buyers", "revenue": "buyers"}


class WinnerOut(BaseModel):
    """`thompson` has a metric and no more."""

    method: str
    metric: str
    test_percent: int | None
    after: str | None
    otherwise: str | None


class VariantStandingOut(BaseModel):
    """One variant as it stood when it was decided.

    `successes` (clicks, or buyers) of `recipients`, the messages that were accepted. `rate` for each of them, with
    its 95 % interval from `low` to `high`: a share, or revenue in minor units. `p`: how often chance alone would make
    a difference from the best one as great as that, or of the best one from whatever comes nearest, with all
    comparisons taken together; null: there is no single best. `unsubscribed`: who left within a day of it; `barred`:
    more than after the others, by more than chance, so that it cannot win.
    """

    variant: str
    recipients: int
    successes: int
    rate: float
    low: float
    high: float
    p: float | None
    unsubscribed: int
    barred: bool


class WinnerSearchOut(BaseModel):
    """`state`: `not_begun`, `testing` while the test is being sent, `waiting` until `decides_at`, `decided`,
    `cancelled` before it was.

    `reason`: `won`, or why there is no winner: `not_enough_data`, `no_difference`, `opt_outs` or `ended`. `sends`:
    the variants that the rest gets. What was decided never changes, whatever is told later.
    """

    state: str
    metric: str
    test_percent: int
    decides_at: str | None
    decided_at: str | None
    winner: str | None
    reason: str | None
    message: str
    sends: list[str]
    variants: list[VariantStandingOut]


class WinnerPartsOut(BaseModel):
    """How many of those who can be reached get all variants, and how many wait for the winner."""

    test: int
    rest: int


def winner(row: WinnerTest | None, weighing: Weighing | None) -> WinnerOut | None:
    if weighing is not None:
        return WinnerOut(method="thompson", metric=weighing.metric, test_percent=None, after=None, otherwise=None)
    if row is None:
        return None
    return WinnerOut(
        method="test",
        metric=row.metric,
        test_percent=row.percent,
        after=format_duration(row.after),
        otherwise=row.otherwise,
    )


def trial(row: Trial | None) -> WinnerSearchOut | None:
    if row is None:
        return None
    found = row.decision
    return WinnerSearchOut(
        state=row.state,
        metric=row.test.metric,
        test_percent=row.test.percent,
        decides_at=instant(row.decides_at),
        decided_at=None if found is None else format_instant(found.at),
        winner=None if found is None else found.winner,
        reason=None if found is None else found.reason,
        message=_soon(row) if found is None else f"{_why(found)} {_then(found)}",
        sends=[] if found is None else list(found.sends),
        variants=[] if found is None else [_standing(one) for one in found.variants],
    )


def _standing(row: Standing) -> VariantStandingOut:
    return VariantStandingOut(
        variant=row.variant,
        recipients=row.recipients,
        successes=row.successes,
        rate=row.rate,
        low=row.low,
        high=row.high,
        p=row.p,
        unsubscribed=row.left,
        barred=row.barred,
    )


def _soon(row: Trial) -> str:
    if row.state == "cancelled":
        return "It was cancelled before a winner was decided. The rest gets nothing."
    if row.decides_at is None:
        return f"{row.test.percent} % get all variants; {format_duration(row.test.after)} later it is decided."
    if row.state == "testing":
        return f"The test is still being sent. It is decided at {format_instant(row.decides_at)} at the earliest."
    return f"It is decided at {format_instant(row.decides_at)}, or within a quarter of an hour after."


def _why(found: Decision) -> str:
    best = max(found.variants, key=lambda one: one.rate, default=None)
    name = best.variant if best is not None else ""
    match found.reason:
        case "won":
            return f"{name} did better than each of the others."
        case "not_enough_data":
            return f"Not enough data: {found.found} {_COUNTED[found.metric]}, {FEWEST} wanted."
        case "no_difference":
            return "No variant did better than each of the others by more than chance."
        case "opt_outs":
            return f"{name} did best, but more people left after it than after the others, by more than chance."
        case "ended":
            return "The campaign had ended before it was decided."
        case "not_approved":
            return "It would have reached more people than was agreed to, and nobody agreed in time."


def _then(found: Decision) -> str:
    if not found.sends:
        return "The rest gets nothing."
    if len(found.sends) > 1:
        return "The rest gets all variants, each its share."
    return f"The rest gets {found.sends[0]}."
