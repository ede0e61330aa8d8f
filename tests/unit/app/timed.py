"""Campaigns that go at their times, over a shop in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.app.delivery.agreeing import AskAgain
from shopbell.app.delivery.firing import FireCampaign
from shopbell.app.ends import Done, End, Handed
from shopbell.app.management.campaigns.counting import CountMembers
from shopbell.app.management.campaigns.deciding import DecideWinner
from shopbell.app.management.campaigns.reaching import CountReach
from shopbell.app.management.campaigns.weighing import WeighVariants
from shopbell.app.nowwork import read_now
from shopbell.app.work import read_due, read_plan
from shopbell.domain.campaigns import Campaign, CampaignAudience, Schedule
from shopbell.domain.clock import MINUTE, Instant, parse_instant
from shopbell.domain.ids import CampaignId, VisitorId
from shopbell.domain.profile import Trait
from shopbell.domain.runs import DeliveryOptions, Run, Terms

from tests.unit.app.shop import HELLO, NOON, STORE, Shop
from tests.unit.delivery.steps import reader

NAME = CampaignId("spring")
QUARTER = 15 * MINUTE


def at(text: str) -> Instant:
    return parse_instant(text)[0]


@dataclass
class Timed(Shop):
    """A shop that keeps to no caps and no quiet hours."""

    planning: MemoryQueue = field(default_factory=MemoryQueue)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.world.stores[STORE] = replace(self.world.stores[STORE], time_zone="Europe/Berlin", caps=())
        report = reader(self)
        count = CountMembers(self.memberships, self.counters, map)
        reach = CountReach(self.stores, self.visitors, count, map)
        self.ask_again = AskAgain(self.stores, self.campaigns, self.runs, reach, self.clock)
        self.deciding = DecideWinner(self.stores, report, self.launch, self.clock, self.ask_again.rest)
        self.plan = replace(self.plan, weigh=WeighVariants(report, self.stores), held=self.ask_again.begin)
        wired = (self.stores, self.campaigns, self.runs, report.sent, self.planning, self.deciding, self.clock)
        self.firing = FireCampaign(*wired)

    def schedule(self, schedule: Schedule, /, **changes: Any) -> Campaign:
        """A campaign that was scheduled just now."""
        fields: dict[str, Any] = {
            "status": "scheduled",
            "audience": CampaignAudience(),
            "terms": Terms(respect_quiet_hours=False),
            "since": self.clock.now,
            "schedule": replace(schedule, time_zone=schedule.time_zone or "Europe/Berlin"),
            **changes,
        }
        made = Campaign(
            STORE,
            NAME,
            "Spring",
            content=HELLO,
            delivery=DeliveryOptions(),
            created_at=NOON,
            updated_at=NOON,
            **fields,
        )
        assert self.campaigns.save(made, expected=None)
        return made

    def people(self, **zones: str) -> None:
        for visitor, zone in zones.items():
            self.subscribe(visitor)
            profile = self.world.profiles[STORE, VisitorId(visitor)]
            named = Trait(self.clock.now, "zone", zone)
            self.world.profiles[STORE, profile.visitor] = replace(profile, traits={"time_zone": named})

    def fire(self, when: Instant) -> str:
        """The campaign's own schedule fires, and what comes of it is planned."""
        self.clock.now = max(self.clock.now, when)
        outcome = self.firing.one(STORE, NAME, when)
        self.planned()
        return outcome

    def planned(self) -> Sequence[End]:
        return [self.plan(read_plan(message.body)) for message in self.planning.take()]

    def sweep(self, when: Instant) -> Done:
        """The schedule of all campaigns fires."""
        self.clock.now = max(self.clock.now, when)
        done = self.firing.all(when)
        self.planned()
        return done

    def work(self) -> None:
        """Pages, sends, and wakes whoever waits."""
        for chunk in self.page_all():
            self.send(chunk, Handed(), self.left)
        self.wake()
        for message in self.due.take():
            due = read_due(message.body)
            if due.at <= self.clock.now:
                self.evaluate.wake(due)
        for message in self.send_now_queue.take():
            self.send_now(read_now(message.body), Handed(), self.left)

    def pass_time(self, start: Instant, end: Instant) -> list[tuple[Instant, int]]:
        """Each quarter of an hour from `start` to `end`: when how many pushes went."""
        went = []
        for when in range(start, end + 1, QUARTER):
            before = len(self.push.posts)
            self.sweep(when)
            self.work()
            if len(self.push.posts) > before:
                went.append((when, len(self.push.posts) - before))
        return went

    def mine(self) -> list[Run]:
        return sorted(self.world.runs.values(), key=lambda run: run.scheduled_at)

    @property
    def now_is(self) -> Campaign:
        return self.world.campaigns[STORE, NAME]
