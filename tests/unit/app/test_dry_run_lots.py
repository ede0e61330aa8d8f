"""A dry run of a run to so many people, or at a pace: it shows those whom that run draws, and their turns."""

from dataclasses import replace

import pytest
from shopbell.app.scenarios.calendar import run_of
from shopbell.app.scenarios.drawing import Refusal, drawn_of
from shopbell.app.scenarios.turning import turns_of
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.ids import VisitorId

from tests.unit.app.shop import NOON, STORE
from tests.unit.app.test_dry_run import (
    CALENDAR,
    dry_run,
    gates,
    one,
    stocked,
    tried,
    visitor,
    visitors,
    with_settings,
)


@pytest.mark.parametrize("shards", [1, 4])
def test_of_a_run_to_so_many_it_shows_those_whom_that_run_draws(shards: int) -> None:
    shop = stocked(shards)
    for number in range(12):
        visitor(shop, f"v{number}", last_visit=NOON - DAY)
    shop.visit("cleo", NOON - HOUR)
    with_settings(shop, CALENDAR, max_recipients=3)
    trial = tried(shop, CALENDAR)
    assert (trial.would_get.value, len(gates(trial)["max_recipients"]), gates(trial)["audience"]) == (3, 9, ["cleo"])
    with_settings(shop, CALENDAR, max_recipients=99)
    assert len(visitors(tried(shop, CALENDAR))) == 12


def test_of_a_sample_a_like_share_is_drawn() -> None:
    shop = stocked()
    visitor(shop, "ann", last_visit=NOON - DAY)
    with_settings(shop, CALENDAR, max_recipients=100)
    dry = dry_run(shop)
    store, stage = dry.prepared(STORE, CALENDAR, NOON)
    message = one(tried(shop, CALENDAR))
    found = [[replace(message, visitor=VisitorId(f"v{number}"))] for number in range(40)]
    kept = [each for each in drawn_of(stage, store, found, 0.1) if not isinstance(each, Refusal)]
    assert len(kept) == 10


def test_what_comes_too_late_in_its_turn_is_held_back_and_who_is_not_drawn_takes_no_turn() -> None:
    shop = stocked()
    for number in range(8):
        visitor(shop, f"v{number}", last_visit=NOON - DAY)
    with_settings(shop, CALENDAR, per_minute=1, max_recipients=5, ttl_of_relevance="PT20M")
    trial = tried(shop, CALENDAR)
    assert sorted(message.at for message in trial.messages) == [NOON + minute * MINUTE for minute in range(5)]
    assert len(gates(trial)["max_recipients"]) == 3


def test_of_a_sample_each_turn_is_that_of_somebody_in_their_place() -> None:
    shop = stocked(4)
    for number in range(4):
        visitor(shop, f"v{number}", last_visit=NOON - DAY)
    with_settings(shop, CALENDAR, per_minute=10)
    store, stage = dry_run(shop).prepared(STORE, CALENDAR, NOON)
    people = [profile for (_, who), profile in shop.world.profiles.items() if who.startswith("v")]
    turns = turns_of(run_of(stage.plan, store, NOON, NOON), people, 0.02)
    assert sorted(turns.values()) == [NOON + minute * MINUTE for minute in (0, 5, 10, 15)]
