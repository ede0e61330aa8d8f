"""A product's timer is due: if what it waited for still holds, those who are interested are told, wave by wave."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.catalogue.places import Places, Wave
from shopbell.app.newswork import MAX_TOLD, NewsWork, Person, news_message
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import MINUTE, Clock, Instant
from shopbell.domain.goods import Awaits, Timer, holds, is_scarce, people
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.interest import Told, interested
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.tidings import lowest, morning, rested
from shopbell.domain.watchers import shelf_of
from shopbell.ports import Catalogue, Queue, Stockroom, Stores, Timers, Watch

_VERSIONS: Final = 100
ReadPlans = Callable[[StoreId], Mapping[str, Plan]]


@dataclass(frozen=True, slots=True)
class TellNews:
    """One wave. Who dies after the messages tells the same people again, to whom it is then no news."""

    timers: Timers
    watch: Watch
    catalogue: Catalogue
    stockroom: Stockroom
    stores: Stores
    places: Places
    plans: ReadPlans
    due: Queue
    now: Clock

    def __call__(self, store: StoreId, product: ProductId, scenario: str) -> Counter[str]:
        """Raises Unavailable. A timer that was moved meanwhile is left to its new instant."""
        now, timer = self.now(), self.timers.get(store, product, scenario)
        if timer is None or timer.due is None or timer.due > now:
            return Counter({"timers_moved": 1})
        found = self.catalogue.get_many(store, [product]).get(product)
        plan = self.plans(store).get(scenario)
        if found is None or plan is None or plan.awaits is None or not holds(found, timer, plan.awaits):
            return self._rest(timer, "news_off")
        morning = self._morning(store, plan, found, now)
        if morning is not None:
            self.timers.save(replace(timer, due=morning))
            return Counter({"news_quiet_hours": 1})
        wave = self._wave(found, timer, plan, plan.awaits, now)
        self.due.send([news_message(work) for work in _messages(timer, found, wave.told, now)])
        counts = Counter({"news_waves": 1, "news_told": len(wave.told)}) + wave.passed
        if wave.over:
            return counts + self._rest(replace(timer, gone=False), "news_done")
        wait = plan.awaits.every if wave.told else MINUTE
        self.timers.save(replace(timer, due=now + wait, after=wave.after))
        return counts

    def _wave(self, product: Product, timer: Timer, plan: Plan, awaits: Awaits, now: Instant) -> Wave:
        """Where places are few, of those who can be told; else whoever cannot be is found out one by one."""
        rows = self.watch.of(timer.store, shelf_of(product.id, product.group_id))
        everyone = interested(rows, product, awaits, self._reference(product, timer, awaits, now), now)
        left = [one for one in everyone if one.place > timer.after]
        size = people(awaits, product)
        if size is not None and is_scarce(awaits, product):
            return self.places(timer, plan, left, size, now)
        told = left[:size]
        over = len(told) == len(left)
        return Wave(told, "" if over else told[-1].place, over=over, passed=Counter())

    def _morning(self, store: StoreId, plan: Plan, product: Product, now: Instant) -> Instant | None:
        found = self.stores.get(store) if plan.awaits is not None and is_scarce(plan.awaits, product) else None
        return None if found is None else morning(found, plan, product, now)

    def _reference(self, product: Product, timer: Timer, awaits: Awaits, now: Instant) -> int | None:
        if awaits.reference != "lowest":
            return timer.base
        page = self.stockroom.versions(timer.store, product.id, None, _VERSIONS)
        least = lowest(page.items, product, now)
        return timer.base if least is None else least

    def _rest(self, timer: Timer, why: str) -> Counter[str]:
        self.timers.save(rested(timer))
        return Counter({why: 1})


def _messages(timer: Timer, product: Product, told: Sequence[Told], now: Instant) -> Iterator[NewsWork]:
    news = NewsWork(timer.store, timer.scenario, timer.product, timer.news, product.price, product.currency, now, ())
    people = [Person(one.visitor, one.seen_at, one.was, one.saw, one.requested) for one in told]
    for start in range(0, len(people), MAX_TOLD):
        yield replace(news, people=tuple(people[start : start + MAX_TOLD]))
