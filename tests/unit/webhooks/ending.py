"""Campaigns that go at their times, with webhooks that are told when they are through."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shopbell.adapters.memory.lists import MemoryLists
from shopbell.adapters.memory.schedules import MemoryOwnSchedules
from shopbell.app.delivery.lasting import Lasting
from shopbell.app.ends import End, Handed
from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.scheduling import KeepSchedule
from shopbell.app.management.campaigns.steer import SteerCampaign
from shopbell.app.management.segments.rules import ReadRule
from shopbell.app.watchwork import WatchWork, is_watch, read_watch
from shopbell.app.webhooks.finishing import TellFinished
from shopbell.app.webhooks.tell import Tell
from shopbell.app.webhooks.watching import WatchRuns
from shopbell.app.webhooks.work import read_notice
from shopbell.app.work import read_plan
from shopbell.domain.campaigns import Schedule
from shopbell.domain.clock import DAY, SECOND, Duration, Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.runs import Chunk
from shopbell.domain.webhooks.hook import CAMPAIGN_FINISHED
from shopbell.domain.webhooks.notice import Notice
from shopbell.ports import Message, Queue

from tests.unit.app.hooking import Hooked, webhook
from tests.unit.app.shop import NOON, STORE
from tests.unit.app.timed import NAME, Timed
from tests.unit.delivery.steps import reader


def at_noon(day: int) -> Instant:
    """UTC."""
    return NOON + day * DAY


@dataclass
class Ending(Timed):
    """What is put on the queue `plan` goes to whoever it is for."""

    hooked: Hooked = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.hooked = Hooked(self)
        self.tell = Tell(self.hooked.hooks.all, self.hooked.queue, self.clock)
        self.watch = WatchRuns(self.planning, self.clock)
        self.launch = replace(self.launch, watch=self.watch)
        self.plan = replace(self.plan, launch=self.launch)
        self.deciding = replace(self.deciding, launch=self.launch)
        self.firing = replace(self.firing, decide=self.deciding, watch=self.watch)
        report = replace(reader(self), lasting=Lasting(self.stores, self.clock))
        self.finish = TellFinished(report, self.runs, self.tell, self.planning, self.clock)
        keep = KeepAudience(self.segments, ReadRule(MemoryLists(self.world)), self.build, self.clock)
        timed = KeepSchedule(MemoryOwnSchedules(self.world), self.campaigns)
        stored = (self.campaigns, self.stores, self.runs)
        self.steer = SteerCampaign(*stored, keep, timed, self.clock, self.watch.called_off)

    def works(self, *events: str, name: str = "wh_1") -> None:
        """A webhook for these."""
        self.hooked.add(webhook(name, *events))

    def planned(self) -> Sequence[End]:
        """What starts alone; what is watched stays on the queue."""
        waiting = self.planning.take()
        self.planning.send([one for one in waiting if is_watch(one.body)])
        return self.plan_all([one for one in waiting if not is_watch(one.body)])

    def plan_all(self, messages: Sequence[Message]) -> Sequence[End]:
        return [self.plan(read_plan(message.body)) for message in messages]

    def watched(self) -> list[WatchWork]:
        return [read_watch(message.body) for message in self.planning.take()]

    def look(self, later: Duration = 10 * SECOND) -> list[End]:
        """What comes of each that waits to be looked at, so much later."""
        self.clock.now += later
        return [self.finish(work) for work in self.watched()]

    def heard(self) -> list[Notice]:
        """Taken from the queue."""
        return [read_notice(one.body) for one in self.hooked.queue.take()]

    def fire_late(self, at: Instant, late: Duration) -> str:
        self.clock.now = at + late
        outcome = self.firing.one(STORE, NAME, self.clock.now)
        self.planned()
        return outcome

    def send_all(self, chunks: Sequence[Chunk]) -> None:
        for chunk in chunks:
            self.send(chunk, Handed(), self.left)

    def goes(self, at: Instant) -> None:
        """A campaign of that instant, to its end."""
        self.schedule(Schedule(at=at))
        self.fire(at)
        self.work()
        self.look()

    def broken_after_sending(self) -> TellFinished:
        """Puts notices on the queue, and dies before it hears that they are there."""

        @dataclass
        class Dying:
            queue: Queue

            def send(self, messages: Sequence[Message]) -> None:
                self.queue.send(messages)
                raise Unavailable("nobody knows")

        return replace(self.finish, tell=replace(self.tell, queue=Dying(self.hooked.queue)))


def ending(*people: str, hooks: Sequence[str] = (CAMPAIGN_FINISHED,)) -> Ending:
    """Nobody has a cap or quiet hours."""
    shop = Ending()
    for who in people:
        shop.subscribe(who)
    shop.works(*hooks)
    return shop
