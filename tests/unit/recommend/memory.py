"""What picks products, over memory: with lists that are rolled up when they are asked for."""

from shopbell.adapters.memory.catalogue import MemoryAssortment, MemoryCatalogue
from shopbell.adapters.memory.demand import MemoryDemandCounters, MemoryTops
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.recommend import Recommend
from shopbell.app.rollup import Refresh, RollUp
from shopbell.app.shelves import Shelves
from shopbell.domain.clock import Clock


def roll_up(world: MemoryWorld) -> RollUp:
    return RollUp(MemoryDemandCounters(world), MemoryTops(world), MemoryCatalogue(world), MemoryAssortment(world))


def recommend(world: MemoryWorld, now: Clock) -> Recommend:
    rolling = roll_up(world)
    return Recommend(Shelves(rolling.tops, rolling.catalogue, Refresh(rolling, rolling.tops, now), now))
