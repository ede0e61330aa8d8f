"""How far a campaign is while it is being sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopbell.app.management.campaigns.report import ReadReport
from shopbell.app.management.campaigns.trial import Trial, undecided
from shopbell.app.management.campaigns.write import found
from shopbell.domain.campaigns import Campaign, CampaignStatus
from shopbell.domain.clock import MINUTE, Clock, Instant
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.reports import Report
from shopbell.domain.runs import Run, RunWarning
from shopbell.domain.winner import Weighed
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
    trial: Trial | None = None
    """How far it is with finding its winner; None: it looks for none."""
    weighed: Weighed | None = None
    """Where the weights of the run at hand come from; None: they are the marketer's."""

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
        report, trial = self.report.over(runs), self.report.search(campaign, every)
        read = self._read_all(campaign, every if trial is not None else runs[:1])
        ended = report.targeted - report.open
        whole = ended / report.targeted if report.targeted else 1.0
        over = report.finished and not undecided(campaign, every)
        state: CampaignStatus = _state(campaign, over=over) if runs else campaign.status
        pace, eta = self._pace_of(trial, state, runs, report)
        return Progress(
            state=state,
            percent=100 if over else min(99, int(100 * read * whole)),
            planning_percent=int(100 * read),
            report=report,
            per_minute=pace,
            eta=eta,
            started_at=min(run.created_at for run in runs) if runs else None,
            build_percent=None if runs else self._built(campaign),
            given_up=tuple((run.scheduled_at, run.given_up) for run in every if run.given_up),
            trial=trial,
            weighed=runs[0].weighed if runs else None,
        )

    def _read_all(self, campaign: Campaign, runs: Sequence[Run]) -> float:
        """Of a campaign of two runs each counts for its part of the audience."""
        return sum(self._read(run) * _part(campaign, run) for run in runs)

    def _pace_of(
        self, trial: Trial | None, state: CampaignStatus, runs: Sequence[Run], report: Report
    ) -> tuple[float | None, Instant | None]:
        """Of the run at hand; none while it is waited for a winner."""
        if not runs or (trial is not None and trial.state == "waiting"):
            return None, None
        current = max(runs, key=lambda run: run.created_at) if trial is not None else runs[0]
        mine = self.report.over([current]) if len(runs) > 1 and trial is not None else report
        pace = self._pace(state, current, mine)
        return pace, _eta(self.now(), self._read(current), mine, pace)

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


def _part(campaign: Campaign, run: Run) -> float:
    """Of the audience."""
    phase = run.terms.phase
    if campaign.winner is None or phase is None:
        return 1.0
    return (100 - phase.percent if phase.rest else phase.percent) / 100


def _state(campaign: Campaign, *, over: bool) -> CampaignStatus:
    """Of what comes again, that of the run at hand."""
    if campaign.status == "scheduled" and not over:
        return "sending"
    return "sent" if campaign.status == "sending" and over else campaign.status


def _eta(now: Instant, read: float, report: Report, pace: float | None) -> Instant | None:
    """While the audience is still being read, what is left of it is taken to be like what was read."""
    if not pace or not read:
        return None
    left = report.targeted / read - (report.targeted - report.open)
    return now + round(left * MINUTE / pace)
