"""That a campaign's run is through: how it ended, and what had become of its messages by then."""

from dataclasses import dataclass
from typing import Literal

from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import Instant, format_instant
from shopbell.domain.events import Json
from shopbell.domain.ids import RunId
from shopbell.domain.reports import Report
from shopbell.domain.runs import Run

Outcome = Literal["sent", "cancelled", "given_up", "expired"]


@dataclass(frozen=True, slots=True)
class Finished:
    """`run` None: the campaign was called off before it had one."""

    campaign: Campaign
    run: Run | None
    report: Report
    at: Instant
    started_at: Instant | None = None
    """When the first run of that instant was made; None: none was begun."""

    @property
    def occurrence(self) -> str:
        """What its notice is named by: a run is through once."""
        return self.campaign.id if self.run is None else self.run.id

    def data(self) -> dict[str, Json]:
        """As receivers read it."""
        outcome, reason = outcome_of(self.run, self.report, self.at)
        run: RunId | None = None if self.run is None else self.run.id
        return {
            "campaign_id": self.campaign.id,
            "campaign_name": self.campaign.name,
            "run_id": run,
            "scheduled_at": _text(_scheduled(self.campaign, self.run)),
            "started_at": _text(self.started_at),
            "finished_at": format_instant(self.at),
            "outcome": outcome,
            "reason": reason,
            "counts": counts(self.report),
        }


def outcome_of(run: Run | None, report: Report, now: Instant) -> tuple[Outcome, str | None]:
    """How it ended, and why if not by itself or by somebody's hand. `run`: with the end that stands."""
    if run is None:
        return "cancelled", None
    if run.given_up is not None:
        return "given_up", run.given_up
    if run.state == "cancelled":
        return "cancelled", None
    if report.open or (now >= run.ends_at and report.skipped.get("expired")):
        return "expired", "refused" if "refused" in run.warnings else "time_over"
    return "sent", None


def counts(report: Report) -> dict[str, Json]:
    """Named as in the report: targeted = left_out + planned = accepted + failed + retired + all skipped + open."""
    return {
        "targeted": report.targeted,
        "planned": report.planned,
        "left_out": dict(report.left_out),
        "accepted": report.accepted,
        "failed": sum(report.failed.values()),
        "failed_by": dict(report.failed),
        "retired": report.retired,
        "skipped": dict(report.skipped),
        "open": report.open,
    }


def _scheduled(campaign: Campaign, run: Run | None) -> Instant | None:
    if run is not None:
        return run.scheduled_at
    return None if campaign.schedule is None else campaign.schedule.at


def _text(at: Instant | None) -> str | None:
    return None if at is None else format_instant(at)
