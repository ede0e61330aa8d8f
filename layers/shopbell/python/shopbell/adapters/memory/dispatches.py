"""Steps on their way, in memory."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.clock import Instant
from shopbell.domain.dispatch import Dispatch, accepted_of, counted
from shopbell.domain.ids import RunId, StoreId, VisitorId
from shopbell.domain.quarters import Quarters, quarter_of


@dataclass(frozen=True, slots=True)
class MemoryDispatches:
    world: MemoryWorld

    def get(self, store: StoreId, visitor: VisitorId, name: str) -> Dispatch | None:
        with self.world.lock:
            return self.world.dispatches.get((store, visitor, name))

    def save(self, dispatch: Dispatch, counts: Mapping[str, int] | None = None, at: Instant = 0) -> bool:
        place = (dispatch.store, dispatch.visitor, dispatch.name)
        with self.world.lock:
            known = self.world.dispatches.get(place)
            if (0 if known is None else known.version) != dispatch.version:
                return False
            self.world.dispatches[place] = dispatch.later()
            rows = self.world.counters.setdefault((dispatch.store, counted(dispatch.run)), {})
            last, tally = rows.get("0", ("", {}))
            rows["0"] = (last, dict(Counter(tally) + Counter(counts or {})))
            times = self.world.accepted_at.setdefault((dispatch.store, dispatch.run), Counter())
            times[quarter_of(at)] += accepted_of(counts or {})
        return True

    def accepted(self, store: StoreId, run: RunId) -> Quarters:
        with self.world.lock:
            return {when: number for when, number in self.world.accepted_at.get((store, run), {}).items() if number}
