"""What sets scenarios, over a world in memory."""

from typing import Final

from shopbell.adapters.memory.catalogue import MemoryAssortment
from shopbell.adapters.memory.configuration import MemoryScenarios, MemoryStores
from shopbell.adapters.memory.coupons import MemoryCouponPools
from shopbell.adapters.memory.demand import MemoryTops
from shopbell.adapters.memory.lists import MemoryLists
from shopbell.adapters.memory.runs import MemoryCounters, MemoryRuns
from shopbell.adapters.memory.schedules import MemoryOwnSchedules
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.building import StartBuild
from shopbell.app.management.named_lists import CheckLists
from shopbell.app.management.segments.rules import ReadRule
from shopbell.app.scenarios.audiences import CheckAudience
from shopbell.app.scenarios.enable import EnableScenario
from shopbell.app.scenarios.hidden import KeepSegment
from shopbell.app.scenarios.interactions import KeepInteractions
from shopbell.app.scenarios.keeping import KeepCalendar
from shopbell.app.scenarios.pools import CheckPools
from shopbell.app.scenarios.prompt import SetPrompt
from shopbell.app.scenarios.warnings import Warn
from shopbell.domain.clock import Clock
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId

BIRTHDAY: Final[Json] = {"trait": "birthday", "op": "exists"}


def enabling(world: MemoryWorld, build: StartBuild, now: Clock) -> EnableScenario:
    stores, segments = MemoryStores(world), MemorySegments(world)

    def count(store: StoreId, rule: Json) -> int:
        """Everybody, but of birthdays those that are known."""
        known = [profile.traits for (owner, _), profile in world.profiles.items() if owner == store]
        return len(known) if rule != BIRTHDAY else sum("birthday" in traits for traits in known)

    audience = CheckAudience(segments, ReadRule(MemoryLists(world)))
    return EnableScenario(
        stores,
        MemoryScenarios(world),
        KeepSegment(segments, build, now),
        audience,
        KeepInteractions(stores, segments, segments, build),
        Warn(
            MemoryAssortment(world),
            count,
            CheckPools(MemoryCouponPools(world), MemoryCounters(world), now),
            lambda store: segments.rules(store).statistics,
            CheckLists(MemoryTops(world), now),
        ),
        SetPrompt(stores, MemoryScenarios(world), KeepSegment(segments, build, now), audience),
        calendar(world, now),
        now,
    )


def calendar(world: MemoryWorld, now: Clock) -> KeepCalendar:
    return KeepCalendar(MemoryOwnSchedules(world), MemoryScenarios(world), MemoryRuns(world), now)
