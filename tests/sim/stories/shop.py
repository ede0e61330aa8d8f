"""The shop that stories are played in: as in production, with plans from settings and products from what sells."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from shopbell.adapters.memory.catalogue import MemoryAssortment, MemoryCatalogue, MemoryStockroom
from shopbell.adapters.memory.demand import MemoryDemandCounters, MemoryTops
from shopbell.adapters.memory.goods import MemoryTimers, MemoryWatch
from shopbell.adapters.memory.triggers import MemoryTriggers
from shopbell.app.catalogue.news import NoteNews
from shopbell.app.catalogue.places import Places
from shopbell.app.catalogue.telling import TellNews
from shopbell.app.delivery.dayrun import DayRun
from shopbell.app.delivery.posting import Posting
from shopbell.app.demand import CountDemand, Record
from shopbell.app.newswork import is_news, read_news
from shopbell.app.recommend import Picked, Recommend
from shopbell.app.rollup import Refresh, RollUp
from shopbell.app.scenarios.following import KeepTrigger
from shopbell.app.scenarios.own import own_plans
from shopbell.app.scenarios.plans import Plans
from shopbell.app.scenarios.triggers import CreateTrigger
from shopbell.app.shelves import Shelves
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.events import EventItem, Json
from shopbell.domain.goods import timer_name
from shopbell.domain.ids import ProductId, StoreId, VisitorId
from shopbell.domain.incoming.triggers import TriggerIn
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.scenarios.selected import Pick
from shopbell.domain.sends import SendRecord
from shopbell.domain.store import Store
from shopbell.domain.versions import Version
from shopbell.ports import Stockroom

from tests.sim.stories.coupons import redeeming
from tests.unit.app.engaged import Lines, engaging
from tests.unit.app.shop import STORE, Shop


@dataclass
class Remembering:
    """Picks products and remembers for each person what it picked last."""

    select: Recommend
    picked: dict[str, tuple[Pick, ...]] = field(default_factory=dict)

    def __call__(
        self,
        store: Store,
        profile: Profile,
        selection: Selection,
        *,
        sends: SendRecord | None = None,
        facts: Mapping[str, Json] | None = None,
        now: Instant,
    ) -> Picked:
        found = self.select(store, profile, selection, sends=sends, facts=facts, now=now)
        self.picked[profile.visitor] = found.picks
        return found


def _shelves(rolling: RollUp, now: Clock, stockroom: Stockroom) -> Shelves:
    def past(store: StoreId, product: ProductId) -> Sequence[Version]:
        return stockroom.versions(store, product, None, 50).items

    return Shelves(rolling.tops, rolling.catalogue, Refresh(rolling, rolling.tops, now), now, past)


@dataclass
class StoryShop(Shop):
    """Its triggers get ids in the order in which they are made."""

    made: int = 0
    counted: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        world, now = self.world, self.clock
        self.catalogue, self.triggers = MemoryCatalogue(world), MemoryTriggers(world)
        own = own_plans(self.triggers)
        known = Plans(self.scenarios, self.segments, self.stores, now, own)
        watch, timers = MemoryWatch(world), MemoryTimers(world)
        room, places = MemoryStockroom(world), Places(self.visitors, self.sends)
        news = TellNews(timers, watch, self.catalogue, room, self.stores, places, known, self.due, now)
        parts = replace(engaging(world, now, self.send_now_queue, own), watch=watch, catalogue=self.catalogue)
        self.evaluate = replace(self.evaluate, engaging=parts, news=news)
        self.note_news = NoteNews(timers, known)
        self.rebuild = replace(self.rebuild, touch=self.evaluate.touch)
        demand, tops = MemoryDemandCounters(world), MemoryTops(world)
        rolling = RollUp(demand, tops, self.catalogue, MemoryAssortment(world))
        self.select = Remembering(Recommend(_shelves(rolling, now, MemoryStockroom(world))))
        desks = replace(self.send.desks, select=self.select, plans=known)
        self.send = replace(self.send, desks=desks)
        days = DayRun(self.runs, known, now, known.one)
        self.send_now = replace(self.send_now, desks=desks, day_run=days)
        self.posting = Posting(self.send, self.send_now)
        self.redeem = redeeming(self, now)
        self.demand = CountDemand(demand, self.stores.get, now)
        switch = self.enable
        keep = KeepTrigger(
            self.stores, self.segments, switch.segment, switch.audience, switch.interactions, switch.warn
        )
        self.create = CreateTrigger(self.triggers, keep, self._id, now)

    def fold(self, *items: EventItem) -> None:
        """As the stream's two readers do it: evaluate and tally."""
        super().fold(*items)
        for item in items:
            self.counted += 1
            self.redeem([item])
            self.demand([Record(item, f"{STORE}#{item.visitor}", str(self.counted))])

    def hear(self) -> bool:
        """Products that changed, and who is told of them; False: nothing changed."""
        news, self.world.product_news = self.world.product_news, []
        self.note_news(news)
        told = [read_news(message.body) for message in self.due.take() if is_news(message.body)]
        for work in told:
            self.evaluate.tell(work)
        return bool(news or told)

    @property
    def timers_due(self) -> list[VisitorId]:
        rows = [one for one in self.world.timers.values() if one.due and one.due <= self.clock.now]
        return [timer_name(one.product, one.scenario) for one in rows]

    def trigger(self, said: dict[str, Json]) -> None:
        self.create(STORE, TriggerIn.model_validate(said))

    def told(self, scenario: str) -> Counter[str]:
        """Why something of it never left the fold."""
        say = self.evaluate.engaging.say
        assert isinstance(say, Lines)
        named = [fields for _, fields in say.said if str(fields["scenario"]).partition(":")[0] == scenario]
        return Counter(str(fields["reason"]) for fields in named)

    def _id(self, size: int) -> bytes:
        self.made += 1
        return self.made.to_bytes(size, "big")
