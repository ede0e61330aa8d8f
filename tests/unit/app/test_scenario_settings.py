"""Scenarios as a store sets them: listed with what can be set, switched on and off, built when the rule changes."""

import pytest
from shopbell.adapters.memory.triggers import MemoryTriggers
from shopbell.app.scenarios.enable import ScenarioChange
from shopbell.app.scenarios.listing import ListScenarios
from shopbell.app.scenarios.warnings import NO_CATALOGUE
from shopbell.domain.clock import MINUTE
from shopbell.domain.content import Content
from shopbell.domain.errors import NotFound, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.scenarios.parameters import describe
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import SCENARIOS, SCHEDULED

from tests.unit.app.shop import NOON, STORE, Shop

NAME = "we_missed_you"
SEGMENT = SegmentId("scenario-we_missed_you")
ON = ScenarioChange(enabled=True)


def enabled(shop: Shop, **parameters: Json) -> None:
    shop.enable(STORE, NAME, ScenarioChange(enabled=True, parameters=parameters))
    shop.drain_builds()


def test_all_sixteen_are_listed_and_those_that_can_run_are_available() -> None:
    shop = Shop()
    known = ListScenarios(shop.stores, shop.scenarios, MemoryTriggers(shop.world), shop.clock)
    views = known.page(STORE, None, 100).items
    assert len(views) == 16
    assert [view.name for view in views if view.available] == [
        "permission_prompt",
        "push_recommendation",
        "fly_mode",
        NAME,
        "churn",
        "price_drop",
        "back_in_stock",
        "order_follow_up",
        "new_arrivals",
        "birthday",
        "top_sellers",
        "nice_to_meet_you",
        "abandoned_cart",
        "last_visit_reminder",
        "last_visit_alternatives",
    ]
    assert [view.name for view in views if view.enabled] == ["permission_prompt"]  # on unless it is switched off


def test_what_can_be_set_is_described_with_its_range_and_default() -> None:
    shop = Shop()
    view = ListScenarios(shop.stores, shop.scenarios, MemoryTriggers(shop.world), shop.clock).one(STORE, NAME)
    assert describe(view.parameters[0]) == {
        "name": "n_days",
        "type": "integer",
        "minimum": 7,
        "maximum": 365,
        "nullable": False,
        "default": 30,
        "help": "Days without a visit after which the message is sent.",
    }
    with pytest.raises(NotFound):
        ListScenarios(shop.stores, shop.scenarios, MemoryTriggers(shop.world), shop.clock).one(STORE, "nothing")


def test_the_schedules_are_those_of_the_ruling() -> None:
    often, seldom = "cron(0/5 * * * ? *)", "cron(0/15 * * * ? *)"
    assert {
        NAME: often,
        "churn": often,
        "birthday": often,
        "new_arrivals": seldom,
        "top_sellers": seldom,
        "push_recommendation": seldom,
    } == SCHEDULED


def test_its_rule_is_in_the_language_for_every_number_of_days() -> None:
    for days in (7, 30, 365):
        parse_rule(SCENARIOS[NAME].plan(ScenarioSettings(STORE, NAME, True, {"n_days": days})).audience)


def test_switching_on_makes_a_hidden_segment_and_says_when_it_runs() -> None:
    shop = Shop()
    view = shop.enable(STORE, NAME, ON)
    row = shop.segments.get(STORE, SEGMENT)
    assert row is not None
    assert (row.hidden, row.scenario, row.state) == (True, NAME, "building")
    assert (view.enabled, view.next_run_at, view.warnings) == (True, NOON + 5 * MINUTE, (NO_CATALOGUE,))
    assert list(shop.scenarios.enabled(NAME)) == [STORE]
    shop.drain_builds()
    again = shop.segments.get(STORE, SEGMENT)
    assert again is not None
    assert again.state == "active"


def test_setting_the_same_again_changes_and_builds_nothing() -> None:
    shop = Shop()
    enabled(shop)
    before = shop.segments.get(STORE, SEGMENT)
    shop.enable(STORE, NAME, ON)
    assert shop.segments.get(STORE, SEGMENT) == before
    assert shop.rebuild_queue.messages == []


def test_another_number_of_days_is_another_version_and_is_built() -> None:
    shop = Shop()
    enabled(shop)
    enabled(shop, n_days=60)
    row = shop.segments.get(STORE, SEGMENT)
    assert row is not None
    assert (row.version, row.state) == (2, "active")


def test_switching_off_pauses_the_segment_and_on_again_builds_it() -> None:
    shop = Shop()
    enabled(shop)
    shop.enable(STORE, NAME, ScenarioChange(enabled=False))
    row = shop.segments.get(STORE, SEGMENT)
    assert row is not None
    assert (row.state, list(shop.scenarios.enabled(NAME))) == ("paused", [])
    enabled(shop)
    row = shop.segments.get(STORE, SEGMENT)
    assert row is not None
    assert (row.state, row.version) == ("active", 1)


@pytest.mark.parametrize(
    ("parameters", "paths"),
    [
        pytest.param({"n_days": 6}, ["parameters.n_days"], id="below"),
        pytest.param({"n_days": 366}, ["parameters.n_days"], id="above"),
        pytest.param({"n_days": True}, ["parameters.n_days"], id="no number"),
        pytest.param({"n_days": 30.0}, ["parameters.n_days"], id="a float"),
        pytest.param({"ttl": "P29D"}, ["parameters.ttl"], id="too long"),
        pytest.param({"ttl": 5}, ["parameters.ttl"], id="no duration"),
        pytest.param({"urgency": "now"}, ["parameters.urgency"], id="no such word"),
        pytest.param({"nonsense": 1, "n_days": 0}, ["parameters.nonsense", "parameters.n_days"], id="several"),
    ],
)
def test_each_wrong_parameter_is_named_and_nothing_is_saved(parameters: dict[str, Json], paths: list[str]) -> None:
    shop = Shop()
    with pytest.raises(Rejected) as refused:
        shop.enable(STORE, NAME, ScenarioChange(enabled=True, parameters=parameters))
    assert [problem.path for problem in refused.value.problems] == paths
    assert (shop.world.scenarios, shop.world.segments) == ({}, {})


def test_the_store_s_own_words_are_sent_and_otherwise_the_shipped_ones() -> None:
    shop = Shop()
    own = Content("Come back", "Please", "/")
    assert shop.enable(STORE, NAME, ScenarioChange(enabled=True, content=own)).content == own
    row = SCENARIOS[NAME].row
    assert row is not None
    assert shop.enable(STORE, NAME, ON).content == row.steps[0].content
