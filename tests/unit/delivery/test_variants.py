"""A message in variants on its way: one for each person, the same at every try, and told apart by reports."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from shopbell.adapters.memory.configuration import MemorySecrets
from shopbell.app.ends import Done, Handed, Later
from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.receive import TokenKeys
from shopbell.domain.content import Content, Variant
from shopbell.domain.events import Event
from shopbell.domain.ids import EventId, VisitorId
from shopbell.domain.push.token import MessageRef, open_token
from shopbell.domain.push.values import PushAnswer
from shopbell.domain.reports import Report
from shopbell.domain.runs import Audience, Run
from shopbell.domain.scenarios.audience import REACHABLE
from shopbell.domain.scenarios.plan import Step

from tests.unit.app.chunks import send
from tests.unit.app.pushing import put_off
from tests.unit.app.shop import STORE, Shop
from tests.unit.delivery.steps import deliver, greeting, reader, visitor, work

TWO = (
    Variant("calm", 3, Content("calm", "for {{ visitor.country }}", "/")),
    Variant("loud", 1, Content("LOUD", "x", "/", translations={"de": {"title": "LAUT"}})),
)
PEOPLE = [f"v{number:03d}" for number in range(60)]


def titles(shop: Shop) -> dict[str, str]:
    """By the end of the address, which names the visitor."""
    return {
        post.url.rpartition("/")[2].partition("-")[0]: json.loads(post.body)["notification"]["title"]
        for post in shop.push.posts
    }


def sent_to_all(shop: Shop, audience: Audience | None = None) -> tuple[Run, Report]:
    for who in PEOPLE:
        shop.subscribe(who)
    run = shop.run(audience, variants=TWO, content=TWO[0].content)
    for chunk in shop.page_all():
        assert isinstance(send(shop, chunk), Done)
    return run, reader(shop).over([run])


def test_each_person_gets_their_own_and_the_report_adds_up() -> None:
    shop = Shop()
    run, found = sent_to_all(shop)
    expected = {who: TWO[run.variant_for(VisitorId(who))].content.title for who in PEOPLE}
    assert titles(shop) == expected
    counts = Counter(expected.values())
    assert min(counts.values()) > 5
    assert {name: share.accepted for name, share in found.by_variant.items()} == {
        "calm": counts["calm"],
        "loud": counts["LOUD"],
    }
    assert sum(share.targeted for share in found.by_variant.values()) + found.open == found.targeted == len(PEOPLE)


def test_who_is_left_out_while_planning_counts_for_the_variant_that_would_have_been_theirs() -> None:
    shop = Shop()
    away = shop.segment("away", {"event": "page_view"})
    for who in PEOPLE[:20]:
        shop.visit(who)
    _, found = sent_to_all(shop, Audience(exclude=(away,)))
    assert found.skipped == {"excluded": 20}
    assert sum(share.skipped.get("excluded", 0) for share in found.by_variant.values()) == 20
    assert sum(share.targeted for share in found.by_variant.values()) == found.targeted == len(PEOPLE)


@pytest.mark.parametrize("everybody", [True, False], ids=["everybody", "a segment"])
def test_people_who_are_left_out_and_messages_to_devices_are_told_apart_and_add_up(*, everybody: bool) -> None:
    shop = Shop()
    away, here = shop.segment("away", {"event": "page_view"}), shop.segment("here", REACHABLE)
    for who in PEOPLE:
        shop.subscribe(who, "mozilla", "b")
    for who in PEOPLE[:20]:
        shop.visit(who)
    _, found = sent_to_all(shop, Audience(() if everybody else (here,), (away,)))
    assert (found.left_out, found.planned, found.accepted, found.open) == ({"excluded": 20}, 80, 80, 0)
    assert (
        found.targeted == found.planned + sum(found.left_out.values()) == found.accepted + found.skipped["excluded"]
    )
    for share in found.by_variant.values():
        assert share.planned == share.accepted == share.targeted - share.left_out["excluded"]


def test_the_token_says_which_and_a_receipt_is_counted_for_it() -> None:
    shop = Shop()
    run, _ = sent_to_all(shop)
    keys = TokenKeys(shop.stores, MemorySecrets(shop.world))(STORE)
    for post in shop.push.posts:
        notification = json.loads(post.body)["notification"]
        ref = open_token(notification["data"]["message"], keys, shop.clock.now)
        assert isinstance(ref, MessageRef)
        assert TWO[ref.variant].content.title == notification["title"]
    shop.reports(
        system_item(STORE, clicked(shop, run, number, variant))
        for number, variant in enumerate(["calm", "loud", "loud"])
    )
    found = reader(shop).over([run], told=[shop.report_counts.totals(STORE, run.source_id)])
    assert found.brought.receipts["clicked"] == 3
    assert {name: share.brought.receipts["clicked"] for name, share in found.by_variant.items()} == {
        "calm": 1,
        "loud": 2,
    }


def clicked(shop: Shop, run: Run, number: int, variant: str) -> Event:
    now, who = shop.clock.now, VisitorId(PEOPLE[number])
    properties = {"run": run.id, "variant": variant, "campaign": run.source_id}
    return Event(EventId(f"click-{number}"), "push_clicked", who, now, now, properties, trusted=True)


def test_a_worker_that_goes_on_with_a_chunk_keeps_the_variants_of_the_one_before() -> None:
    shop = Shop()
    for who in PEOPLE:
        shop.subscribe(who)
    run = shop.run(variants=TWO, content=TWO[0].content)
    shop.push.answer = lambda request: PushAnswer(201) if "v00" in request.url else put_off(30)
    waiting = [chunk for chunk in shop.page_all() if isinstance(send(shop, chunk), Later)]
    shop.push.answer = lambda _: PushAnswer(201)
    for chunk in waiting:
        assert isinstance(send(shop, chunk, Handed(2)), Done)
    found = reader(shop).over([run])
    assert (found.accepted, found.open) == (len(PEOPLE), 0)
    assert sum(share.accepted for share in found.by_variant.values()) == len(PEOPLE)


def test_a_step_is_sent_in_its_visitors_variant_and_counted_for_it() -> None:
    shop = Shop()
    plan = greeting(shop, Step(0, TWO[0].content, variants=TWO))
    for who in PEOPLE[:12]:
        visitor(shop, who)
        assert deliver(shop, work(shop, who)) == Done({"accepted": 1, "steps_done": 1})
    (run,) = shop.world.runs.values()
    assert run.variants == plan.steps[0].variants
    expected = {who: TWO[run.variant_for(VisitorId(who))].content.title for who in PEOPLE[:12]}
    assert titles(shop) == expected
    found = reader(shop).over([run])
    assert sum(share.accepted for share in found.by_variant.values()) == found.accepted == 12
    assert found.by_variant["loud"].accepted == Counter(expected.values())["LOUD"]


def test_who_has_no_device_left_counts_as_skipped_for_their_variant() -> None:
    shop = Shop()
    greeting(shop, Step(0, TWO[0].content, variants=TWO))
    shop.visit("ann")
    deliver(shop, work(shop, "ann"))
    found = reader(shop).over([*shop.world.runs.values()])
    assert found.skipped == {"unsubscribed": 1}
    assert [share.skipped for share in found.by_variant.values() if share.targeted] == [{"unsubscribed": 1}]


def test_a_variant_whose_template_fails_falls_back_within_itself() -> None:
    shop = Shop()
    broken = Content("{{ visitor.country | money: 3 }}Loud and clear", "x", "/")
    for who in PEOPLE[:30]:
        shop.subscribe(who)
    shop.run(variants=(TWO[0], replace(TWO[1], content=broken)), content=TWO[0].content)
    for chunk in shop.page_all():
        send(shop, chunk)
    assert set(titles(shop).values()) == {"calm", "Loud and clear"}
