"""The scenarios' share of the fold over memory, with a log that is kept."""

from dataclasses import dataclass, field

from shopbell.adapters.memory.configuration import MemoryScenarios, MemoryStores
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.engaging import Engaging
from shopbell.app.scenarios.plans import Plans, ReadPlan, none_of_their_own
from shopbell.domain.clock import Clock
from shopbell.domain.events import Json


@dataclass
class Lines:
    """What was said."""

    said: list[tuple[str, dict[str, Json]]] = field(default_factory=list)

    def __call__(self, words: str, **fields: Json) -> None:
        self.said.append((words, fields))


def engaging(
    world: MemoryWorld, now: Clock, queue: MemoryQueue | None = None, own: ReadPlan = none_of_their_own
) -> Engaging:
    plans = Plans(MemoryScenarios(world), MemorySegments(world), MemoryStores(world), now, own)
    return Engaging(plans, queue or MemoryQueue(), Lines())
