"""What counts for reports, over a world in memory."""

from shopbell.adapters.memory.aliases import MemoryAliases
from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.configuration import MemoryStores
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.sends import MemorySends
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.people import People
from shopbell.app.reporting.attribute import Attribute
from shopbell.app.reporting.count import CountReports
from shopbell.app.reporting.receipts import CountReceipts


def reporting(world: MemoryWorld) -> tuple[MemoryReportCounts, CountReports]:
    """What it counts in, and what counts."""
    counts, people = MemoryReportCounts(world), People(MemoryVisitors(world))
    attribute = Attribute(counts, MemoryEvents(world), people, MemoryAliases(world), MemoryStores(world).get)
    return counts, CountReports(CountReceipts(counts, MemorySends(world), lambda _: "UTC"), attribute)
