"""An order is one order of the store: of two who are told to have made it and never are one, the first has it."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.adapters.memory.personal import MemoryHoldings
from shopbell.app.nightly.reports import RecountReports
from shopbell.app.nightly.work import NightWork
from shopbell.app.tracking.identify import identified_item
from shopbell.domain.attribution import overall
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.erasure import Person
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import VisitorId, customer
from shopbell.domain.profile import Alias

from tests.unit.app.shop import STORE
from tests.unit.reporting.people import ANN, BEN, NOON, Counting, event, order, receipt, refund

MEASURES = ("orders", "revenue:EUR", "refunded:EUR", "refunded_orders")
CLICKS = (receipt(ANN, NOON), receipt(BEN, NOON, run="r2"))
LATER, CUSTOMER = NOON + HOUR, customer("42")


def cancelled(who: VisitorId) -> Event:
    return event("order_status", who, LATER, f"s:{who}", {"order_id": "o1", "status": "cancelled"})


def identified(counting: Counting, who: VisitorId) -> None:
    counting.aliases.link(STORE, who, Alias(CUSTOMER, NOON))
    item = identified_item(STORE, who, CUSTOMER, NOON)
    counting.events.append([item])
    counting.count([item])


@pytest.mark.parametrize("first", [ANN, BEN])
def test_who_tells_of_it_first_has_it_and_the_other_repeats_it(first: VisitorId) -> None:
    second = BEN if first == ANN else ANN
    counting = Counting()
    counting.tell(*CLICKS)
    assert counting.tell(order(first, LATER, total=700))["attribution_repeats"] == 0
    assert counting.tell(order(second, LATER, total=900))["attribution_repeats"] == 1
    assert counting.measured(*MEASURES) == (1, 700, 0, 0)
    assert {name: n for name, n in counting.totals(overall.SOURCE).items() if name in MEASURES} == {
        "orders": 1,
        "revenue:EUR": 700,
    }


def test_told_by_both_in_one_batch_and_again_and_again_it_counts_once() -> None:
    counting = Counting()
    items = counting.log(*CLICKS, order(ANN, LATER), order(BEN, LATER), order(BEN, LATER, "o2", 50))
    for turn in (items, items[::-1], items[3:], items):
        counting.count(turn)
        assert counting.measured("orders", "revenue:EUR") == (2, 1_050) if len(turn) > 2 else True


def test_a_click_that_comes_after_the_orders_gives_the_order_to_one_alone() -> None:
    counting = Counting()
    counting.tell(order(ANN, LATER), order(BEN, LATER))
    counting.tell(CLICKS[1])
    counting.tell(CLICKS[0])
    assert counting.measured("orders", "revenue:EUR", "buyers") == (1, 1_000, 1)


def test_who_never_clicked_claims_nothing() -> None:
    counting = Counting()
    counting.tell(CLICKS[1], order(ANN, LATER))
    assert counting.measured("orders") == (0,)
    counting.tell(order(BEN, LATER))
    assert counting.measured("orders") == (1,)


@pytest.mark.parametrize("back", [refund(BEN, LATER), cancelled(BEN)], ids=["refund", "cancelled"])
@pytest.mark.parametrize("clicked", [True, False], ids=["who clicked, too", "who never clicked"])
def test_what_another_gives_back_by_its_number_is_taken_from_who_has_it(back: Event, *, clicked: bool) -> None:
    counting = Counting()
    counting.tell(*CLICKS[: 1 + clicked], order(ANN, LATER), *([order(BEN, LATER)] * clicked))
    for _ in range(2):
        counting.tell(back)
        assert counting.measured(*MEASURES) == (1, 0, 1_000, 1)


def test_what_is_given_back_by_both_under_one_number_is_never_more_than_was_paid() -> None:
    counting = Counting()
    counting.tell(*CLICKS, order(ANN, LATER), order(BEN, LATER))
    counting.tell(refund(ANN, LATER, amount=600), refund(BEN, LATER + 1, amount=600))
    assert counting.measured(*MEASURES) == (1, 0, 1_000, 1)


@pytest.mark.parametrize("turns", [(ANN, BEN), (BEN, ANN)], ids=str)
def test_once_the_two_are_one_it_is_theirs(turns: tuple[VisitorId, VisitorId]) -> None:
    counting = Counting()
    counting.tell(*CLICKS, order(ANN, LATER), order(BEN, LATER))
    for who in turns:
        identified(counting, who)
        assert counting.measured("orders", "revenue:EUR", "buyers") == (1, 1_000, 1)
    counting.tell(order(CUSTOMER, LATER), refund(BEN, LATER, amount=100))
    assert counting.measured("orders", "revenue:EUR") == (1, 900)


def test_the_order_of_who_was_erased_meanwhile_stays_counted_and_is_given_to_nobody_else() -> None:
    counting = Counting()
    counting.tell(*CLICKS, order(ANN, LATER))
    MemoryHoldings(counting.shop.world).let_go(Person(STORE, (ANN,)), "reports")
    assert counting.tell(order(BEN, LATER), refund(BEN, LATER))["attribution_repeats"] == 1
    assert counting.measured("orders", "revenue:EUR") == (1, 1_000)


def night_over(counting: Counting) -> RecountReports:
    counting.shop.clock.now = NOON + 12 * HOUR
    return RecountReports(counting.shop.visitors, counting.events, counting.count, counting.shop.clock, share=1)


def silent(words: str, **fields: Json) -> None:
    """Nobody listens."""


def test_the_recount_by_night_finds_no_drift_in_a_repeat_and_brings_what_was_given_back_before() -> None:
    counting = Counting()
    for who in (ANN, BEN):
        counting.shop.visit(who)
    counting.tell(*CLICKS, order(ANN, LATER), order(BEN, LATER))
    store, work = counting.shop.world.stores[STORE], NightWork(STORE, NOON + DAY, "reports", 0)
    night = night_over(counting)
    assert night.page(store, work, None, silent).counts == {"reports_recounted": 2}
    counting.log(refund(BEN, LATER, amount=300), order(BEN, LATER + MINUTE, total=5))
    assert night.page(store, work, None, silent).counts["report_drift"] == 1
    assert counting.measured(*MEASURES) == (1, 700, 300, 0)
    assert night.page(store, work, None, silent).counts == {"reports_recounted": 2}


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 25), st.booleans())
def test_whoever_tells_of_orders_in_whatever_order_and_however_often_each_counts_once(
    draw: random.Random, many: int, joined: bool
) -> None:
    counting = Counting()
    told = [receipt(who, NOON, run=f"r{who}") for who in (ANN, BEN)]
    told += [
        order(draw.choice((ANN, BEN)), NOON + draw.randrange(60) * HOUR, f"o{draw.randrange(6)}") for _ in range(many)
    ]
    items = counting.log(*{one.id: one for one in told}.values())
    arrivals = draw.sample(items, len(items)) + draw.choices(items, k=5)
    for at in range(0, len(arrivals), 3):
        counting.count(arrivals[at : at + 3])
    if joined:
        identified(counting, ANN)
        identified(counting, BEN)
    names = {one.properties["order_id"] for one in told if one.type == "purchase"}
    assert counting.measured("orders", "revenue:EUR") == (len(names), 1_000 * len(names))
