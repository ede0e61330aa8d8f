"""Who was held out and who was not: what both did afterwards is counted once, whatever order it is told in."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.app.nightly.reports import RecountReports
from shopbell.app.nightly.work import NightWork
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import VisitorId, customer

from tests.unit.app.shop import STORE
from tests.unit.reporting.parted import HELD, OWN, Decision, Parting, by_hand, opted_out
from tests.unit.reporting.people import ANN, BEN, NOON, Counting, order, receipt, refund

LATER = NOON + HOUR
BOUGHT = {"people": 1, "buyers": 1, "orders": 1, "revenue:EUR": 1_000, "squares:EUR": 1_000_000}
CUSTOMER = customer("42")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([], {"people": 1}, id="nothing"),
        pytest.param([order(ANN, LATER)], BOUGHT, id="bought, without a click"),
        pytest.param([order(ANN, LATER), order(ANN, LATER + 9)], BOUGHT, id="one order told twice"),
        pytest.param([order(ANN, NOON - 1)], {"people": 1}, id="bought before"),
        pytest.param([order(ANN, NOON + 3 * DAY)], BOUGHT, id="bought as the window ends"),
        pytest.param([order(ANN, NOON + 3 * DAY + 1)], {"people": 1}, id="bought when it has passed"),
        pytest.param([order(BEN, LATER)], {"people": 1}, id="somebody else bought"),
        pytest.param([order(ANN, LATER, test=True)], {"people": 1}, id="a test order"),
        pytest.param([order(ANN, LATER, trusted=False, total=9), order(ANN, LATER)], BOUGHT, id="server wins"),
        pytest.param(
            [order(ANN, LATER), refund(ANN, LATER, amount=400)],
            {**BOUGHT, "revenue:EUR": 600, "squares:EUR": 360_000},
            id="part was given back",
        ),
        pytest.param(
            [order(ANN, LATER), refund(ANN, LATER)], {"people": 1, "buyers": 1, "orders": 1}, id="given back whole"
        ),
        pytest.param(
            [order(ANN, LATER), order(ANN, LATER, "o2", 500)],
            {"people": 1, "buyers": 1, "orders": 2, "revenue:EUR": 1_500, "squares:EUR": 2_250_000},
            id="the square is of all that a person paid",
        ),
        pytest.param([opted_out(ANN, LATER)], {"people": 1, "opt_outs": 1}, id="turned pushes off"),
        pytest.param([opted_out(ANN, NOON + 4 * DAY)], {"people": 1}, id="turned them off much later"),
        pytest.param(
            [replace(opted_out(ANN, LATER), properties={"reason": "gone"})], {"people": 1}, id="the service gave up"
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("side", [OWN, HELD], ids=["treated", "held out"])
def test_what_a_person_does_after_being_parted_counts_for_their_group(
    events: list[Event], expected: dict[str, int], side: object
) -> None:
    mine, other = (OWN, HELD) if side is OWN else (HELD, OWN)
    for turn in (events, events[::-1]):
        parting = Parting()
        for one in turn:
            parting.tell(one)
        parting.part(ANN, mine)
        parting.tell(*turn)
        assert parting.group(mine) == expected
        assert parting.group(other) == {}


def test_the_first_decision_of_a_source_and_percentage_stands() -> None:
    parting = Parting()
    parting.part(ANN, OWN)
    parting.part(ANN, HELD, NOON + DAY)
    parting.part(ANN, OWN, NOON + 2 * DAY)
    assert (parting.group(OWN), parting.group(HELD)) == ({"people": 1}, {})
    parting.part(ANN, HELD._replace(percent=20), NOON + 2 * DAY)
    parting.part(ANN, HELD._replace(source_id="summer"), NOON + 2 * DAY)
    assert parting.group(HELD._replace(percent=20)) == {"people": 1}
    assert parting.group(HELD._replace(source_id="summer")) == {"people": 1}


@pytest.mark.parametrize("turns", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)], ids=str)
def test_a_guest_who_was_parted_and_a_customer_who_bought_are_one(turns: tuple[int, ...]) -> None:
    parting = Parting()
    steps: list[Callable[[], object]] = [
        lambda: parting.part(ANN, HELD),
        lambda: parting.identify(ANN),
        lambda: parting.tell(order(CUSTOMER, LATER)),
    ]
    for turn in turns:
        steps[turn]()
    assert parting.group(HELD) == BOUGHT
    parting.identify(ANN)
    parting.tell(refund(CUSTOMER, LATER, amount=100), order(ANN, LATER, "o2", 5))
    assert parting.group(HELD) == {**BOUGHT, "orders": 2, "revenue:EUR": 905, "squares:EUR": 905**2}


def test_two_who_were_parted_apart_are_one_in_the_group_that_came_first() -> None:
    parting = Parting()
    parting.part(ANN, HELD, NOON + 1)
    parting.part(BEN, OWN, NOON)
    parting.tell(order(ANN, LATER), order(BEN, LATER, "o2"))
    assert (parting.group(OWN), parting.group(HELD)) == (BOUGHT, BOUGHT)
    parting.identify(ANN)
    parting.identify(BEN)
    assert parting.group(HELD) == {}
    assert parting.group(OWN) == {**BOUGHT, "orders": 2, "revenue:EUR": 2_000, "squares:EUR": 4_000_000}


def test_a_store_that_never_held_anybody_out_keeps_nothing() -> None:
    counting = Counting()
    assert counting.tell(order(ANN, NOON))["lift_nobody_parted"] == 1
    assert counting.shop.world.report_rows == {}


def test_an_order_that_is_told_of_before_its_maker_is_parted_is_found_by_it() -> None:
    parting = Parting()
    parting.tell(order(ANN, NOON + MINUTE))
    parting.part(ANN, OWN, NOON)
    assert parting.group(OWN) == BOUGHT


PEOPLE = [VisitorId(f"v{number}") for number in range(6)]
_WHO, _AT = st.sampled_from(PEOPLE), st.integers(0, 8 * 24).map(lambda hours: NOON + hours * HOUR)
_SIDES = st.builds(
    lambda source, percent, held: OWN._replace(source_id=source, percent=percent, held=held),
    st.sampled_from(["spring", "summer"]),
    st.sampled_from([5, 10]),
    st.booleans(),
)
_EVENTS = st.one_of(
    st.builds(
        lambda who, at, name, total, trusted: order(who, at, f"{who}-{name}", total, trusted=trusted),
        _WHO, _AT, st.integers(0, 3), st.integers(0, 500), st.booleans(),
    ),
    st.builds(
        lambda who, at, name, amount: refund(who, at, f"{who}-{name}", amount),
        _WHO, _AT, st.integers(0, 3), st.one_of(st.none(), st.integers(0, 500)),
    ),
    st.builds(opted_out, _WHO, _AT),
)  # fmt: skip
_STEPS = st.one_of(_EVENTS, st.builds(Decision, _AT, _WHO, _SIDES), st.sampled_from(PEOPLE[:4]))


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(_STEPS, max_size=40))
def test_duplicates_replays_and_merges_come_to_what_is_counted_by_hand(
    data: st.DataObject, steps: list[Event | Decision | VisitorId]
) -> None:
    parting = Parting()
    told: list[EventItem] = []
    whose: dict[VisitorId, VisitorId] = {}
    for step in steps:
        if isinstance(step, Event):
            told += parting.log(step)
            parting.count(told[-1:])
        elif isinstance(step, Decision):
            parting.part(step.who, step.side, step.at)
        else:
            name = "42" if PEOPLE.index(step) < 2 else "43"
            whose[step] = customer(name)
            parting.identify(step, name)
        replayed = data.draw(st.booleans())
        if told and replayed:
            parting.count(data.draw(st.lists(st.sampled_from(told), max_size=6)))
    parting.count(told)
    decisions = [one for one in steps if isinstance(one, Decision)]
    log = [event for item in told for event in item.events]
    for side in {one.side for one in decisions}:
        assert parting.group(side) == by_hand(decisions, log, whose, side)


def test_ten_thousand_events_of_two_groups_come_to_what_the_raw_events_say() -> None:
    draw, parting = random.Random(11), Parting()  # noqa: S311 - the same events at every run
    people = [VisitorId(f"p{number:03d}") for number in range(300)]
    sides = {who: HELD if number % 5 == 0 else OWN for number, who in enumerate(people)}
    decisions = [Decision(NOON + draw.randrange(DAY), who, side) for who, side in sides.items()]
    log: dict[str, Event] = {}
    while len(log) < 10_000:
        who, at = draw.choice(people), NOON + draw.randrange(7 * 24 * 60) * MINUTE
        name, total = f"{who}-{draw.randrange(60)}", draw.randrange(1, 500)
        what = draw.choice([order(who, at, name, total), refund(who, at, name, total), receipt(who, at)])
        log[what.id] = what
    items = parting.log(*log.values())
    arrivals = draw.sample([*items, *draw.sample(items, 2_000)], 12_000)
    for start in range(0, len(arrivals), 100):
        for one in decisions[start // 40 : start // 40 + 3]:
            parting.part(one.who, one.side, one.at)
        parting.count(arrivals[start : start + 100])
        if draw.random() < 0.2:
            parting.count(arrivals[max(0, start - 50) : start + 30])
    for one in decisions:
        parting.part(one.who, one.side, one.at)
    assert parting.group(HELD)["people"] == 60
    for side in (OWN, HELD):
        assert parting.group(side) == by_hand(decisions, log.values(), {}, side)


def test_what_the_stream_never_told_of_is_counted_by_night_and_said() -> None:
    parting = Parting()
    parting.shop.visit(ANN)
    parting.part(ANN, OWN)
    parting.log(order(ANN, LATER))
    said: list[tuple[str, dict[str, Json]]] = []
    parting.shop.clock.now = NOON + 12 * HOUR
    night = RecountReports(parting.shop.visitors, parting.events, parting.count, parting.shop.clock, share=1)
    store, work = parting.shop.world.stores[STORE], NightWork(STORE, NOON + DAY, "reports", 0)

    def note(words: str, **fields: Json) -> None:
        said.append((words, fields))

    assert night.page(store, work, None, note).counts["report_drift"] == 1
    assert parting.group(OWN) == BOUGHT
    lost = {f"lift:{name}": number for name, number in BOUGHT.items() if name != "people"}
    told = {"store": STORE, "visitor": ANN, "outcomes": {"receipts": 0, **lost}}
    assert said == [("a report had drifted", told)]
    assert night.page(store, work, None, note).counts == {"reports_recounted": 1}
