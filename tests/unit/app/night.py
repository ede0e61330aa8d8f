"""A shop with its nights: the nightly pass over memory, carried out message by message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shopbell.adapters.fitting import ScipyFitting
from shopbell.adapters.memory.nightly import MemoryStatistics, MemoryStoreList, MemorySurveys
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.app.management.segments.history import ReadHistory
from shopbell.app.nightly.audit import Audit
from shopbell.app.nightly.recount import Recount
from shopbell.app.nightly.reports import RecountReports
from shopbell.app.nightly.run import Nightly, StartNight, Walk
from shopbell.app.nightly.scoring import Score
from shopbell.app.nightly.survey import Survey
from shopbell.app.nightly.work import Step, read_night
from shopbell.app.rollup import RollUpNightly
from shopbell.app.rulebook import Rulebook
from shopbell.app.tallying import Count, member_change
from shopbell.domain.clock import DAY, Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, VisitorId
from shopbell.domain.scores.ledgers import BUYERS, buyers_segment
from shopbell.domain.webhooks.alarm import Alarm

from tests.unit.app.shop import STORE, Shop
from tests.unit.recommend.memory import roll_up


@dataclass
class NightShop(Shop):
    """Founded as every store is: with the hidden segment of its buyers."""

    share: int = 1
    """Of the audit: everyone."""
    said: list[tuple[str, dict[str, Json]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.segments.save(buyers_segment(STORE, self.clock.now, there=False), expected=None)
        self.night_queue, self.statistics = MemoryQueue(), MemoryStatistics(self.world)
        rulebook = Rulebook(self.segments, self.stores)
        self.fitting, self.looks, self.alarms = ScipyFitting(), list[int](), list[Alarm]()
        self.start = StartNight(MemoryStoreList(self.world), self.stores, self.night_queue)
        self.nightly = Nightly(self.stores, self.progress, self.night_queue, self._walks(rulebook))

    def _walks(self, rulebook: Rulebook) -> Mapping[Step, Walk]:
        segments, memberships, visitors, statistics = self.segments, self.memberships, self.visitors, self.statistics
        history = ReadHistory(self.stores, segments, self.counters, self.clock)
        touch = self.evaluate.touch
        return {
            "survey": Survey(segments, memberships, visitors, MemorySurveys(), statistics, self.fitting, self.build),
            "score": Score(
                segments, memberships, visitors, statistics, rulebook, touch, self.evaluate.engaging, self.clock
            ),
            "recount": Recount(
                segments,
                memberships,
                self.counters,
                self.progress,
                history,
                self.clock,
                self.looks.append,
                lambda _, alarm: self.alarms.append(alarm),
            ),
            "audit": Audit(
                segments, visitors, memberships, self.aliases, self.events, rulebook, self.clock, share=self.share
            ),
            "reports": RecountReports(visitors, self.events, self.reports, self.clock, share=self.share),
            "tops": RollUpNightly(roll_up(self.world), self.clock),
        }

    def note(self, words: str, **fields: Json) -> None:
        self.said.append((words, fields))

    def night(self, at: Instant | None = None) -> dict[str, int]:
        """The whole pass; what was counted."""
        self.start(self.clock.now if at is None else at)
        return self.drain_night()

    def drain_night(self) -> dict[str, int]:
        """Every message until there is none."""
        counts: dict[str, int] = {}
        while waiting := self.night_queue.take():
            for message in waiting:
                done = self.nightly(read_night(message.body), lambda: 300_000, self.note)
                for name, number in done.counts.items():
                    counts[name] = counts.get(name, 0) + number
        return counts

    def buys(self, visitor: str, days_ago: float, total: int = 1_000, **more: Json) -> None:
        """An order of the past, folded now."""
        at = self.clock.now - round(days_ago * DAY)
        properties: dict[str, Json] = {"order_id": f"{visitor}-{at}", "total": total, "currency": "EUR", **more}
        self.fold(self.event(visitor, "purchase", at, properties))

    def tally_members(self, segments: Sequence[str] = (BUYERS,)) -> None:
        """What the members stream would have counted of these segments by now."""
        for name in segments:
            rows = self.world.members.get((STORE, SegmentId(name)), {})
            found = [member_change(STORE, SegmentId(name), "000", "1", None, row.reachable) for row in rows.values()]
            self.tally([count for count in found if isinstance(count, Count)])

    def scores(self, visitor: str) -> dict[str, Json]:
        return dict(self.visitors.load(STORE, VisitorId(visitor)).scores)
