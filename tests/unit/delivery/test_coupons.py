"""Codes in messages: one for a message, however often it is tried; given back unless somebody may have seen it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.runs import MemoryCounters
from shopbell.app.ends import Done
from shopbell.domain.clock import DAY, HOUR, format_instant
from shopbell.domain.content import Action, Content
from shopbell.domain.coupons import CouponTerms, Held, Stock, counted
from shopbell.domain.ids import VisitorId
from shopbell.domain.policy import Cap
from shopbell.domain.push.values import PushAnswer
from shopbell.domain.runs import Terms
from shopbell.domain.scenarios.plan import Step

from tests.unit.app.chunks import ends, send
from tests.unit.app.giving import SPRING, pool
from tests.unit.app.pushing import put_off
from tests.unit.app.shop import NOON, STORE, Shop
from tests.unit.delivery.steps import deliver, greeting, report, visitor, work

TERMS = CouponTerms(SPRING, 2 * DAY)
WORDS = Content(
    "{% if coupon %}{{ coupon.discount }} with {{ coupon.code }}{% else %}Hello{% endif %}",
    "Until {{ coupon.expires_at }}",
    "/sale?code={{ coupon.code }}",
    image_url="/{{ coupon.code }}.png",
    actions=(Action("go", "Take {{ coupon.code }}", "/go/{{ coupon.code }}/now"),),
)


def shop_with(codes: int = 3, terms: CouponTerms = TERMS, *devices: str, **changes: object) -> Shop:
    shop = Shop()
    pool(shop.world, STORE, codes, **changes)
    greeting(shop, Step(0, WORDS, coupon=terms))
    visitor(shop, "ann", *devices)
    return shop


def stock(shop: Shop) -> Stock:
    return Stock.of(MemoryCounters(shop.world).total(STORE, counted(SPRING)))


def held(shop: Shop, name: str = "ann") -> list[Held]:
    return list(shop.world.coupons_held.get((STORE, VisitorId(name)), {}).values())


def said(shop: Shop) -> list[dict[str, Any]]:
    return [json.loads(post.body)["notification"] for post in shop.push.posts]


def titles(shop: Shop) -> list[str]:
    return [one["title"] for one in said(shop)]


def told(shop: Shop, kind: str = "coupon_assigned") -> list[Any]:
    rows = [item for items in shop.world.events.values() for item in items.values()]
    return [event for item in rows for event in item.events if event.type == kind]


def test_a_message_brings_a_code_that_is_the_visitors_from_then_on() -> None:
    shop = shop_with()
    assert deliver(shop, work(shop)) == Done({"accepted": 1, "steps_done": 1})
    (mine,) = held(shop)
    (push,) = said(shop)
    assert push["title"] == f"10 % with {mine.code}"
    assert push["body"] == f"Until {format_instant(NOON + 2 * DAY)}"
    assert (mine.claim.expires_at, stock(shop)) == (NOON + 2 * DAY, Stock(codes=3, assigned=1))


def test_a_code_never_stands_in_an_address() -> None:
    shop = shop_with()
    deliver(shop, work(shop))
    ((mine,), (push,)) = held(shop), said(shop)
    assert push["actions"][0]["title"] == f"Take {mine.code}"
    for address in (push["navigate"], push["actions"][0]["navigate"], push.get("image", "")):
        assert mine.code not in address


def test_every_device_of_a_person_has_the_same_code() -> None:
    shop = shop_with(3, TERMS, "a", "b", "c")
    deliver(shop, work(shop))
    assert len(set(titles(shop))) == 1
    assert stock(shop).assigned == 1
    assert len(told(shop)) == 1


def test_what_is_told_of_it_names_the_pool_and_not_the_code() -> None:
    shop = shop_with()
    deliver(shop, work(shop))
    (event,) = told(shop)
    (mine,) = held(shop)
    assert event.trusted
    assert {"pool": "spring", "scenario": "nice_to_meet_you", "step": 0}.items() <= event.properties.items()
    assert mine.code not in str(event.properties)
    assert mine.code not in repr(mine)


@pytest.mark.parametrize(
    ("codes", "changes", "reason"),
    [
        pytest.param(0, {}, "empty", id="empty"),
        pytest.param(3, {"archived": True}, "no_pool", id="archived"),
        pytest.param(3, {"expires_at": NOON}, "over", id="over"),
    ],
)
def test_without_a_code_a_message_that_needs_one_is_skipped_and_says_why(
    codes: int, changes: dict[str, Any], reason: str
) -> None:
    shop = shop_with(codes, TERMS, **changes)
    end = deliver(shop, work(shop))
    assert end == Done({"skipped:no_coupon": 1, f"no_coupon_{reason}": 1, "steps_done": 1})
    assert (shop.push.posts, report(shop).skipped, told(shop)) == ([], {"no_coupon": 1}, [])


def test_without_a_code_a_message_that_does_without_goes_without() -> None:
    shop = shop_with(0, replace(TERMS, required=False))
    end = deliver(shop, work(shop))
    assert (end.counts["accepted"], end.counts["coupon_empty"]) == (1, 1)
    assert titles(shop) == ["Hello"]


def test_a_pool_that_is_gone_is_no_reason_to_fail() -> None:
    shop = Shop()
    greeting(shop, Step(0, WORDS, coupon=TERMS))
    visitor(shop)
    assert deliver(shop, work(shop)).counts["no_coupon_no_pool"] == 1


def test_no_code_lasts_longer_than_its_pool() -> None:
    shop = shop_with(3, TERMS, expires_at=NOON + HOUR)
    deliver(shop, work(shop))
    assert [one.claim.expires_at for one in held(shop)] == [NOON + HOUR]


def test_a_cart_of_too_little_worth_brings_no_code() -> None:
    shop = shop_with(3, replace(TERMS, minimum=5_000))
    assert deliver(shop, work(shop)).counts["no_coupon_cart"] == 1
    shop.fold(shop.event("ann", "cart_add", None, {"product_id": "boots", "quantity": 2, "price": 2_500}))
    assert deliver(shop, work(shop, key="signup-2")).counts["accepted"] == 1


def test_one_code_of_a_scenario_within_so_long() -> None:
    shop = shop_with(3, replace(TERMS, every=60 * DAY))
    deliver(shop, work(shop))
    shop.clock.now += 59 * DAY
    assert deliver(shop, work(shop, key="signup-2")).counts["no_coupon_recent"] == 1
    shop.clock.now += DAY
    assert deliver(shop, work(shop, key="signup-3")).counts["accepted"] == 1
    assert stock(shop).assigned == 2


def test_a_step_that_the_service_puts_off_keeps_its_code() -> None:
    shop = shop_with()
    shop.push.answer = lambda _: put_off(5)
    deliver(shop, work(shop))
    ((first,), taken) = held(shop), stock(shop)
    assert (first.claim.devices, taken.assigned, told(shop)) == (frozenset(), 1, [])
    shop.push.answer = lambda _: PushAnswer(201)
    deliver(shop, work(shop), receives=2)
    assert titles(shop) == [f"10 % with {first.code}"] * 2
    assert stock(shop).assigned == len(told(shop)) == 1


def test_a_worker_that_died_after_the_post_leaves_the_same_code_to_the_next_even_if_the_pool_ran_dry() -> None:
    shop = shop_with(1)

    def die(_: object) -> PushAnswer:
        raise KeyboardInterrupt

    shop.push.answer = die
    with pytest.raises(KeyboardInterrupt):
        deliver(shop, work(shop))
    shop.push.answer = lambda _: PushAnswer(201)
    shop.clock.now += HOUR
    deliver(shop, work(shop), receives=2)
    assert len(set(titles(shop))) == 1
    assert len(titles(shop)) == 2
    assert stock(shop).assigned == 1


def test_a_step_that_is_skipped_after_it_was_put_off_gives_its_code_back() -> None:
    shop = shop_with()
    shop.push.answer = lambda _: put_off(5)
    deliver(shop, work(shop))
    shop.fold(shop.event("ann", "unsubscribed", None, {}))
    shop.clock.now += 2 * DAY
    assert deliver(shop, work(shop, due=NOON, started_at=NOON, expires_at=NOON + DAY)).counts["skipped:expired"] == 1
    assert (stock(shop), held(shop)) == (Stock(codes=3), [])


@pytest.mark.parametrize("cause", ["cancelled", "ended"])
def test_a_cancelled_or_ended_run_gives_back_what_nobody_has(cause: str) -> None:
    shop = Shop()
    pool(shop.world, STORE, 3)
    run = shop.run(content=WORDS, terms=Terms(coupon=TERMS))
    chunk = shop.chunk(run, *((name, shop.subscribe(name)) for name in ("ann", "ben")))
    shop.push.answer = lambda request: PushAnswer(201) if "ben" in request.url else put_off(5)
    send(shop, chunk)
    assert stock(shop).assigned == 2
    if cause == "cancelled":
        shop.runs.set_state(STORE, run.id, "cancelled")
    else:
        shop.clock.now = run.ends_at
    send(shop, chunk)
    assert ends(shop, run, chunk) == [f"skipped:{'cancelled' if cause == 'cancelled' else 'expired'}", "accepted"]
    assert (stock(shop).assigned, len(held(shop, "ben")), held(shop)) == (1, 1, [])


@pytest.mark.parametrize("status", [410, 400, 413])
def test_a_code_that_no_service_took_goes_back_at_once(status: int) -> None:
    shop = shop_with(3, TERMS, "a", "b")
    shop.push.answer = lambda _: PushAnswer(status)
    deliver(shop, work(shop))
    assert (stock(shop), held(shop), told(shop)) == (Stock(codes=3), [], [])


def test_a_code_that_one_device_has_stays_whatever_the_others_say() -> None:
    shop = shop_with(3, TERMS, "a", "b")
    shop.push.answer = lambda request: PushAnswer(201 if request.url.endswith("-a") else 410)
    deliver(shop, work(shop))
    assert stock(shop).assigned == 1


@pytest.mark.parametrize("status", [500, 503])
def test_a_code_that_a_service_may_have_taken_never_goes_back(status: int) -> None:
    shop = shop_with()
    shop.push.answer = lambda _: PushAnswer(status)
    deliver(shop, work(shop))
    shop.clock.now += 2 * DAY
    late = work(shop, due=NOON, started_at=NOON, expires_at=NOON + DAY)
    assert deliver(shop, late).counts["skipped:expired"] == 1
    assert stock(shop).assigned == 1


def test_what_a_cap_keeps_back_takes_no_code() -> None:
    shop = shop_with()
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], caps=(Cap(0, DAY),))
    deliver(shop, work(shop))
    assert (stock(shop), held(shop)) == (Stock(codes=3), [])


def test_a_chunk_hands_out_as_many_codes_as_there_are() -> None:
    shop = Shop()
    pool(shop.world, STORE, 2)
    run = shop.run(content=WORDS, terms=Terms(coupon=TERMS))
    chunk = shop.chunk(run, *((name, shop.subscribe(name)) for name in ("ann", "ben", "cay")))
    send(shop, chunk)
    assert sorted(ends(shop, run, chunk)) == ["accepted", "accepted", "skipped:no_coupon"]
    assert len(set(titles(shop))) == 2
    assert len(shop.sends.of(STORE, [VisitorId("cay")])[VisitorId("cay")].sent) == 0
