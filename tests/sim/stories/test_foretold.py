"""What a dry run says of an instant in the past is what came: the same people, steps and words, nobody besides."""

from itertools import groupby
from typing import Final

import pytest
from shopbell.adapters.memory.catalogue import MemoryStockroom
from shopbell.app.management.segments.survey import Survey
from shopbell.app.recommend import Recommend, Supposing
from shopbell.app.rulebook import Rulebook
from shopbell.app.scenarios.dryrun import FURTHEST, DryRun, Trial
from shopbell.app.scenarios.judging import Judge
from shopbell.app.scenarios.newsreel import NewsReel
from shopbell.domain.clock import parse_instant
from shopbell.domain.events import EventItem
from shopbell.domain.ids import VisitorId

from tests.sim.stories.shop import StoryShop
from tests.sim.stories.stage import Seen, Stage
from tests.sim.stories.story import Story, stories
from tests.unit.app.shop import STORE

EACH: Final = 3
"""Stories of each file; all of them are played elsewhere."""
MORE: Final = frozenset({"two hours before the visit", "between two runs", "one of two devices"})
"""Further stories: messages long after what started them, or between two runs, or to one device of several."""
ALL_OF: Final = ("price_drop", "back_in_stock")
"""Whose stories are all asked."""
ELSEWHERE: Final = frozenset(
    {
        *("another variant", "another variant that costs more than the one that was seen"),
        *("waves", "waves wait for the morning", "waves at night where nights do not matter"),
        *("waves stop at sell-out", "one piece a day", "so many a minute, the newest interest first"),
    }
)
"""Stories of variants that nobody looked at, of turns in waves, and of what is sold out again when it is asked."""
UNTOLD: Final = frozenset({"bulk"})
"""What is sent by hand has no dry run."""


def some() -> list[tuple[str, Story]]:
    told = [row for row in stories() if row[0].partition(":")[0] not in UNTOLD]
    files = groupby(told, key=lambda row: row[0].partition(":")[0])
    some = [row for name, rows in files for row in list(rows)[: None if name in ALL_OF else EACH]]
    first = [row for row in some if row[1].name not in ELSEWHERE]
    return [*first, *(row for row in told if row[1].name in MORE)]


class LoggedShop(StoryShop):
    """Whose log holds all that is folded, as `track` and `send` leave it."""

    def fold(self, *items: EventItem) -> None:
        self.events.append(items)
        super().fold(*items)


@pytest.mark.parametrize("story", [story for _, story in some()], ids=[name for name, _ in some()])
def test_what_came_would_have_been_foretold(story: Story) -> None:
    stage = Stage(story, LoggedShop())
    stage.play()
    for seen in stage.seen:
        if stage.shop.clock.now - seen.at > FURTHEST:
            continue
        name = _source(stage, seen)
        trial = dry_run(stage.shop)(STORE, name, seen.at)
        foretold = {(one.visitor, one.step): one.title for one in trial.messages}
        assert foretold.get(_who(stage, seen)) == _title(seen), trial.would_not
        came = {_who(stage, one) for one in stage.seen if _source(stage, one) == name and _within(trial, one)}
        assert {(one.visitor, one.step) for one in trial.messages if not one.deferred} <= came


RIVALS: Final = (
    ("two of one instant", "top_sellers", "frequency_cap"),
    ("two of one instant, the other way about", "push_recommendation", "frequency_cap"),
    ("the more important has nothing for her", "push_recommendation", None),
    ("not for her at all", "push_recommendation", None),
)


@pytest.mark.parametrize(("name", "scenario", "gate"), RIVALS, ids=[name for name, _, _ in RIVALS])
def test_what_yields_to_a_more_important_run_is_foretold(name: str, scenario: str, gate: str | None) -> None:
    stage = Stage(next(story for _, story in stories() if story.name == name), LoggedShop())
    stage.play()
    trial = dry_run(stage.shop)(STORE, scenario, parse_instant("2026-03-03T18:00:00Z")[0])
    came = [seen.at for seen in stage.seen if _source(stage, seen) == scenario]
    assert [one.at for one in trial.messages] == came
    assert [held.gate for held in trial.would_not] == ([] if gate is None else [gate])


@pytest.mark.parametrize("shards", [1, 4])
def test_everybodys_turn_at_a_pace_is_foretold(shards: int) -> None:
    said = next(story for _, story in stories() if story.name == "one a minute")
    more = (one.model_copy(update={"who": f"{one.who}{number}"}) for one in said.happens for number in range(3))
    story = said.model_copy(update={"happens": (*said.happens, *more)})
    stage = Stage(story, LoggedShop(shards=shards))
    stage.play()
    trial = dry_run(stage.shop)(STORE, "top_sellers", parse_instant("2026-03-06T12:00:00Z")[0])
    assert {one.visitor: one.at for one in trial.messages} == {seen.who: seen.at for seen in stage.seen}
    assert len(stage.seen) == 12


def dry_run(shop: StoryShop) -> DryRun:
    rulebook = Rulebook(shop.segments, shop.stores)
    survey = Survey(shop.stores, shop.segments, shop.visitors, shop.events, shop.aliases, rulebook, map, shop.clock)
    assert isinstance(shop.select.select, Recommend)
    judge = Judge(shop.subscriptions, shop.sends, shop.send.desks.select, supposing=Supposing(shop.select.select))
    news = NewsReel(MemoryStockroom(shop.world), shop.clock)
    return DryRun(survey, shop.scenarios, shop.triggers, judge, shop.clock, news)


def _source(stage: Stage, seen: Seen) -> str:
    """The scenario, or the marketer's own trigger."""
    run = stage.shop.runs.get(STORE, seen.run)
    assert run is not None
    return run.source_id


def _within(trial: Trial, seen: Seen) -> bool:
    return trial.since <= seen.at <= trial.as_of


def _who(stage: Stage, seen: Seen) -> tuple[VisitorId, int]:
    """The push shows the device's visitor, the dry run the person."""
    alias = stage.shop.visitors.load(STORE, VisitorId(seen.who)).alias
    return VisitorId(seen.who) if alias is None else alias.customer, seen.step


def _title(seen: Seen) -> object:
    notification = seen.payload["notification"]
    assert isinstance(notification, dict)
    return notification["title"]
