"""A visitor to whom nothing is to be sent: skipped before all else, not reachable, and so in every form they take."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from shopbell.adapters.memory.configuration import MemoryCampaigns
from shopbell.app.management.campaigns.trying import TestCampaign
from shopbell.app.management.suppress import SuppressVisitor
from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.subscribe import subscribed
from shopbell.app.work import read_chunk
from shopbell.domain.campaigns import Campaign, CampaignAudience
from shopbell.domain.clock import DAY, MINUTE, SECOND
from shopbell.domain.events import EventItem
from shopbell.domain.gates import GATES, Moment, Sending, closed, left_to_ask
from shopbell.domain.ids import CampaignId, SegmentId, VisitorId
from shopbell.domain.membership import Member
from shopbell.domain.outcomes import NAMES
from shopbell.domain.runs import Audience, DeliveryOptions
from shopbell.domain.suppression import suppression_of

from tests.unit.app.chunks import ends, one_chunk, send
from tests.unit.app.merging import ANNA, PEOPLE, refolded, say, state
from tests.unit.app.shop import HELLO, NOON, STORE, Shop
from tests.unit.app.test_dry_run import CALENDAR, gates, stocked, tried, visitor, visitors
from tests.unit.delivery.steps import deliver, greeting, report, work

PHONE = PEOPLE[0]
VISITED = SegmentId("visited")


def say_of(shop: Shop, who: str, *, suppressed: bool = True, reason: str | None = "asked by phone") -> EventItem:
    """Stored, and not yet folded."""
    before = {(store, one): set(items) for (store, one), items in shop.world.events.items()}
    shop.clock.now += SECOND
    SuppressVisitor(shop.visitors, shop.events, shop.clock)(STORE, VisitorId(who), reason, suppressed=suppressed)
    (item,) = (
        item
        for place, items in shop.world.events.items()
        for name, item in items.items()
        if name not in before.get(place, set())
    )
    return item


def suppress(shop: Shop, who: str, *, suppressed: bool = True) -> EventItem:
    item = say_of(shop, who, suppressed=suppressed)
    shop.fold(item)
    return item


def rows(shop: Shop, segment: SegmentId = VISITED) -> dict[str, bool]:
    """Members, and whether each counts as reachable."""
    page: Sequence[Member] = shop.memberships.page(STORE, segment, 0, None, 100).items
    return {row.visitor: row.reachable for row in page}


def test_a_run_skips_who_was_suppressed_since_it_was_planned() -> None:
    shop = Shop()
    run, chunk = one_chunk(shop, 2)
    suppress(shop, "v000")
    send(shop, chunk)
    assert ends(shop, run, chunk) == ["skipped:suppressed", "accepted"]
    assert [url.rpartition("/")[2] for url in shop.push.by_url] == ["v001-a"]


def test_a_run_that_is_planned_later_hands_out_nobody_who_is_suppressed_and_counts_them() -> None:
    shop = Shop()
    shop.segment(VISITED, {"event": "page_view"})
    for name in ("ann", "ben"):
        shop.subscribe(name)
        shop.visit(name)
    suppress(shop, "ann")
    run = shop.run(Audience(include=(VISITED,)))
    assert [one.visitor for chunk in shop.page_all() for one in chunk.recipients] == ["ben"]
    assert [dict(row.skipped) for row in shop.progress.shards(STORE, run.id)] == [{"suppressed": 1}]


def test_a_single_step_is_skipped_even_when_it_is_transactional() -> None:
    shop = Shop()
    greeting(shop, message_class="transactional")
    visitor(shop, "ann", last_visit=shop.clock.now)
    suppress(shop, "ann")
    deliver(shop, work(shop))
    assert report(shop).skipped == {"suppressed": 1}
    assert shop.push.posts == []


def trying(shop: Shop) -> TestCampaign:
    row = Campaign(
        STORE, CampaignId("spring"), "Spring", "draft", CampaignAudience(), HELLO, DeliveryOptions(), NOON, NOON
    )
    campaigns = MemoryCampaigns(shop.world)
    assert campaigns.save(row, expected=None)
    return TestCampaign(campaigns, shop.stores, shop.visitors, shop.runs, shop.send_now_queue, shop.clock)


def test_a_test_send_reaches_nobody_who_is_suppressed() -> None:
    shop = Shop()
    shop.subscribe("ann")
    suppress(shop, "ann")
    tried_out = trying(shop)(STORE, CampaignId("spring"), [VisitorId("ann")])
    assert (tried_out.sent, tried_out.unreachable) == ((), ("ann",))
    assert shop.send_now_queue.take() == []


def test_a_test_send_that_is_on_its_way_is_skipped_too() -> None:
    shop = Shop()
    shop.subscribe("ann")
    trying(shop)(STORE, CampaignId("spring"), [VisitorId("ann")])
    suppress(shop, "ann")
    (message,) = shop.send_now_queue.take()
    chunk = read_chunk(message.body)
    send(shop, chunk)
    ledger = shop.progress.ledger(STORE, chunk.run, chunk.id)
    assert ledger is not None
    assert [NAMES[code] for code in ledger.codes] == ["skipped:suppressed"]
    assert shop.push.posts == []


def test_the_gate_comes_before_every_other_that_asks_about_the_visitor() -> None:
    shop = Shop()
    shop.visit("ann")
    suppress(shop, "ann")
    profile = shop.visitors.load(STORE, VisitorId("ann"))

    def rendered() -> bool:
        raise AssertionError("a message was rendered for somebody who is to be left alone")

    sending = Sending(topic="sale", recheck_audience=True, holdout_percent=100)
    wrong = Moment(Audience(include=(VISITED,)), None, profile, rendered, sending=sending, repeated=True)
    assert closed(wrong) == "skipped:suppressed"
    assert [gate.name for gate in GATES][:2] == ["expired", "suppressed"], (
        "a message that is over is nobody's any more"
    )
    assert "suppressed" in [gate.name for gate in left_to_ask(replace(wrong, sending=Sending(source="test")))]


def test_reachable_falls_and_rises_with_it_in_every_segment() -> None:
    shop = Shop()
    names = [shop.segment(f"s{number:02d}", {"event": "page_view"}) for number in range(60)]
    shop.subscribe("ann")
    shop.visit("ann")
    assert {rows(shop, name)["ann"] for name in names} == {True}
    suppress(shop, "ann")
    assert {rows(shop, name)["ann"] for name in names} == {False}
    assert shop.visitors.load(STORE, VisitorId("ann")).stale == ()
    suppress(shop, "ann", suppressed=False)
    assert {rows(shop, name)["ann"] for name in names} == {True}


def test_who_enters_while_suppressed_does_not_count_as_reachable_nor_does_a_new_device_change_that() -> None:
    shop = Shop()
    shop.segment(VISITED, {"event": "page_view"})
    shop.subscribe("ann")
    suppress(shop, "ann")
    shop.visit("ann")
    assert rows(shop) == {"ann": False}
    shop.subscribe("ann", device="b")
    assert rows(shop) == {"ann": False}


@pytest.mark.parametrize("order", ["visitor first", "alias first", "customer first", "unfolded"])
def test_it_stays_when_the_visitor_turns_out_to_be_a_customer_in_whatever_order_and_again(order: str) -> None:
    shop = Shop()
    shop.segment(VISITED, {"event": "page_view"})
    row = shop.register(PHONE)
    items = [system_item(STORE, subscribed(row, NOON)), shop.event(PHONE, "page_view"), shop.event(ANNA, "page_view")]
    shop.events.append(items[:1])
    shop.fold(*items)
    match order:
        case "visitor first":
            items += [suppress(shop, PHONE), later(shop)]
        case "alias first":
            shop.fold(first := later(shop))
            items += [first, say_of(shop, PHONE)]
        case "customer first":
            items += [suppress(shop, ANNA), later(shop)]
        case _:
            items += [say_of(shop, PHONE), later(shop)][::-1]
    for _ in range(2):
        shop.fold(*items)
        anna = shop.visitors.load(STORE, ANNA)
        assert suppression_of(anna.traits) is not None
        assert state(anna) == state(refolded(shop, (PHONE, ANNA)))
        assert rows(shop) == {ANNA: False}
    run = shop.run()
    chunk = shop.chunk(run, (PHONE, row.id))
    send(shop, chunk)
    assert ends(shop, run, chunk) == ["skipped:suppressed"]


def later(shop: Shop) -> EventItem:
    shop.clock.now += MINUTE
    return say(shop, PHONE)


def test_what_is_lifted_stays_lifted_when_all_events_come_again() -> None:
    shop = Shop()
    shop.subscribe("ann")
    items = [suppress(shop, "ann"), suppress(shop, "ann", suppressed=False)]
    shop.fold(*items[::-1])
    shop.fold(*items)
    assert shop.visitors.load(STORE, VisitorId("ann")).reachable


def test_a_dry_run_names_the_gate() -> None:
    shop = stocked()
    for name in ("ann", "ben"):
        visitor(shop, name, last_visit=NOON - DAY)
    suppress(shop, "ann")
    trial = tried(shop, CALENDAR)
    assert (visitors(trial), gates(trial)) == (["ben"], {"suppressed": ["ann"]})
