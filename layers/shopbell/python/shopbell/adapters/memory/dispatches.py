"""Steps on their way, in memory."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.dispatch import Dispatch, counted
from shopbell.domain.ids import StoreId, VisitorId


@dataclass(frozen=True, slots=True)
class MemoryDispatches:
    world: MemoryWorld

    def get(self, store: StoreId, visitor: VisitorId, name: str) -> Dispatch | None:
        with self.world.lock:
            return self.world.dispatches.get((store, visitor, name))

    def save(self, dispatch: Dispatch, counts: Mapping[str, int] | None = None) -> bool:
        place = (dispatch.store, dispatch.visitor, dispatch.name)
        with self.world.lock:
            known = self.world.dispatches.get(place)
            if (0 if known is None else known.version) != dispatch.version:
                return False
            self.world.dispatches[place] = dispatch.later()
            rows = self.world.counters.setdefault((dispatch.store, counted(dispatch.run)), {})
            last, tally = rows.get("0", ("", {}))
            rows["0"] = (last, dict(Counter(tally) + Counter(counts or {})))
        return True
