"""What goes together is the same whatever the order in which it is told, and is told once."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.adapters.memory.demand import MemoryDemandCounters, MemoryTops
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.binding import FEW, BindTogether
from shopbell.app.demand import CountDemand, Record
from shopbell.domain.clock import DAY, MINUTE
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import EventId, ProductId, VisitorId
from shopbell.domain.recommend.bonds import HALF_LIFE, KEPT, Binding, Bonds, Subject, united
from shopbell.domain.recommend.together import (
    LINES,
    MAX_NOTED,
    NOWHERE,
    Basket,
    Look,
    Note,
    follow,
    packed,
    packed_notes,
    unpacked,
    unpacked_notes,
)

from tests.unit.recommend.shop import NOW, STORE, WHO, product

TODAY = NOW // DAY
KINDS = {ProductId(name): (f"kind {name}",) for name in "abcdef"}


def view(name: str, minute: int, number: int = 0) -> Event:
    at = NOW + minute * MINUTE
    return Event(EventId(f"v{name}{minute}{number}"), "product_view", WHO, at, at, {"product_id": name})


def order(name: str, *products: str, days_ago: int = 0) -> Event:
    at = NOW - days_ago * DAY
    lines: list[Json] = [{"product_id": one} for one in products]
    return Event(EventId(f"{name}-{len(products)}"), "purchase", WHO, at, at, {"order_id": name, "items": lines})


def told(*records: Sequence[Event]) -> list[Note]:
    trail = NOWHERE
    found: list[Note] = []
    for events in records:
        trail, notes = follow(unpacked(packed(trail)), events)
        found += unpacked_notes(packed_notes(notes))
    return found


def bonds(notes: Sequence[Note]) -> dict[Subject, Bonds]:
    binding = Binding(TODAY, KINDS, TODAY)
    binding.add(notes)
    return dict(binding.bonds())


def test_the_products_of_an_order_go_together_and_are_of_kinds_that_do() -> None:
    found = bonds(told([order("o1", "a", "b", "b"), order("o2", "a")]))

    assert found[Subject("bought", "a")] == Bonds(TODAY, 2.0, {"b": 1.0}, TODAY)
    assert found[Subject("category", "kind b")] == Bonds(TODAY, 1.0, {"kind a": 1.0}, TODAY)
    assert Subject("viewed", "a") not in found


def test_an_order_that_two_ways_report_is_one() -> None:
    assert told([order("o1", "a", "b")], [order("o1", "a", "b", "c")]) == [
        Basket(NOW, (ProductId("a"), ProductId("b")))
    ]


@pytest.mark.parametrize(("lines", "counted"), [(LINES, 1), (LINES + 1, 0), (0, 0)])
def test_who_buys_everything_chose_nothing(lines: int, counted: int) -> None:
    assert len(told([order("o1", *(f"p{number}" for number in range(lines)))])) == counted


def test_looks_within_a_pause_go_together_once_however_often_they_come() -> None:
    looks = told([view("a", 0)], [view("b", 30)], [view("a", 35), view("b", 36)], [view("c", 67)], [view("b", 68)])

    assert all(isinstance(one, Look) for one in looks)
    found = bonds(looks)
    assert found[Subject("viewed", "b")] == Bonds(TODAY, 1.0, {"a": 1.0, "c": 1.0}, TODAY)
    assert found[Subject("viewed", "c")] == Bonds(TODAY, 1.0, {"b": 1.0}, TODAY)


def test_a_product_alone_on_its_visit_says_nothing_and_comes_back_as_if_new() -> None:
    assert told([view("a", 0)], [view("a", 10)], [view("b", 41)]) == []
    again = bonds(told([view("a", 0), view("b", 1)], [view("a", 24 * 60), view("b", 24 * 60 + 1)]))
    assert again[Subject("viewed", "a")].partners == {"b": pytest.approx(2.0, rel=0.01)}


EVENTS = st.lists(
    st.one_of(
        st.builds(view, st.sampled_from("abcdef"), st.integers(0, 100), st.integers(0, 3)),
        st.builds(
            lambda name, products: order(name, *sorted(products)),
            st.sampled_from(["o1", "o2", "o3", "o4"]),
            st.just(frozenset("abc")),
        ),
    ),
    max_size=14,
)


@given(events=EVENTS, data=st.data())
def test_any_order_and_any_cut_of_the_records_tells_the_same(events: list[Event], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(events))
    cut = data.draw(st.integers(0, len(events)))

    assert bonds(told(mixed[:cut], mixed[cut:])) == bonds(told(*[[one] for one in events]))


@given(events=EVENTS)
def test_bonds_are_what_anybody_would_count_by_hand(events: list[Event]) -> None:
    found = bonds(told(*[[one] for one in events]))
    views = {(one.at, str(one.properties["product_id"])) for one in events if one.type == "product_view"}
    near = {
        frozenset((one, other))
        for (at, one), (later, other) in combinations(sorted(views), 2)
        if one != other and later - at <= 30 * MINUTE
    }
    pairs = Counter(
        frozenset((subject.name, other))
        for subject, row in found.items()
        if subject.relation == "viewed"
        for other in row.partners
    )
    assert set(pairs) == near
    assert all(row.count == 1 for subject, row in found.items() if subject.relation == "viewed")
    orders = len({one.element_id for one in events if one.type == "purchase"})
    assert found.get(Subject("bought", "a"), Bonds(0)).count == orders


def test_no_record_notes_more_than_fits() -> None:
    orders = [order(f"o{number}", *(f"{number}-{line}-{'x' * 100}" for line in range(50))) for number in range(9)]
    assert sum(len(one) for note in told(orders) if isinstance(note, Basket) for one in note.products) <= MAX_NOTED


def test_bonds_fade_by_half_in_half_a_year_and_keep_the_strongest() -> None:
    old = Bonds(TODAY - HALF_LIFE, 4.0, {"x": 2.0})
    many = Bonds(TODAY, 1.0, {f"p{number:03d}": 1.5 for number in range(KEPT)})

    both = old + many
    assert (both.day, both.count, len(both.partners)) == (TODAY, 3.0, KEPT)
    assert "x" not in both.partners
    assert united(old, Bonds(TODAY, 1.0, {}, TODAY)) == Bonds(TODAY, 3.0, {"x": 1.0}, 0)
    assert united(many, Bonds(TODAY, 9.0, {}, TODAY)) is many


def counted(world: MemoryWorld, *events: Event, visitor: str = "ann", sequence: int = 1, day: int = 0) -> None:
    item = EventItem(STORE.id, VisitorId(visitor), "-", 0, events)
    count = CountDemand(MemoryDemandCounters(world), lambda _: STORE, lambda: NOW + day * DAY)
    for _ in range(2):
        count([Record(item, f"shop#{visitor}", str(sequence))])


def bind(world: MemoryWorld, day: int, *, night: bool) -> int:
    binding = BindTogether(MemoryDemandCounters(world), MemoryTops(world), MemoryCatalogue(world))
    return binding(STORE.id, NOW + day * DAY, night=night)


def known(world: MemoryWorld, relation: str, name: str) -> Bonds:
    return MemoryTops(world).bonds(STORE.id, [Subject(relation, name)])[Subject(relation, name)]  # type: ignore[arg-type]


def test_a_day_is_kept_once_however_often_nights_come_and_the_day_itself_is_renewed() -> None:
    world = MemoryWorld()
    MemoryCatalogue(world).put(STORE.id, [product("a", "Outdoor/Boots"), product("b", "Outdoor/Socks")])
    counted(world, order("o1", "a", "b"))
    assert bind(world, 0, night=False) == 4
    assert bind(world, 0, night=False) == 4
    assert known(world, "bought", "a").count == 1
    counted(world, order("o2", "a"), sequence=2)
    bind(world, 0, night=True)
    assert known(world, "bought", "a").count == 2

    for _ in range(3):
        bind(world, 1, night=True)
    assert known(world, "bought", "a").count == pytest.approx(2, rel=0.01)
    counted(world, order("o3", "a", "b"), sequence=3, day=1)
    bind(world, 1, night=False)
    bind(world, 2, night=True)
    bind(world, 2, night=False)
    assert known(world, "category", "Outdoor/Boots").count == pytest.approx(3, rel=0.02)
    assert known(world, "category", "Outdoor/Boots").partners["Outdoor/Socks"] == pytest.approx(2, rel=0.02)


def test_between_the_nights_only_few_notes_are_added_up() -> None:
    world = MemoryWorld()
    baskets = [order(f"o{number}", f"p{number}") for number in range(FEW + 1)]
    for place in range(0, len(baskets), 60):
        counted(world, *baskets[place : place + 60], visitor=f"v{place}")

    assert bind(world, 0, night=False) == 0
    assert bind(world, 1, night=True) == FEW + 1


def test_what_was_bought_a_year_ago_is_heard_of_though_it_sells_no_more() -> None:
    world = MemoryWorld()
    counted(world, order("o1", "a", "b", days_ago=300))
    assert dict(MemoryDemandCounters(world).day(STORE.id, TODAY - 300)) == {}
    bind(world, 0, night=False)
    assert known(world, "bought", "a").count == pytest.approx(0.5 ** (300 / HALF_LIFE))
