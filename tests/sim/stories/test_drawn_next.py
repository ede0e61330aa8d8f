"""Whom explain says that the next run draws is whom it draws, where nothing changes until then."""

from typing import Final

import pytest
from shopbell.app.management.drawn import DrawNext
from shopbell.domain.events import Json
from shopbell.domain.ids import VisitorId
from shopbell.domain.scenarios.table import SCENARIOS

from tests.sim.stories.shop import StoryShop
from tests.sim.stories.stage import Stage
from tests.sim.stories.story import Story
from tests.unit.app.shop import STORE

NAME: Final = "top_sellers"
PEOPLE: Final = tuple(f"v{number}" for number in range(12))
BEFORE, AFTER = "2026-03-06T11:50:00Z", "2026-03-06T13:00:00Z"


def played(until: str, shards: int, **parameters: Json) -> Stage:
    """Twelve who can be reached, and one who cannot any more."""
    happens: list[dict[str, Json]] = [{"at": "2026-03-04T12:00:00Z", "who": "away", "unsubscribe": "a"}]
    for who in (*PEOPLE, "away"):
        url: Json = {"url": "https://shop.example.com/"}
        happens.append({"at": "2026-03-03T12:00:00Z", "who": who, "subscribe": "a"})
        happens.append({"at": "2026-03-03T12:01:00Z", "who": who, "event": "page_view", "properties": url})
    said = {"name": "drawn", "covers": "max_recipients", "start": "2026-03-02T12:00:00Z", "until": until}
    more = {"products": [{"id": "boot"}], "scenarios": {NAME: parameters}, "happens": happens}
    stage = Stage(Story.model_validate({**said, **more}), StoryShop(shards=shards))
    stage.play()
    return stage


def told(stage: Stage) -> dict[str, str]:
    """What is said of whom, of those of whom anything is."""
    shop = stage.shop
    settings = shop.scenarios.get(STORE, NAME)
    assert settings is not None
    plan, store = SCENARIOS[NAME].plan(settings), shop.world.stores[STORE]
    draw = DrawNext(shop.memberships, shop.subscriptions, shop.clock)
    found = {who: draw(store, plan, VisitorId(who)) for who in (*PEOPLE, "away", "nobody")}
    return {who: one.outcome for who, one in found.items() if one is not None}


@pytest.mark.parametrize("shards", [1, 4])
def test_the_lots_of_the_next_run_are_known_before_it(shards: int) -> None:
    before = told(played(BEFORE, shards, max_recipients=5))
    came = {seen.who for seen in played(AFTER, shards, max_recipients=5).seen}
    assert set(before) == set(PEOPLE)
    assert {who for who, outcome in before.items() if outcome == "passed"} == came
    assert {outcome for who, outcome in before.items() if who not in came} == {"skipped"}
    assert 0 < len(came) <= 5


def test_of_a_run_to_everybody_nothing_is_said() -> None:
    assert told(played(BEFORE, 1)) == {}
