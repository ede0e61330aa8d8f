"""How far a campaign is while it is being sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from shopbell.app.management.campaigns.report import ReadReport
from shopbell.app.management.campaigns.write import found
from shopbell.domain.campaigns import Campaign, CampaignStatus
from shopbell.domain.clock import MINUTE, Clock, Instant
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.reports import Report
from shopbell.domain.runs import Run, RunWarning
from shopbell.ports import Campaigns, RunProgress, Runs, Segments


@dataclass(frozen=True, slots=True)
class Progress:
    """`planned` grows until every part of the audience was read (`planning_percent`); what is open counts to it.

    `per_minute` and `eta` only while it is being sent and something has been; an eta is where the pace since the
    start leads to. Of what comes again it is about the latest run.
    """

    state: CampaignStatus
    percent: int
    planning_percent: int
    report: Report
    per_minute: float | None = None
    eta: Instant | None = None
    started_at: Instant | None = None
    build_percent: int | None = None
    """While the segment of its own rule is still being built (ruling 19)."""
    given_up: tuple[tuple[Instant, str], ...] = ()
    """Instants of its schedule that came to nothing, the latest first, each with why."""

    @property
    def warnings(self) -> Mapping[RunWarning, Instant]:
        return self.report.warnings


@dataclass(frozen=True, slots=True)
class ReadProgress:
    campaigns: Campaigns
    segments: Segments
    runs: Runs
    progress: RunProgress
    report: ReadReport
    now: Clock

    def __call__(self, store: StoreId, name: CampaignId) -> Progress:
        campaign = found(self.campaigns, store, name)
        every = self.runs.of_source(store, "campaign", campaign.id)
        recurs = campaign.schedule is not None and campaign.schedule.cron is not None
        runs = [run for run in every if not run.given_up][: 1 if recurs else None]
        report = self.report.over(runs)
        read = self._read(runs[0]) if runs else 0.0
        ended = report.targeted - report.open
        whole = ended / report.targeted if report.targeted else 1.0
        percent = 100 if report.finished else min(99, int(100 * read * whole))
        state: CampaignStatus = _state(campaign, report) if runs else campaign.status
        pace = self._pace(state, runs[0], report) if runs else None
        return Progress(
            state=state,
            percent=percent,
            planning_percent=int(100 * read),
            report=report,
            per_minute=pace,
            eta=_eta(self.now(), read, report, pace),
            started_at=runs[0].created_at if runs else None,
            build_percent=None if runs else self._built(campaign),
            given_up=tuple((run.scheduled_at, run.given_up) for run in every if run.given_up),
        )

    def _read(self, run: Run) -> float:
        """The share of the audience's shards that were read to their end."""
        done = sum(row.done for row in self.progress.shards(run.store, run.id))
        return done / run.shards if run.shards else 1.0

    def _pace(self, state: CampaignStatus, run: Run, report: Report) -> float | None:
        took, posted = self.now() - run.created_at - run.shift, report.targeted - report.open
        return round(posted * MINUTE / took, 1) if state == "sending" and took > 0 and posted else None

    def _built(self, campaign: Campaign) -> int | None:
        name = campaign.audience.rule_segment
        begins = campaign.status in {"scheduled", "sending"}
        row = self.segments.get(campaign.store, name) if name and begins else None
        return row.build_percent or 0 if row is not None and row.state == "building" else None


def _state(campaign: Campaign, report: Report) -> CampaignStatus:
    """Of what comes again, that of the run at hand."""
    if campaign.status == "scheduled" and not report.finished:
        return "sending"
    return "sent" if campaign.status == "sending" and report.finished else campaign.status


def _eta(now: Instant, read: float, report: Report, pace: float | None) -> Instant | None:
    """While the audience is still being read, what is left of it is taken to be like what was read."""
    if not pace or not read:
        return None
    left = report.targeted / read - (report.targeted - report.open)
    return now + round(left * MINUTE / pace)
