"""A campaign of which some are held out: who was, and who was not, is noted before anything goes."""

from dataclasses import replace

from shopbell.app.ends import Handed
from shopbell.app.tracking.items import system_item
from shopbell.domain.attribution.parting import source_of
from shopbell.domain.clock import HOUR
from shopbell.domain.gates.holdout import EVERYTHING, held_out
from shopbell.domain.ids import VisitorId
from shopbell.domain.lift import Lift, lift_of
from shopbell.domain.push.values import PushAnswer
from shopbell.domain.runs import Run, Terms

from tests.unit.app.shop import NOON, STORE, Shop
from tests.unit.reporting.people import order

PEOPLE = [f"v{number}" for number in range(60)]
HELD = {who for who in PEOPLE if held_out(STORE, VisitorId(who), "spring", 20)}
TERMS = Terms(holdout_percent=20, respect_caps=False)


def crowd(shop: Shop) -> Shop:
    for who in PEOPLE:
        shop.subscribe(who)
    for who in PEOPLE[:10]:
        shop.subscribe(who, "mozilla", "b")
    return shop


def send(shop: Shop, run: Run, times: int = 1) -> Run:
    for chunk in shop.page_all():
        for _ in range(times):
            shop.send(chunk, Handed(), shop.left)
    return run


def lift(shop: Shop, source: str = "spring") -> Lift:
    found = lift_of(shop.report_counts.totals(STORE, source_of(source)), 20)
    assert found is not None
    return found


def test_everybody_is_in_the_group_that_their_hash_says_once_for_all_their_devices() -> None:
    shop = crowd(Shop())
    send(shop, shop.run(terms=TERMS), times=3)
    assert 5 <= len(HELD) <= 20
    assert (lift(shop).held_out.people, lift(shop).treated.people) == (len(HELD), len(PEOPLE) - len(HELD))
    assert len(shop.push.posts) == sum(1 + (who in PEOPLE[:10]) for who in PEOPLE if who not in HELD)


def test_those_whom_nothing_reached_stay_in_the_comparison() -> None:
    shop = crowd(Shop())
    shop.push.answer = lambda _: PushAnswer(410)
    send(shop, shop.run(terms=TERMS))
    assert (lift(shop).held_out.people, lift(shop).treated.people) == (len(HELD), len(PEOPLE) - len(HELD))


def test_who_is_put_off_until_the_night_is_over_is_told_apart_when_the_others_are() -> None:
    shop = crowd(Shop())
    shop.clock.now = NOON + 11 * HOUR
    send(shop, shop.run(terms=replace(TERMS, respect_quiet_hours=True)))
    assert not shop.push.posts
    assert (lift(shop).held_out.people, lift(shop).treated.people) == (len(HELD), len(PEOPLE) - len(HELD))


def test_what_they_buy_afterwards_is_compared() -> None:
    shop = crowd(Shop())
    send(shop, shop.run(terms=TERMS))
    for who in PEOPLE:
        event = order(VisitorId(who), NOON + HOUR, f"o-{who}", 100 if who in HELD else 200)
        shop.reports([system_item(STORE, event)])
    found = lift(shop)
    assert (found.held_out.buyers, found.treated.buyers) == (len(HELD), 60 - len(HELD))
    assert found.treated.revenue == {"EUR": 200 * (60 - len(HELD))}


def test_a_second_run_counts_nobody_again() -> None:
    shop = crowd(Shop())
    send(shop, shop.run(terms=TERMS))
    shop.clock.now += HOUR
    send(shop, shop.run(terms=TERMS))
    assert lift(shop).treated.people == 60 - len(HELD)


def test_a_run_of_which_nobody_is_held_out_leaves_nothing() -> None:
    shop = crowd(Shop())
    send(shop, shop.run(terms=Terms(respect_caps=False)))
    assert shop.world.report_rows == {}


def test_a_store_that_holds_people_out_of_everything_tells_all_its_messages_apart() -> None:
    shop = crowd(Shop())
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], global_holdout_percent=20)
    send(shop, shop.run(terms=TERMS))
    nothing = {who for who in PEOPLE if held_out(STORE, VisitorId(who), EVERYTHING, 20)}
    assert (lift(shop, EVERYTHING).held_out.people, lift(shop, EVERYTHING).treated.people) == (
        len(nothing), 60 - len(nothing),
    )  # fmt: skip
    assert lift(shop).held_out.people == len(HELD - nothing)
