"""When a store did not send: noted as it is switched, and told apart from what its campaigns were paused for."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.adapters.memory.lists import MemoryLists
from shopbell.adapters.memory.schedules import MemoryOwnSchedules
from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.scheduling import KeepSchedule
from shopbell.app.management.campaigns.steer import SteerCampaign
from shopbell.app.management.segments.rules import ReadRule
from shopbell.app.management.store import EditStore
from shopbell.domain.campaigns import Campaign, CampaignAudience
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.ids import CampaignId
from shopbell.domain.incoming.stores import StorePatchIn
from shopbell.domain.pauses import MOST, Pause, after, held
from shopbell.domain.runs import DeliveryOptions
from shopbell.domain.store import Store

from tests.unit.app.shop import HELLO, NOON, STORE, Shop

LENGTHS = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=60)


def switch(shop: Shop, sending: str) -> Store:
    edit = EditStore(shop.stores, shop.segments, shop.segments, shop.build, lambda _: None, shop.clock)
    return edit(STORE, StorePatchIn.model_validate({"sending": sending}))


def test_a_pause_is_noted_from_the_first_call_to_the_one_that_ends_it() -> None:
    shop = Shop()
    switch(shop, "on")
    assert switch(shop, "paused").paused_at == NOON
    shop.clock.now += HOUR
    assert switch(shop, "paused").paused_at == NOON
    shop.clock.now += HOUR
    switched = switch(shop, "on")
    assert (switched.paused_at, switched.pauses) == (None, ((NOON, NOON + 2 * HOUR),))
    assert switch(shop, "on") == switched
    shop.clock.now += 15 * DAY
    switch(shop, "paused")
    shop.clock.now += HOUR
    assert [until for _, until in switch(shop, "on").pauses] == [shop.clock.now]


@given(LENGTHS)
def test_of_many_pauses_no_time_is_forgotten_and_few_are_kept(lengths: list[tuple[int, int]]) -> None:
    kept, now, paused = tuple[Pause, ...](), NOON, 0
    for on, off in lengths:
        begin = now + on * MINUTE
        now, paused = begin + off * MINUTE, paused + off * MINUTE
        kept = after(kept, (begin, now))
    assert len(kept) <= MOST
    assert all(one[1] <= two[0] for one, two in pairwise(kept))
    counted = held(kept, NOON, now)
    assert counted == paused if len(lengths) <= MOST else paused <= counted <= now - NOON


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [(0, 10, 4), (2, 3, 1), (3, 7, 2), (5, 6, 0), (9, 10, 0), (-5, 1, 0)],
)
def test_only_what_lies_within_counts(begin: int, end: int, expected: int) -> None:
    assert held([(1, 4), (6, 7)], begin, end) == expected


def test_a_campaign_s_pause_counts_only_while_its_store_was_sending() -> None:
    shop, name = Shop(), CampaignId("spring")
    row = Campaign(STORE, name, "Spring", "sending", CampaignAudience(), HELLO, DeliveryOptions(), NOON, NOON)
    shop.campaigns.save(row, expected=None)
    run = shop.run()
    shop.world.runs[STORE, run.id] = replace(run, source_id=name)
    keep = KeepAudience(shop.segments, ReadRule(MemoryLists(shop.world)), shop.build, shop.clock)
    timed = KeepSchedule(MemoryOwnSchedules(shop.world), shop.campaigns)
    steer = SteerCampaign(shop.campaigns, shop.stores, shop.runs, keep, timed, shop.clock)
    switch(shop, "paused")
    shop.clock.now += HOUR
    steer.pause(STORE, name)
    shop.clock.now += HOUR
    switch(shop, "on")
    shop.clock.now += HOUR
    switch(shop, "paused")
    shop.clock.now += HOUR
    steer.resume(STORE, name)
    found = shop.runs.get(STORE, run.id)
    assert found is not None
    assert (found.state, found.shift) == ("sending", HOUR)
