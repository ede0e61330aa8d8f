"""What became of a campaign: every planned message counted once, by how it ended, and by variant."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.write import found
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import DAY, Clock, Duration
from shopbell.domain.dispatch import RESUMED, counted
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.outcomes import ACCEPTED, NAMES, OPEN, count
from shopbell.domain.runs import ChunkLedger, Run
from shopbell.domain.variants import counted_as, counted_of
from shopbell.ports import Campaigns, Counters, Page, RunProgress, Runs

GIVEN_UP: Final[Duration] = DAY
"""So long after its end a run is over, whatever its ledgers say."""
_DEFERRED: Final = "deferred:"
_RECEIPTS: Final = ("shown", "clicked", "closed", "landed")


@dataclass(frozen=True, slots=True)
class Share:
    """What became of some of a report's messages: targeted = accepted + failed + retired + skipped, none is open."""

    targeted: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    accepted: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)
    retired: int = 0
    receipts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """targeted = accepted + failed + retired + skipped + open, at any moment.

    `targeted` grows while the run is being planned; `receipts` are counted by browsers' own reports. `deferred` says
    how often a gate put a message off; what became of it is in the other numbers, and while it waits it is open.
    The parts of `by_variant` add up to the whole, but for what is open: its variant shows when it ends.
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
    by_variant: Mapping[str, Share] = field(default_factory=dict)


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
        return self.over(self.runs.of_source(campaign.store, "campaign", campaign.id))

    def over(self, runs: Sequence[Run]) -> Report:
        """All of them together."""
        totals, receipts, open_ = Counter[str](), Counter[str](), 0
        finished = bool(runs)
        for run in runs:
            left, done = self._run(run, totals)
            open_ += left
            finished = finished and (done or self.now() >= run.ends_at + GIVEN_UP)
            receipts.update(self.counters.total(run.store, f"run:{run.id}"))
        names = sorted({one.name for run in runs for one in run.variants})
        return _report(totals, receipts, names, open_, finished=finished)

    def _run(self, run: Run, totals: Counter[str]) -> tuple[int, bool]:
        """Adds its outcomes; how many are open, and whether every shard is planned and every message has ended."""
        shards = self.progress.shards(run.store, run.id)
        ended = _ended(run, self.progress.ledgers(run.store, run.id))
        left = sum(row.planned for row in shards) - sum(ended.values())
        steps = Counter(self.counters.total(run.store, counted(run.id)))
        resumed = steps.pop(RESUMED, 0)
        totals.update(ended)
        totals.update(steps)
        left = max(0, left) + max(0, _waiting(ended) + _waiting(steps) - resumed)
        for row in shards:
            totals.update({f"skipped:{reason.removeprefix('skipped:')}": n for reason, n in row.skipped.items()})
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
        """Whoever looks first after the last message has ended writes down that it is sent."""
        if row.status != "sending" or not self.report.of(row).finished:
            return row
        sent = replace(row, status="sent", updated_at=self.now(), revision=row.revision + 1)
        if not self.campaigns.save(sent, expected=row.revision):
            return found(self.campaigns, row.store, row.id)
        self.audience.rest(sent)
        return sent


def _ended(run: Run, ledgers: Iterable[ChunkLedger]) -> Counter[str]:
    """How often each outcome occurs, for the variants that there are."""
    totals: Counter[str] = Counter()
    for ledger in ledgers:
        if not ledger.variants:
            totals.update(count([ledger.codes]))
            continue
        for (code, place), number in Counter(zip(ledger.codes, ledger.variants, strict=True)).items():
            if code != OPEN:
                totals[counted_as(NAMES[code], run.variant_at(place - 1))] += number
    totals.pop("open", None)
    return totals


def _report(
    totals: Mapping[str, int], receipts: Mapping[str, int], names: Sequence[str], open_: int, *, finished: bool
) -> Report:
    shares = {name: _share(totals, receipts, name) for name in names}
    whole = _share(totals, receipts, None)
    return Report(
        targeted=whole.targeted + open_,
        skipped=whole.skipped,
        accepted=whole.accepted,
        failed=whole.failed,
        retired=whole.retired,
        open=open_,
        finished=finished,
        receipts=whole.receipts,
        deferred=_under(_DEFERRED, _of(totals, None)),
        by_variant=shares,
    )


def _share(totals: Mapping[str, int], receipts: Mapping[str, int], variant: str | None) -> Share:
    """`variant` None: of them all."""
    mine, told = _of(totals, variant), _of(receipts, variant)
    return Share(
        targeted=sum(mine.values()) - _waiting(mine),
        skipped=_under("skipped:", mine),
        accepted=mine[ACCEPTED],
        failed=_under("failed:", mine),
        retired=mine["retired"],
        receipts={name: told[name] for name in _RECEIPTS},
    )


def _of(totals: Mapping[str, int], variant: str | None) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, number in totals.items():
        outcome, mine = counted_of(name)
        if variant is None or mine == variant:
            found[outcome] += number
    return found


def _waiting(totals: Mapping[str, int]) -> int:
    """How often a message was put off."""
    return sum(number for name, number in totals.items() if name.startswith(_DEFERRED))


def _under(prefix: str, totals: Mapping[str, int]) -> Mapping[str, int]:
    names: Sequence[str] = sorted(name for name in totals if name.startswith(prefix))
    return {name.removeprefix(prefix): totals[name] for name in names}
