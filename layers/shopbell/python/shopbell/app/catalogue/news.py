"""Products that changed: each change moves the timers of the scenarios that wait for it, once however it is told."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.errors import Unavailable
from shopbell.domain.goods import Timer, moved
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.versions import Change
from shopbell.ports import Timers

TRIES: Final = 8
ReadPlans = Callable[[StoreId], Mapping[str, Plan]]
News = tuple[StoreId, Change]


@dataclass(frozen=True, slots=True)
class NoteNews:
    """The stream of the catalogue. A timer remembers the change that moved it, so that a repeat moves nothing."""

    timers: Timers
    plans: ReadPlans

    def __call__(self, news: Iterable[News]) -> Mapping[str, int]:
        """In the order of the stream. Raises Unavailable: then all of it may come again."""
        counts: Counter[str] = Counter()
        known: dict[StoreId, Mapping[str, Plan]] = {}
        for store, change in news:
            counts.update(kinds(change))
            if store not in known:
                known[store] = self.plans(store)
            for plan in known[store].values():
                if plan.awaits is not None:
                    counts += self._note(store, plan, change)
        return counts

    def _note(self, store: StoreId, plan: Plan, change: Change) -> Counter[str]:
        if plan.awaits is None or change.after is None:
            return Counter()
        product, name = change.after.product.id, plan.scenario
        for _ in range(TRIES):
            timer = self.timers.get(store, product, name) or Timer(store, product, name)
            after = moved(timer, change, plan.awaits)
            if after is None:
                return Counter({"timers_left": 1})
            if self.timers.save(after):
                return Counter({"timers_armed" if after.due is not None else "timers_stopped": 1})
        raise Unavailable(f"another change of the product came first {TRIES} times")


def kinds(change: Change) -> Mapping[str, int]:
    """The events that a change is, each once (api.md, Tracking)."""
    if change.after is None:
        return {}
    if change.before is None:
        return {"product_created": 1}
    back = _on_sale(change.after.product) and not _on_sale(change.before.product)
    return {"product_price_changed": int(change.price_changed), "product_back_in_stock": int(back)}


def _on_sale(product: Product) -> bool:
    return product.active and product.available
