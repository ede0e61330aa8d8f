"""Whether a run has nothing left to send: asked of its ledgers, and remembered for some seconds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.app.delivery.plan import run_id
from shopbell.domain.clock import SECOND, Clock, Duration, Instant
from shopbell.domain.ids import RunId, StoreId
from shopbell.domain.lasting import standing
from shopbell.domain.outcomes import count
from shopbell.domain.runs import Run
from shopbell.domain.store import Store
from shopbell.ports import RunProgress, Runs

KEEP: Final[Duration] = 10 * SECOND
MAX_RUNS: Final = 1_000
Ended = Callable[[StoreId, str, Instant], bool]
"""Of a scenario and instant; False where there is no such run yet."""


def finished(progress: RunProgress, run: Run) -> bool:
    """Whether all of it was planned, and all that was planned has its end or was put off."""
    shards = progress.shards(run.store, run.id)
    if len(shards) < run.shards or not all(row.done for row in shards):
        return False
    ended = count(ledger.codes for ledger in progress.ledgers(run.store, run.id))
    return sum(ended.values()) - ended.get("open", 0) >= sum(row.planned for row in shards)


def in_flight(sent: Callable[[Run], bool], runs: Iterable[Run], before: Run, store: Store, now: Instant) -> bool:
    """Whether one of the runs that came before that one is still being sent. `sent`: whether all of a run is.

    What push services stopped holds up the next no longer than if it went on: nobody may be there to resume it.
    """
    earlier = (one for one in runs if one.scheduled_at < before.scheduled_at and one.state != "cancelled")
    going = (replace(one, state="sending") if one.state == "paused" else one for one in earlier)
    return any(now < standing(one, store, now).ends_at and not sent(one) for one in going)


@dataclass(frozen=True, slots=True)
class HasEnded:
    """Make one for a process: a run to many has a ledger for each 500, and everybody who yields to it asks."""

    runs: Runs
    progress: RunProgress
    now: Clock
    known: dict[tuple[StoreId, RunId], tuple[Instant, bool]] = field(default_factory=dict)

    def __call__(self, store: StoreId, scenario: str, at: Instant) -> bool:
        """Raises Unavailable."""
        name, now = (store, run_id(store, "scenario", scenario, at)), self.now()
        known = self.known.get(name)
        if known is None or not 0 <= now - known[0] < KEEP:
            if len(self.known) >= MAX_RUNS:
                self.known.clear()
            known = self.known[name] = now, self._ended(*name)
        return known[1]

    def _ended(self, store: StoreId, name: RunId) -> bool:
        run = self.runs.get(store, name)
        return run is not None and (run.state != "sending" or finished(self.progress, run))


def not_known(_: StoreId, __: str, ___: Instant) -> bool:
    """For who cannot look."""
    return False
