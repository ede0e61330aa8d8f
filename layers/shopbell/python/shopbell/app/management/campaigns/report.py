"""What became of a campaign: every planned message counted once, by how it ended, and by variant."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.sent import RunSent, ended_in, timed_in
from shopbell.app.management.campaigns.trial import Trial, rest_of, trial_of, tried_of, undecided
from shopbell.app.management.campaigns.write import found
from shopbell.domain.campaigns import Campaign, CampaignStatus
from shopbell.domain.clock import DAY, HOUR, Clock, Duration, Instant
from shopbell.domain.dispatch import RESUMED, accepted_of, counted
from shopbell.domain.ids import CampaignId, RunId, StoreId
from shopbell.domain.lasting import latest, unheld
from shopbell.domain.quarters import Quarters, placed, reached
from shopbell.domain.reports import NO_STEP, Report, added_up, left_out, put_off
from shopbell.domain.runs import Run
from shopbell.domain.runwarnings import latest_warnings
from shopbell.domain.scenarios.missing import ALL, Lost, lost, subject_of
from shopbell.ports import Campaigns, Counters, Page, RunProgress, Runs
from shopbell.ports.attribution import ReportCounts

StepsAt = Callable[[StoreId, RunId], Quarters]
"""When the steps of a run were accepted."""
MOST: Final = 90
GIVEN_UP: Final[Duration] = DAY
"""So long after its end a run is over, whatever its ledgers say."""


def _not_known(_: StoreId, __: RunId) -> Quarters:
    """Of whom nobody asks when."""
    return {}


@dataclass(frozen=True, slots=True)
class ReadReport:
    campaigns: Campaigns
    runs: Runs
    progress: RunProgress
    counters: Counters
    missed: Counters
    """Of messages that ended while they waited, counted where visitors are."""
    counts: ReportCounts
    """Of what messages brought."""
    now: Clock
    steps_at: StepsAt = _not_known
    lasting: Callable[[Run], Run] = unheld

    def __call__(self, store: StoreId, name: CampaignId, *, timed: bool = False) -> Report:
        return self.of(found(self.campaigns, store, name), timed=timed)

    def of(self, campaign: Campaign, *, timed: bool = False) -> Report:
        """Over all runs of the campaign; zeros before the first. Of one that recurs, those that are still kept.

        `timed`: also when messages were accepted.
        """
        store, name = campaign.store, campaign.id
        runs = self.runs.of_source(store, "campaign", name)
        if len({run.scheduled_at for run in runs}) > 1:
            since = min(run.scheduled_at for run in runs)
            return replace(self.over(runs, told=self.told(store, [name], since), timed=timed), since=since)
        return self.over(runs, told=[self.counts.totals(store, name)] if runs else (), timed=timed)

    def trial(self, store: StoreId, name: CampaignId) -> Trial | None:
        """How far it is with finding its winner; None: it looks for none."""
        campaign = found(self.campaigns, store, name)
        return self.search(campaign, self.runs.of_source(store, "campaign", name))

    def search(self, campaign: Campaign, runs: Sequence[Run]) -> Trial | None:
        """The same of what is at hand."""
        runs = runs if campaign.winner is None else [*map(self.lasting, runs)]
        tried = tried_of(runs)
        sent = tried is not None and self.sent(tried)
        return trial_of(campaign, runs, sent=sent, most_at=self.most_at(tried) if sent and tried else None)

    def sent(self, run: Run) -> bool:
        """Whether all of it is, what waits for quiet hours to end too."""
        return RunSent(self.progress, self.counters, self.missed)(run)

    def most_at(self, run: Run) -> Instant | None:
        """The quarter of an hour by which nine in ten of what was accepted of it were; None: nothing was."""
        return reached(self.over([run], timed=True).accepted_at, MOST)

    def told(self, store: StoreId, sources: Iterable[str], since: Instant) -> Sequence[Mapping[str, int]]:
        """What their messages brought while there are runs of them: older would stand beside nothing sent."""
        end = self.now() + DAY
        return [cells for name in sources for _, cells in self.counts.hours(store, name, since - HOUR, end)]

    def over(
        self,
        runs: Sequence[Run],
        also: Iterable[tuple[StoreId, str]] = (),
        told: Sequence[Mapping[str, int]] = (),
        *,
        timed: bool = False,
        alone: bool = False,
    ) -> Report:
        """All of them together, and what ended while it waited of their sources and of `also`.

        `told`: what their messages brought, by the names of cells. `alone`: what ended of other runs is left out.
        """
        totals: dict[int, Counter[str]] = {}
        when: Counter[Instant] | None = Counter() if timed else None
        open_, finished = 0, bool(runs)
        mine_alone = {run.id for run in runs} if alone else None
        ended = self._lost({*also, *((run.store, run.source_id) for run in runs)}, mine_alone)
        if ended.outcomes:
            totals[NO_STEP] = Counter(ended.outcomes)
        for run in runs:
            mine = totals.setdefault(run.terms.step, Counter())
            left, done = self._run(run, mine, ended.of_runs.get(run.id, 0), when)
            open_ += left
            finished = finished and (done or self.now() >= self.lasting(run).ends_at + GIVEN_UP)
        names = sorted({one.name for run in runs for one in run.variants})
        report = added_up(totals, told, names, open_, finished=finished)
        newest = max(runs, key=lambda run: run.created_at, default=None)
        percent = 0 if newest is None else newest.terms.holdout_percent
        return replace(report, warnings=latest_warnings(runs), holdout_percent=percent, accepted_at=when or {})

    def _lost(self, sources: Iterable[tuple[StoreId, str]], runs: Collection[str] | None) -> Lost:
        outcomes, of_runs = Counter[str](), Counter[str]()
        for store, source in sorted(sources):
            of_all = self.missed.total(store, subject_of(ALL))
            found = lost(source, self.missed.total(store, subject_of(source)), of_all, runs)
            outcomes.update(found.outcomes)
            of_runs.update(found.of_runs)
        return Lost(outcomes, of_runs)

    def _run(self, run: Run, totals: Counter[str], lost: int, when: Counter[Instant] | None) -> tuple[int, bool]:
        """Adds its outcomes; how many are open, and whether every shard is planned and every message has ended.

        `lost`: so many of those that it had put off ended while they waited. `when`: when they were accepted.
        """
        shards = self.progress.shards(run.store, run.id)
        ended = ended_in(run, timed_in(run, self.progress.ledgers(run.store, run.id), when))
        left = sum(row.planned for row in shards) - sum(ended.values())
        steps = Counter(self.counters.total(run.store, counted(run.id)))
        resumed = steps.pop(RESUMED, 0)
        if when is not None and (accepted := accepted_of(steps)):
            when.update(placed(accepted, self.steps_at(run.store, run.id), run.created_at))
        totals.update(ended)
        totals.update(steps)
        left = max(0, left) + max(0, put_off(ended) + put_off(steps) - resumed - lost)
        for row in shards:
            totals.update(left_out(row.skipped))
        return left, len(shards) == run.shards and all(row.done for row in shards) and not left


@dataclass(frozen=True, slots=True)
class ReadCampaigns:
    campaigns: Campaigns
    report: ReadReport
    audience: KeepAudience
    now: Clock

    def one(self, store: StoreId, name: CampaignId) -> Campaign:
        return self._settled(found(self.campaigns, store, name))

    def list(self, store: StoreId, cursor: str | None, limit: int) -> Page[Campaign]:
        """Newest first."""
        page = self.campaigns.page(store, cursor, limit)
        return Page(tuple(self._settled(row) for row in page.items), page.cursor)

    def _settled(self, row: Campaign) -> Campaign:
        """Whoever looks first after the last message has ended writes down that it is sent.

        What comes again is shown as sending while a run of it is.
        """
        if row.status == "scheduled" and row.schedule is not None and row.schedule.cron is not None:
            return replace(row, status="sending") if self._in_flight(row) else row
        if row.status != "sending":
            return row
        runs = self.report.runs.of_source(row.store, "campaign", row.id)
        if row.unplanned and all(run.scheduled_at != row.sent_at for run in runs):
            return row  # those are of earlier times: its last is still to be made
        if undecided(row, runs) or not self.report.over(runs).finished:
            return row
        after: CampaignStatus = "cancelled" if all(run.given_up for run in runs) else "sent"
        rest = rest_of(runs)
        decision = rest.decision if rest is not None else row.decision
        sent = replace(row, status=after, decision=decision, updated_at=self.now(), revision=row.revision + 1)
        if not self.campaigns.save(sent, expected=row.revision):
            return found(self.campaigns, row.store, row.id)
        self.audience.rest(sent)
        return sent

    def _in_flight(self, row: Campaign) -> bool:
        """Whether its newest run has messages left. The store is read only where a pause could have moved its end."""
        runs = self.report.runs.of_source(row.store, "campaign", row.id)
        newest = next((run for run in runs if not run.given_up), None)
        if newest is None or (now := self.now()) >= latest(newest):
            return False
        lasts = now < newest.ends_at or now < self.report.lasting(newest).ends_at
        return lasts and not self.report.sent(newest)
