"""Customers under several ids: who speaks for whom, and each subscription reached once."""

from dataclasses import replace

from shopbell.app.management.visitors import ReadVisitor
from shopbell.app.people import Mailboxes, People
from shopbell.app.tracking.identify import identified_item
from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.subscribe import subscribed
from shopbell.domain.ids import SegmentId, VisitorId, customer
from shopbell.domain.profile import Alias
from shopbell.domain.runs import Audience

from tests.unit.app.chunks import send
from tests.unit.app.shop import NOON, STORE, Shop

ANNA = customer("anna")
PHONE, LAPTOP, BOB = VisitorId("phone"), VisitorId("laptop"), VisitorId("bob")
VIEWERS = SegmentId("viewers")


def merged(*aliases: VisitorId) -> Shop:
    """A shop whose visitors have looked at boots, and of whom these are Anna."""
    shop = Shop()
    shop.segment(VIEWERS, {"event": "product_view"})
    for who in (*aliases, BOB):
        shop.subscribe(who, device="a")
        shop.fold(shop.event(who, "product_view", None, {"product_id": "boots"}))
    for who in aliases:
        say(shop, who)
    return shop


def say(shop: Shop, who: VisitorId) -> None:
    shop.aliases.link(STORE, who, Alias(ANNA, NOON))
    shop.fold(identified_item(STORE, who, ANNA, NOON))


def posted(shop: Shop) -> list[str]:
    return sorted(request.url.rpartition("/")[2] for request in shop.push.posts)


def test_a_joined_alias_is_spoken_for_by_its_customer_and_anybody_else_by_themselves() -> None:
    shop = merged(PHONE)
    people = People(shop.visitors)
    found = people.load_many(STORE, [PHONE, BOB, ANNA, VisitorId("nobody")])
    assert {who: profile.visitor for who, profile in found.items()} == {PHONE: ANNA, BOB: BOB, ANNA: ANNA}
    assert people.load(STORE, PHONE) == shop.visitors.load(STORE, ANNA)


def test_an_alias_that_is_not_joined_yet_still_speaks_for_itself() -> None:
    shop = merged()
    shop.fold(shop.event(PHONE, "product_view", None, {"product_id": "boots"}))
    shop.aliases.link(STORE, PHONE, Alias(ANNA, NOON))
    assert People(shop.visitors).load(STORE, PHONE).memberships.keys() == {VIEWERS}


def test_a_segment_reaches_every_browser_of_the_customer_once() -> None:
    shop = merged(PHONE, LAPTOP)
    shop.run(Audience(include=(VIEWERS,)))
    for chunk in shop.page_all():
        send(shop, chunk)
    assert posted(shop) == ["bob-a", "laptop-a", "phone-a"]


def test_everybody_is_reached_once_by_a_broadcast_and_who_is_excluded_under_any_id_is_not() -> None:
    shop = merged(PHONE, LAPTOP)
    shop.fold(shop.event(ANNA, "purchase", None, {"order_id": "o1"}))
    shop.segment("buyers", {"event": "purchase"})
    shop.run(Audience(exclude=(SegmentId("buyers"),)))
    for chunk in shop.page_all():
        send(shop, chunk)
    assert posted(shop) == ["bob-a"]


def test_a_message_planned_for_the_alias_is_sent_to_it_after_the_merge() -> None:
    shop = merged()
    subscription = shop.subscribe(PHONE)
    shop.fold(shop.event(PHONE, "product_view", None, {"product_id": "boots"}))
    run = shop.run(Audience(include=(VIEWERS,)))
    say(shop, PHONE)
    send(shop, shop.chunk(run, (PHONE, subscription)))
    assert posted(shop) == ["phone-a"]


def test_a_subscription_that_somebody_else_has_by_now_is_not_the_customers() -> None:
    shop = merged(PHONE)
    row = shop.register(PHONE)
    shop.subscriptions.put(replace(row, visitor=BOB), None)
    mailboxes = Mailboxes(shop.subscriptions, People(shop.visitors))
    assert mailboxes.of(STORE, [(ANNA, row.id), (PHONE, row.id)]) == {}
    assert mailboxes.of(STORE, [(BOB, row.id)]).keys() == {(BOB, row.id)}


def test_a_browser_that_changes_hands_between_two_ids_of_one_customer_stays_subscribed() -> None:
    shop = merged(PHONE, LAPTOP)
    row = shop.register(PHONE)
    moved = replace(row, visitor=LAPTOP)
    shop.fold(system_item(STORE, subscribed(moved, NOON + 1)))
    assert shop.visitors.load(STORE, ANNA).subscriptions[row.id].active


def test_either_id_is_answered_by_the_customer() -> None:
    shop = merged(PHONE)
    read = ReadVisitor(shop.visitors, shop.segments, shop.memberships, shop.stores, shop.sends, shop.clock)
    for who in (PHONE, ANNA):
        view = read(STORE, who)
        assert (view.visitor, view.customer, set(view.segments)) == (ANNA, "anna", {VIEWERS})
        assert read.log(STORE, who, None, 10) == shop.memberships.log_of_visitor(STORE, ANNA, None, 10)
    assert read(STORE, BOB).customer is None
