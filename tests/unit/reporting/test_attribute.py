"""Orders are due to the last click, whatever order and however often what happened is told."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.app.tracking.identify import identified_item
from shopbell.domain.attribution import overall
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.events import Event
from shopbell.domain.ids import VisitorId, customer
from shopbell.domain.profile import Alias

from tests.unit.app.shop import STORE
from tests.unit.reporting.people import ANN, BEN, NOON, Counting, by_hand, event, into_cart, order, receipt, refund

CUSTOMER = customer("42")
MEASURES = ("orders", "revenue:EUR", "refunded:EUR", "refunded_orders")
BY_HAND = (*MEASURES, "buyers", "squares:EUR")
CLICK = receipt(ANN, NOON)
LATER = NOON + HOUR
TESTED = replace(CLICK, properties={**CLICK.properties, "source": "test"})
CANCELLED = event("order_status", ANN, LATER, "s", {"order_id": "o1", "status": "Cancelled"})


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([CLICK, order(ANN, LATER)], (1, 1_000, 0, 0), id="bought after the click"),
        pytest.param([order(ANN, LATER), CLICK], (1, 1_000, 0, 0), id="the order was told of first"),
        pytest.param([CLICK, order(ANN, NOON - 1)], (0, 0, 0, 0), id="bought before the click"),
        pytest.param([CLICK, order(ANN, NOON + 3 * DAY)], (1, 1_000, 0, 0), id="bought as the window ends"),
        pytest.param([CLICK, order(ANN, NOON + 3 * DAY + 1)], (0, 0, 0, 0), id="bought when it has passed"),
        pytest.param([CLICK, order(ANN, NOON)], (1, 1_000, 0, 0), id="bought in the millisecond of the click"),
        pytest.param([CLICK, order(BEN, LATER)], (0, 0, 0, 0), id="somebody else bought"),
        pytest.param([CLICK, order(ANN, LATER), order(ANN, LATER + 5)], (1, 1_000, 0, 0), id="one order told twice"),
        pytest.param(
            [CLICK, order(ANN, LATER, trusted=False, total=9), order(ANN, LATER)], (1, 1_000, 0, 0), id="server wins"
        ),
        pytest.param([CLICK, order(ANN, LATER), refund(ANN, LATER)], (1, 0, 1_000, 1), id="given back whole"),
        pytest.param(
            [refund(ANN, LATER, amount=300), order(ANN, LATER), CLICK], (1, 700, 300, 0), id="part was given back"
        ),
        pytest.param(
            [CLICK, order(ANN, LATER), refund(ANN, LATER, amount=600), refund(ANN, LATER + 1, amount=700)],
            (1, 0, 1_000, 1),
            id="never more than was paid",
        ),
        pytest.param(
            [CLICK, order(ANN, LATER), CANCELLED],
            (1, 0, 1_000, 1),
            id="the order was cancelled",
        ),
        pytest.param([CLICK, order(ANN, LATER, test=True)], (0, 0, 0, 0), id="a test order"),
        pytest.param([TESTED, order(ANN, LATER)], (0, 0, 0, 0), id="a test send"),
        pytest.param([replace(CLICK, trusted=False), order(ANN, LATER)], (0, 0, 0, 0), id="a click that is not ours"),
        pytest.param([receipt(ANN, NOON, "landed"), order(ANN, LATER)], (1, 1_000, 0, 0), id="landed by the message"),
        pytest.param([receipt(ANN, NOON, "shown"), order(ANN, LATER)], (0, 0, 0, 0), id="only saw it"),
    ],
)  # fmt: skip
def test_an_order_is_due_to_a_click(events: list[Event], expected: tuple[int, ...]) -> None:
    for turn in (events, events[::-1]):
        counting = Counting()
        for one in turn:
            counting.tell(one)
        assert counting.measured(*MEASURES) == expected


def test_the_last_click_whose_window_has_not_passed_gets_the_order() -> None:
    counting = Counting()
    counting.tell(
        receipt(ANN, NOON, source="spring"),
        receipt(ANN, NOON + HOUR, source="summer", window=10 * MINUTE),
        order(ANN, NOON + 2 * HOUR),
        order(ANN, NOON + HOUR + MINUTE, "o2", 50),
    )
    assert counting.totals("spring")["orders"] == counting.totals("summer")["orders"] == 1
    assert counting.totals("summer")["revenue:EUR"] == 50


@pytest.mark.parametrize("runs", [("r1", "r2"), ("r2", "r1")], ids=str)
def test_of_two_clicks_in_one_millisecond_the_same_one_gets_the_order_always(
    runs: tuple[str, str],
) -> None:
    counting = Counting()
    for run in runs:
        counting.tell(receipt(ANN, NOON, source=f"of {run}", run=run))
    counting.tell(order(ANN, NOON))
    assert "orders" not in counting.totals("of r1")
    assert counting.totals("of r2")["orders"] == 1


def test_a_late_click_takes_the_order_from_an_earlier_one() -> None:
    counting = Counting()
    counting.tell(receipt(ANN, NOON, source="spring"), order(ANN, LATER))
    assert counting.totals("spring")["orders"] == 1
    assert counting.totals(overall.SOURCE)["orders"] == 1
    counting.tell(receipt(ANN, NOON + MINUTE, source="summer"))
    assert "orders" not in counting.totals("spring")
    assert counting.totals("summer")["orders"] == counting.totals(overall.SOURCE)["orders"] == 1


def test_currencies_stay_apart_and_steps_and_variants_are_named() -> None:
    counting = Counting()
    counting.tell(
        receipt(ANN, NOON, step=2, variant="B"), order(ANN, LATER), order(ANN, LATER, "o2", 70, currency="CHF")
    )
    found = counting.counts.totals(STORE, "spring")
    assert {name: found[name] for name in found if "clicked" not in name} == {
        "2|orders|B": 2,
        "2|revenue:EUR|B": 1_000,
        "2|revenue:CHF|B": 70,
        "2|buyers|B": 1,
        "2|squares:EUR|B": 1_000_000,
        "2|squares:CHF|B": 4_900,
    }


def test_a_store_that_believes_its_server_alone_counts_no_order_of_a_browser() -> None:
    counting = Counting()
    counting.shop.world.stores[STORE] = replace(counting.shop.world.stores[STORE], revenue_source="server")
    counting.tell(CLICK, order(ANN, LATER, trusted=False))
    assert counting.measured("orders") == (0,)
    counting.tell(order(ANN, LATER, total=400))
    assert counting.measured("orders", "revenue:EUR") == (1, 400)


def test_a_message_fills_a_cart_once() -> None:
    counting = Counting()
    counting.tell(into_cart(ANN, NOON - 1), CLICK, into_cart(ANN, NOON + 1), into_cart(ANN, NOON + 2))
    assert counting.measured("carts") == (1,)
    counting.tell(receipt(ANN, NOON + HOUR, run="r2"), into_cart(ANN, NOON + 2 * HOUR))
    assert counting.measured("carts") == (2,)


def test_who_never_clicked_costs_a_read_and_leaves_nothing() -> None:
    counting = Counting()
    told = counting.tell(order(ANN, NOON), into_cart(ANN, NOON))
    assert told == {"attribution_never_clicked": 1, "lift_nobody_parted": 1}
    assert counting.shop.world.report_rows == {}


def identified(counting: Counting, who: VisitorId) -> None:
    counting.aliases.link(STORE, who, Alias(CUSTOMER, NOON))
    item = identified_item(STORE, who, CUSTOMER, NOON)
    counting.events.append([item])
    counting.count([item])


@pytest.mark.parametrize("turns", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)], ids=str)
def test_a_guest_who_clicked_and_a_customer_who_bought_are_one(turns: tuple[int, ...]) -> None:
    counting = Counting()
    steps: list[Callable[[], object]] = [
        lambda: counting.tell(CLICK),
        lambda: identified(counting, ANN),
        lambda: counting.tell(order(CUSTOMER, LATER)),
    ]
    for turn in turns:
        steps[turn]()
    assert counting.measured("orders", "revenue:EUR") == (1, 1_000)
    identified(counting, ANN)
    counting.tell(refund(CUSTOMER, LATER, amount=100))
    counting.tell(order(ANN, LATER, "o2", 5))
    assert counting.measured("orders", "revenue:EUR") == (2, 905)


def test_two_who_clicked_and_bought_keep_their_orders_when_they_are_one() -> None:
    counting = Counting()
    counting.tell(CLICK, order(ANN, LATER), receipt(BEN, NOON, run="r2"), order(BEN, LATER, "o2"))
    counting.tell(order(BEN, LATER, "o1"))
    assert counting.measured("orders") == (2,)
    identified(counting, ANN)
    identified(counting, BEN)
    assert counting.measured("orders", "revenue:EUR") == (2, 2_000)


_HOURS = st.integers(0, 8 * 24)
_EVENTS = st.one_of(
    st.builds(lambda at: receipt(ANN, NOON + at * HOUR), _HOURS),
    st.builds(
        lambda at, name, total, trusted: order(ANN, NOON + at * HOUR, f"o{name}", total, trusted=trusted),
        _HOURS,
        st.integers(0, 5),
        st.integers(0, 500),
        st.booleans(),
    ),
    st.builds(
        lambda at, name, amount: refund(ANN, NOON + at * HOUR, f"o{name}", amount),
        _HOURS,
        st.integers(0, 5),
        st.one_of(st.none(), st.integers(0, 500)),
    ),
)


@settings(max_examples=80, deadline=None)
@given(st.data(), st.lists(_EVENTS, max_size=25, unique_by=lambda one: one.id))
def test_any_order_and_repetition_comes_to_what_is_counted_by_hand(data: st.DataObject, events: list[Event]) -> None:
    counting = Counting()
    told = [counting.log(one)[0] for one in events]
    arrivals = data.draw(st.permutations(told + data.draw(st.lists(st.sampled_from(told)) if told else st.just([]))))
    cut = data.draw(st.integers(0, len(arrivals)))
    counting.count(arrivals[:cut])
    counting.count(arrivals[cut:])
    counting.count(arrivals)
    found = {name: number for name, number in counting.totals().items() if name in BY_HAND}
    assert found == by_hand(events)
