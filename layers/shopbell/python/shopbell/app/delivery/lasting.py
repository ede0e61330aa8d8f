"""When a run that is asked about ends, by what its store did not send."""

from dataclasses import dataclass

from shopbell.domain.clock import Clock
from shopbell.domain.lasting import with_store
from shopbell.domain.runs import Run
from shopbell.ports import Stores


@dataclass(frozen=True, slots=True)
class Lasting:
    stores: Stores
    now: Clock

    def __call__(self, run: Run) -> Run:
        """Raises Unavailable."""
        store = self.stores.get(run.store)
        return run if store is None else with_store(run, store, self.now())
