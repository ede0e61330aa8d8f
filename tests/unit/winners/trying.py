"""A campaign of two variants that a part of a shop's visitors tries first, in memory."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from shopbell.app.delivery.firing import FireCampaign
from shopbell.app.delivery.plan import Launch
from shopbell.app.management.campaigns.deciding import DecideWinner
from shopbell.app.management.campaigns.report import ReadReport
from shopbell.app.tracking.items import system_item
from shopbell.domain.campaigns import Schedule
from shopbell.domain.clock import DAY
from shopbell.domain.content import Content, Variant
from shopbell.domain.events import Event
from shopbell.domain.ids import EventId, VisitorId
from shopbell.domain.runs import Run
from shopbell.domain.winner import Decision, WinnerTest

from tests.unit.app.shop import STORE
from tests.unit.app.timed import NAME, Timed, at

START = at("2026-03-05T17:00:00Z")
TEST = WinnerTest("clicks", 50, DAY)
TWO = (Variant("calm", 1, Content("calm", "x", "/")), Variant("loud", 1, Content("loud", "x", "/")))
P = TypeVar("P")


class KilledError(Exception):
    """The worker that did this is gone."""


@dataclass
class Fate:
    """Whoever works dies at their call of that number, before it or after it was done."""

    at: int = -1
    after: bool = False
    calls: int = 0

    def over(self, port: P) -> P:
        return cast("P", _Mortal(port, self))


@dataclass(frozen=True)
class _Mortal:
    inner: object
    fate: Fate

    def __getattr__(self, name: str) -> Callable[..., object]:
        method: Callable[..., object] = getattr(self.inner, name)

        def call(*args: object, **kwargs: object) -> object:
            mine, self.fate.calls = self.fate.calls, self.fate.calls + 1
            if mine == self.fate.at and not self.fate.after:
                raise KilledError(name)
            answer = method(*args, **kwargs)
            if mine == self.fate.at:
                raise KilledError(name)
            return answer

        return call


@dataclass
class Trying(Timed):
    crowd: list[str] = field(default_factory=list)

    @property
    def titles(self) -> dict[str, list[str]]:
        """What each visitor was sent."""
        found: dict[str, list[str]] = {}
        for post in self.push.posts:
            who = post.url.rpartition("/")[2].partition("-")[0]
            found.setdefault(who, []).append(json.loads(post.body)["notification"]["title"])
        return found

    @property
    def sent(self) -> Counter[str]:
        return Counter(title for titles in self.titles.values() for title in titles)

    @property
    def rest(self) -> Run | None:
        return next((run for run in self.world.runs.values() if run.part == "rest"), None)

    @property
    def decision(self) -> Decision | None:
        return None if self.rest is None else self.rest.decision

    def begin(self) -> None:
        self.fire(START)
        self.work()

    def click(self, variant: str, number: int) -> None:
        """So many who were sent it."""
        run = next(run for run in self.world.runs.values() if run.part == "")
        those = [who for who, titles in self.titles.items() if variant in titles][:number]
        assert len(those) == number, (variant, self.sent)
        now = self.clock.now
        said = {"run": run.id, "variant": variant, "campaign": NAME}
        self.reports(
            system_item(
                STORE, Event(EventId(f"c-{who}"), "push_clicked", VisitorId(who), now, now, said, trusted=True)
            )
            for who in those
        )

    def decide(self, fate: Fate | None = None, days: int = 1) -> None:
        """The schedule of all campaigns fires when it is time, and what comes of it is sent."""
        when = START + days * DAY
        self.clock.now = max(self.clock.now, when)
        firing = self.firing if fate is None else self._mortal(fate)
        firing.all(when)
        self.work()

    def _mortal(self, fate: Fate) -> FireCampaign:
        campaigns, runs, counters = fate.over(self.campaigns), fate.over(self.runs), self.counters
        progress = fate.over(self.progress)
        report = ReadReport(campaigns, runs, progress, counters, counters, self.report_counts, self.clock)
        launch = Launch(runs, fate.over(self.audience_queue))
        decide = DecideWinner(self.stores, report, launch, self.clock)
        return FireCampaign(self.stores, campaigns, runs, report.sent, self.planning, decide, self.clock)


def trying(people: int = 60, **changes: Any) -> Trying:
    """Scheduled for `START`; half of them try it."""
    shop = Trying(shards=2)
    shop.crowd = [f"v{number:03d}" for number in range(people)]
    for who in shop.crowd:
        shop.subscribe(who)
    shop.schedule(Schedule(at=START), **{"variants": TWO, "winner": TEST, **changes})
    return shop


def large(**changes: Any) -> Trying:
    """So many that loud wins: it is sent, and each of those who got it clicks."""
    shop = trying(320, **changes)
    shop.begin()
    shop.click("loud", shop.sent["loud"])
    shop.click("calm", 40)
    return shop


def renamed(shop: Trying, **changes: Any) -> None:
    """Whatever a marketer does to the campaign meanwhile."""
    shop.world.campaigns[STORE, NAME] = replace(shop.now_is, **changes)
