"""What counts for reports, over a world in memory."""

from shopbell.adapters.memory.aliases import MemoryAliases
from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.configuration import MemoryStores
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.runs import MemoryRuns
from shopbell.adapters.memory.sends import MemorySends
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.people import People
from shopbell.app.reporting.attribute import Attribute
from shopbell.app.reporting.count import CountReports
from shopbell.app.reporting.courses import Courses
from shopbell.app.reporting.leavers import VariantOf
from shopbell.app.reporting.lift import Follow, NoteSides
from shopbell.app.reporting.receipts import CountReceipts
from shopbell.domain.clock import Clock


def noting(world: MemoryWorld, now: Clock) -> NoteSides:
    """What notes who is held out."""
    return NoteSides(Courses(MemoryReportCounts(world)), now)


def reporting(world: MemoryWorld) -> tuple[MemoryReportCounts, CountReports]:
    """What it counts in, and what counts."""
    counts, people = MemoryReportCounts(world), People(MemoryVisitors(world))
    whose = (MemoryEvents(world), people, MemoryAliases(world), MemoryStores(world).get)
    receipts = CountReceipts(counts, MemorySends(world), lambda _: "UTC", VariantOf(MemoryRuns(world)))
    return counts, CountReports(receipts, Attribute(counts, *whose), Follow(Courses(counts), *whose))
