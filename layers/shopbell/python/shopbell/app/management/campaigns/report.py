"""What became of a campaign: every planned message counted once, by how it ended."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.write import found
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import DAY, Clock, Duration
from shopbell.domain.dispatch import RESUMED, counted
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.outcomes import ACCEPTED, count
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.fly import PREFIX
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.ports import Campaigns, Counters, Page, RunProgress, Runs

GIVEN_UP: Final[Duration] = DAY
"""So long after its end a run is over, whatever its ledgers say."""
_DEFERRED: Final = "deferred:"
_RECEIPTS: Final = ("shown", "clicked", "closed", "landed")


@dataclass(frozen=True, slots=True)
class Report:
    """targeted = accepted + failed + retired + skipped + open, at any moment.

    `targeted` grows while the run is being planned; `receipts` are counted by browsers' own reports. `deferred` says
    how often a gate put a message off; what became of it is in the other numbers, and while it waits it is open.
    """

    targeted: int
    skipped: Mapping[str, int]
    accepted: int
    failed: Mapping[str, int]
    retired: int
    open: int
    finished: bool
    receipts: Mapping[str, int] = field(default_factory=dict)
    deferred: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadReport:
    campaigns: Campaigns
    runs: Runs
    progress: RunProgress
    counters: Counters
    now: Clock

    def __call__(self, store: StoreId, name: CampaignId) -> Report:
        return self.of(found(self.campaigns, store, name))

    def of(self, campaign: Campaign) -> Report:
        """Over all runs of the campaign; zeros before the first."""
        return self._over(self.runs.of_source(campaign.store, "campaign", campaign.id))

    def of_scenario(self, store: StoreId, name: str) -> Report:
        """Over all its runs that are still kept, scheduled and triggered alike. NotFound for a name that is none.

        A marketer's own trigger has a report of its own, under `fly_mode:<trigger id>`.
        """
        if name not in SCENARIOS and not name.startswith(PREFIX):
            raise NotFound(name)
        return self._over(self.runs.of_source(store, "scenario", name))

    def _over(self, runs: Sequence[Run]) -> Report:
        totals: Counter[str] = Counter()
        receipts: Counter[str] = Counter()
        finished = bool(runs)
        for run in runs:
            done = self._run(run, totals)
            finished = finished and (done or self.now() >= run.ends_at + GIVEN_UP)
            receipts.update(self.counters.total(run.store, f"run:{run.id}"))
        return _report(totals, finished=finished, receipts={name: receipts[name] for name in _RECEIPTS})

    def _run(self, run: Run, totals: Counter[str]) -> bool:
        """Adds its outcomes; True when every shard is planned and every message has ended."""
        shards = self.progress.shards(run.store, run.id)
        ended = count(ledger.codes for ledger in self.progress.ledgers(run.store, run.id))
        ended.pop("open", None)
        left = sum(row.planned for row in shards) - sum(ended.values())
        steps = Counter(self.counters.total(run.store, counted(run.id)))
        resumed = steps.pop(RESUMED, 0)
        totals.update(ended)
        totals.update(steps)
        left = max(0, left) + max(0, _waiting(ended) + _waiting(steps) - resumed)
        totals["open"] += left
        for row in shards:
            totals.update({f"skipped:{reason.removeprefix('skipped:')}": n for reason, n in row.skipped.items()})
        return len(shards) == run.shards and all(row.done for row in shards) and not left


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
        """Whoever looks first after the last message has ended writes down that it is sent."""
        if row.status != "sending" or not self.report.of(row).finished:
            return row
        sent = replace(row, status="sent", updated_at=self.now(), revision=row.revision + 1)
        if not self.campaigns.save(sent, expected=row.revision):
            return found(self.campaigns, row.store, row.id)
        self.audience.rest(sent)
        return sent


def _report(totals: Mapping[str, int], *, finished: bool, receipts: Mapping[str, int]) -> Report:
    return Report(
        targeted=sum(totals.values()) - _waiting(totals),
        skipped=_under("skipped:", totals),
        accepted=totals.get(ACCEPTED, 0),
        failed=_under("failed:", totals),
        retired=totals.get("retired", 0),
        open=totals.get("open", 0),
        finished=finished,
        receipts=receipts,
        deferred=_under(_DEFERRED, totals),
    )


def _waiting(totals: Mapping[str, int]) -> int:
    """How often a message was put off."""
    return sum(number for name, number in totals.items() if name.startswith(_DEFERRED))


def _under(prefix: str, totals: Mapping[str, int]) -> Mapping[str, int]:
    names: Sequence[str] = sorted(name for name in totals if name.startswith(prefix))
    return {name.removeprefix(prefix): totals[name] for name in names}
