"""What is told of a campaign before and while it is sent, and how it looks on the wire."""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from shopbell.app.management.campaigns.estimate import Outlook
from shopbell.app.management.campaigns.progress import Progress
from shopbell.domain.clock import Instant, format_instant
from shopbell.domain.runs import RunWarning
from shopbell.domain.sampling import Estimate
from shopbell.runtime.http.weight_answers import WeightsOut, weights
from shopbell.runtime.http.winner_answers import WinnerPartsOut, WinnerSearchOut, trial

_SAID: Final[Mapping[RunWarning, str]] = {
    "throttled_by_chrome": (
        "Chrome's push service takes only so many messages of this store a minute. It does that to sites whose "
        "messages are many and little looked at, for 1, 7 or 14 days: send less, and to those who click. The rest "
        "is sent at 1,000 a minute, as far as it is still of use."
    ),
    "service_unavailable": "A push service did not answer for a while; what is for it is tried again until its ttl.",
    "refused": "A push service refused 50 messages in a row: look at the VAPID keys and the contact. It is paused.",
}


class RunWarningOut(BaseModel):
    """Something that a worker noticed, and when last."""

    code: str
    at: str
    message: str


class EstimateOut(BaseModel):
    """People, with the 95 % interval of the sample."""

    estimate: int
    low: int
    high: int


class OutlookOut(BaseModel):
    """`audience` with its 95 % interval from `low` to `high`: visitors. `reachable`: those of them it would be
    planned for, of whom `max_recipients` draws no more, with its interval too. What segments hold is counted, so
    that its ends are the same; of several very large ones, of a rule and of everybody a sample says it. `recipients`:
    of these, to whom no gate would be closed and who are not held out: those who would get it. `by_service`:
    messages planned.

    `seconds` at the pace that the push services and the campaign's own `per_minute` allow. `outlives_ttl`: it
    would not be through in time, and is refused. Of those who can be reached, people `by_language`, `by_browser`
    and `by_time_zone` (their newest device decides), and those to whom a gate would be closed if it were sent now
    (`skipped`) or would put it off (`deferred`); what products there are for them is not asked. `winner`: who tries
    the variants first, null where nobody does.
    """

    audience: int
    low: int
    high: int
    reachable: int
    reachable_low: int
    reachable_high: int
    recipients: EstimateOut
    by_service: dict[str, int]
    seconds: int
    cost_usd: float
    outlives_ttl: bool
    by_language: dict[str, EstimateOut]
    by_browser: dict[str, EstimateOut]
    by_time_zone: dict[str, EstimateOut]
    skipped: dict[str, EstimateOut]
    deferred: dict[str, EstimateOut]
    winner: WinnerPartsOut | None


class GivenUpOut(BaseModel):
    """An instant of the schedule that came to nothing, and why: `missed`, `skipped_overlapping`, `skipped_paused` or
    `not_approved`: the run before was still being sent, the store sent nothing, nobody agreed in time.

    Of a campaign that looked for a winner, `no_winner`, `ended` or `not_approved`: why the rest got nothing.
    """

    at: str
    reason: str


class ProgressOut(BaseModel):
    """planned = accepted + failed + retired + all that was skipped + open; final once `planning_percent` is 100.

    While a winner is waited for, `percent` and `planning_percent` stand at the part that has tried the variants;
    `per_minute` and `eta` are of the run at hand, null in between. `weights`: those that the run at hand was planned
    with, if they follow what works.
    """

    state: str
    percent: int
    planning_percent: int
    build_percent: int | None
    planned: int
    accepted: int
    failed: int
    failed_by: dict[str, int]
    retired: int
    skipped: dict[str, int]
    deferred: dict[str, int]
    open: int
    started_at: str | None
    per_minute: float | None
    eta: str | None
    given_up: list[GivenUpOut]
    winner: WinnerSearchOut | None
    weights: WeightsOut | None
    warnings: list[RunWarningOut]


def warnings(noticed: Mapping[RunWarning, Instant]) -> list[RunWarningOut]:
    """The latest first."""
    latest = sorted(noticed.items(), key=lambda one: (-one[1], one[0]))
    return [RunWarningOut(code=name, at=format_instant(at), message=_SAID[name]) for name, at in latest]


def estimate(row: Outlook) -> OutlookOut:
    return OutlookOut(
        audience=row.audience.value,
        low=row.audience.low,
        high=row.audience.high,
        reachable=row.reachable.value,
        reachable_low=row.reachable.low,
        reachable_high=row.reachable.high,
        recipients=_one(row.recipients),
        by_service=dict(row.by_service),
        seconds=row.seconds,
        cost_usd=row.cost_usd,
        outlives_ttl=row.outlives_ttl,
        by_language=_people(row.foretold.by_language),
        by_browser=_people(row.foretold.by_browser),
        by_time_zone=_people(row.foretold.by_time_zone),
        skipped=_people(row.foretold.skipped),
        deferred=_people(row.foretold.deferred),
        winner=None if row.tries is None else WinnerPartsOut(test=row.tries[0], rest=row.tries[1]),
    )


def _people(shares: Mapping[str, Estimate]) -> dict[str, EstimateOut]:
    return {name: _one(one) for name, one in shares.items()}


def _one(row: Estimate) -> EstimateOut:
    return EstimateOut(estimate=row.value, low=row.low, high=row.high)


def progress(row: Progress) -> ProgressOut:
    report = row.report
    return ProgressOut(
        state=row.state,
        percent=row.percent,
        planning_percent=row.planning_percent,
        build_percent=row.build_percent,
        planned=report.targeted,
        accepted=report.accepted,
        failed=sum(report.failed.values()),
        failed_by=dict(report.failed),
        retired=report.retired,
        skipped=dict(report.skipped),
        deferred=dict(report.deferred),
        open=report.open,
        started_at=None if row.started_at is None else format_instant(row.started_at),
        per_minute=row.per_minute,
        eta=None if row.eta is None else format_instant(row.eta),
        given_up=[GivenUpOut(at=format_instant(at), reason=why) for at, why in row.given_up],
        winner=trial(row.trial),
        weights=None if row.weighed is None else weights(row.weighed),
        warnings=warnings(row.warnings),
    )
