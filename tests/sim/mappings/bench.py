"""One stream reader in the virtual world, with everything that it touches."""

from collections.abc import Callable
from dataclasses import dataclass, field

from shopbell.domain.clock import Instant
from shopbell.local.mappings.doors import Outcome
from shopbell.local.mappings.settings import StreamSettings
from shopbell.local.mappings.stream import ShardReader

from tests.sim.mappings.world import DONE, Diary, Function, Lost, MemoryShard, VirtualClock, record


def settings(**changes: object) -> StreamSettings:
    named = {"mapping": "m", "function": "f", "source": "s", **changes}
    return StreamSettings(**named)  # type: ignore[arg-type]


@dataclass
class Bench:
    """One reader with everything it touches."""

    settings: StreamSettings
    behave: Callable[[list[int]], Outcome] = lambda _: DONE
    clock: VirtualClock = field(default_factory=VirtualClock)
    shard: MemoryShard = field(default_factory=MemoryShard)
    lost: Lost = field(default_factory=Lost)
    diary: Diary = field(default_factory=Diary)
    lane: int = 0

    def __post_init__(self) -> None:
        self.function = Function(self.behave, clock=self.clock)
        self.reader = ShardReader(
            self.settings, self.shard, self.function, self.lost, self.diary, self.clock, self.lane
        )

    def write(self, *order: int, at: Instant | None = None) -> None:
        self.shard.add(record(number, self.clock() if at is None else at) for number in order)

    def run(self, until_idle: int = 10_000) -> "Bench":
        for _ in range(until_idle):
            due = self.reader.step()
            if self.reader.idle:
                return self
            self.clock.reach(due)
        raise AssertionError(f"never idle: {self.function.calls[-5:]}")

    def run_for(self, span: int) -> "Bench":
        end = self.clock() + span
        while self.clock() < end:
            self.clock.reach(self.reader.step())
        return self
