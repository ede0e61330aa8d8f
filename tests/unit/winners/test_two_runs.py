"""A part of the audience tries the variants, it is decided once, and the rest gets what was decided."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from shopbell.adapters.memory.lists import MemoryLists
from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.report import ReadCampaigns
from shopbell.app.management.segments.rules import ReadRule
from shopbell.app.tracking.items import system_item
from shopbell.domain.campaigns import CampaignAudience
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.events import Event
from shopbell.domain.ids import EventId, SegmentId, VisitorId
from shopbell.domain.runs import Terms
from shopbell.domain.scenarios.audience import REACHABLE
from shopbell.domain.sends import SendRecord, Sent
from shopbell.domain.winner import Otherwise, Phase

from tests.unit.app.shop import STORE
from tests.unit.app.timed import NAME, QUARTER
from tests.unit.delivery.steps import reader
from tests.unit.winners.trying import START, TEST, Fate, KilledError, Trying, large, renamed, trying

DUE = START + DAY


def swept(shop: Trying, when: int) -> Mapping[str, int]:
    return shop.sweep(when).counts


def settled(shop: Trying) -> str:
    audience = KeepAudience(shop.segments, ReadRule(MemoryLists(shop.world)), shop.build, shop.clock)
    return ReadCampaigns(shop.campaigns, reader(shop), audience, shop.clock).one(STORE, NAME).status


def test_the_rest_gets_what_did_better_and_nobody_gets_two() -> None:
    shop = large()
    tried = set(shop.titles)
    assert {Phase(50).takes(STORE, NAME, VisitorId(who)) for who in tried} == {True}
    assert (swept(shop, DUE - MINUTE), shop.rest) == ({"winner_not_due": 1}, None)
    assert settled(shop) == "sending", "the rest is still to come"
    shop.decide()
    assert shop.decision is not None
    assert (shop.decision.reason, shop.decision.winner, shop.decision.at) == ("won", "loud", DUE)
    assert all(len(titles) == 1 for titles in shop.titles.values())
    assert set(shop.titles) == set(shop.crowd)
    assert {titles[0] for who, titles in shop.titles.items() if who not in tried} == {"loud"}
    found = reader(shop).of(shop.now_is)
    assert found.targeted == found.accepted == len(shop.crowd)
    assert {name: share.accepted for name, share in found.by_variant.items()} == dict(shop.sent)
    assert (settled(shop), shop.now_is.decision) == ("sent", shop.decision)


def test_what_was_decided_stays_whatever_comes_after() -> None:
    shop = trying(24)
    shop.begin()
    shop.decide()
    before = shop.decision
    assert before is not None
    shop.click("calm", shop.sent["calm"] // 2)
    assert swept(shop, DUE + QUARTER) == {"winner_noted": 1}
    assert swept(shop, DUE + 2 * QUARTER) == {"nothing_due": 1}
    assert before == shop.decision == shop.now_is.decision
    trial = reader(shop).trial(STORE, NAME)
    assert trial is not None
    assert (trial.state, trial.decision) == ("decided", before)


@pytest.mark.parametrize(
    ("otherwise", "sent"), [("keep_split", {"calm", "loud"}), ("best", {"loud"}), ("stop", set())]
)
def test_on_too_little_data_nothing_wins(otherwise: Otherwise, sent: set[str]) -> None:
    shop = trying(winner=replace(TEST, otherwise=otherwise))
    shop.begin()
    tried = set(shop.titles)
    shop.click("loud", 5)
    shop.decide()
    assert shop.decision is not None
    assert (shop.decision.reason, shop.decision.winner, shop.decision.found) == ("not_enough_data", None, 5)
    assert {titles[0] for who, titles in shop.titles.items() if who not in tried} == sent
    assert len(shop.titles) == (60 if sent else len(tried))
    assert settled(shop) == "sent"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_whoever_dies_at_any_step_is_made_up_for_and_it_is_decided_once(moment: str) -> None:
    step, died = 0, True
    while died:
        shop, fate, died = trying(16), Fate(step, after=moment == "after"), False
        shop.begin()
        shop.click("loud", 2)
        try:
            shop.decide(fate)
            shop.decide(fate)
        except KilledError:
            died = True
        known = shop.decision
        shop.click("calm", 1)
        shop.decide()
        shop.decide()
        assert shop.decision is not None, step
        assert known in {None, shop.decision}, step
        assert shop.now_is.decision == shop.decision, step
        assert len(shop.mine()) == 2, step
        assert {who: len(titles) for who, titles in shop.titles.items()} == dict.fromkeys(shop.crowd, 1), step
        step += 1
    assert step > 12, "as many steps were died at"


def test_two_who_decide_at_once_decide_one_thing() -> None:
    shop = trying(24)
    shop.begin()
    shop.clock.now = DUE
    before = shop.now_is
    assert shop.deciding(before) == "winner_not_enough_data"
    made = shop.decision
    shop.world.run_shards.clear()
    shop.click("loud", 3)
    assert shop.deciding(before) == "winner_launched", "the one who comes second goes on with what it finds"
    assert shop.decision == made


def test_it_is_not_decided_while_the_store_sends_nothing() -> None:
    shop = trying()
    shop.begin()
    going = shop.world.stores[STORE]
    shop.world.stores[STORE] = replace(going, sending="paused", paused_at=START)
    assert (swept(shop, DUE), shop.rest) == ({"winner_held": 1}, None)
    shop.world.stores[STORE] = going
    assert swept(shop, DUE) == {"winner_not_enough_data": 1}


def test_a_test_that_is_still_being_sent_is_waited_for_until_it_ends() -> None:
    shop = trying(winner=replace(TEST, after=HOUR))
    shop.fire(START)
    assert swept(shop, START + 2 * HOUR) == {"winner_still_tested": 1}
    assert swept(shop, DUE) == {"winner_not_enough_data": 1}, "its run has ended, sent or not"


def test_a_pause_of_the_test_puts_the_decision_off() -> None:
    shop = trying()
    shop.begin()
    (run,) = shop.mine()
    shop.runs.set_state(STORE, run.id, "sending", shift=HOUR)
    assert swept(shop, DUE + HOUR - 1) == {"winner_not_due": 1}
    assert swept(shop, DUE + HOUR) == {"winner_not_enough_data": 1}


@pytest.mark.parametrize("status", ["paused", "cancelled"])
def test_what_is_paused_or_cancelled_is_not_decided(status: str) -> None:
    shop = trying()
    shop.begin()
    renamed(shop, status=status)
    assert (swept(shop, DUE), shop.rest) == ({"nothing_due": 1}, None)


@pytest.mark.parametrize(
    ("status", "outcome", "state"),
    [("paused", "winner_not_enough_data", "paused"), ("cancelled", "winner_not_enough_data", "cancelled")],
)
def test_what_is_paused_or_cancelled_while_it_is_decided_sends_nothing(status: str, outcome: str, state: str) -> None:
    shop = trying()
    shop.begin()
    shop.clock.now, before, posts = DUE, shop.now_is, len(shop.push.posts)
    renamed(shop, status=status)
    assert shop.deciding(before) == outcome
    shop.work()
    assert shop.rest is not None
    assert (shop.rest.state, len(shop.push.posts)) == (state, posts)


def test_what_ends_before_it_is_decided_sends_the_rest_nothing() -> None:
    shop = trying(ends_at=DUE + HOUR)
    shop.begin()
    tried = len(shop.titles)
    assert swept(shop, DUE + HOUR) == {"winner_ended": 1}
    shop.work()
    assert (len(shop.titles), settled(shop)) == (tried, "sent")


def test_a_run_to_the_rest_ends_with_its_ttl_after_the_decision_and_with_the_campaign() -> None:
    for ends_at, expected in ((None, 2 * DAY), (DUE + HOUR, DAY + HOUR)):
        shop = trying(12, ends_at=ends_at)
        shop.begin()
        shop.decide()
        assert shop.rest is not None
        assert shop.rest.ends_at == START + expected


@pytest.mark.parametrize("audience", ["everyone", "a segment"])
def test_no_more_than_were_asked_for_get_it_in_both_parts_together(audience: str) -> None:
    whom = CampaignAudience() if audience == "everyone" else CampaignAudience(include=(SegmentId("here"),))
    shop = trying(60, audience=whom, terms=Terms(max_recipients=21))
    shop.segment("here", REACHABLE)
    shop.begin()
    assert len(shop.titles) == 11
    shop.decide()
    assert len(shop.titles) == 21
    found = reader(shop).of(shop.now_is)
    assert (found.targeted, found.skipped) == (60, {"max_recipients": 39})


def test_who_turns_out_to_be_somebody_who_had_it_does_not_get_it_again() -> None:
    shop = trying(40)
    shop.begin()
    who = next(name for name in shop.crowd if name not in shop.titles)
    had = SendRecord(sent=(Sent(START, b"12345678", NAME),))
    assert shop.sends.save(STORE, [(VisitorId(who), had)]) == [True]
    shop.decide()
    assert set(shop.crowd) - set(shop.titles) == {who}


def leave(shop: Trying, who: str) -> None:
    shop.clock.now += HOUR
    now, said = shop.clock.now, {"reason": "left", "subscription_id": "s"}
    event = Event(EventId(f"left-{who}"), "unsubscribed", VisitorId(who), now, now, said, trusted=True)
    shop.reports([system_item(STORE, event)])


def test_who_leaves_is_counted_for_their_variant_in_either_part() -> None:
    shop = trying(40)
    shop.begin()
    tried = {*shop.titles}
    first = next(iter(tried))
    leave(shop, first)
    shop.decide()
    second = next(who for who, titles in shop.titles.items() if who not in tried and titles != shop.titles[first])
    leave(shop, second)
    found = reader(shop).of(shop.now_is)
    assert {name: share.brought.unsubscribed for name, share in found.by_variant.items()} == {"calm": 1, "loud": 1}
    assert found.brought.unsubscribed == 2
