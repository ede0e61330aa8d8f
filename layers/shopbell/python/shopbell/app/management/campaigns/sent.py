"""What the ledgers of a run say: how its messages ended and when, and whether all of them were sent."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from shopbell.app.delivery.ended import finished
from shopbell.domain.clock import Instant
from shopbell.domain.dispatch import RESUMED, counted
from shopbell.domain.outcomes import ACCEPTED, CODES, NAMES, OPEN, count
from shopbell.domain.quarters import placed
from shopbell.domain.reports import put_off
from shopbell.domain.runs import ChunkLedger, Run
from shopbell.domain.scenarios.missing import ALL, lost, subject_of
from shopbell.domain.variants import counted_as, counted_of
from shopbell.ports import Counters, RunProgress

_ACCEPTED: Final = CODES[ACCEPTED]
_WAITED_FOR: Final = frozenset({"deferred:quiet_hours", "deferred:throttled"})


@dataclass(frozen=True, slots=True)
class RunSent:
    """Whether all of a run was sent: it holds for many at once, so what quiet hours put off is waited for.

    Nobody waits for the few whom a cap, a rival or their own clock puts off, for as long as it may. Which of those
    that were put off have come since is not told apart: all count as having waited for quiet hours, so that at worst
    it is sent a little early, and never not at all.
    """

    progress: RunProgress
    counters: Counters
    missed: Counters

    def __call__(self, run: Run) -> bool:
        """Raises Unavailable."""
        return finished(self.progress, run) and self._waiting(run) <= 0

    def _waiting(self, run: Run) -> int:
        ends = Counter(count(ledger.codes for ledger in self.progress.ledgers(run.store, run.id)))
        if not put_off(ends):
            return 0
        for name, number in self.counters.total(run.store, counted(run.id)).items():
            ends[counted_of(name)[0]] += number
        return sum(ends[name] for name in _WAITED_FOR) - ends[RESUMED] - self._lost(run)

    def _lost(self, run: Run) -> int:
        """How many of it ended while they waited."""
        own, shared = (self.missed.total(run.store, subject_of(whose)) for whose in (run.source_id, ALL))
        return lost(run.source_id, own, shared).of_runs.get(run.id, 0)


def timed_in(run: Run, ledgers: Iterable[ChunkLedger], when: Counter[Instant] | None) -> Iterator[ChunkLedger]:
    """The same, and when those that were accepted were; what is not known of was when the run was made."""
    for ledger in ledgers:
        if when is not None:
            when.update(placed(ledger.codes.count(_ACCEPTED), ledger.accepted_at, run.created_at))
        yield ledger


def ended_in(run: Run, ledgers: Iterable[ChunkLedger]) -> Counter[str]:
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
