"""The event log: append once, read back in key order, keep stores apart."""

from dataclasses import replace

import pytest
from shopbell.domain.events import ProductFacts
from shopbell.domain.ids import ProductId, StoreId

from tests.contract.samples import ANN, BEN, event, event_item
from tests.contract.worlds import NOW, Ports


def test_a_repeat_is_told_apart_and_the_first_copy_stands(ports: Ports, store: StoreId) -> None:
    first = event_item(store, "e1", "e2")
    later = replace(first, events=tuple(replace(e, received_at=NOW + 5) for e in first.events))

    assert list(ports.events.append([first])) == [True]
    assert list(ports.events.append([later, event_item(store, "e3")])) == [False, True]

    assert first in list(ports.events.of(store, ANN))
    assert later not in list(ports.events.of(store, ANN))


def test_answers_come_in_the_order_of_the_items(ports: Ports, store: StoreId) -> None:
    items = [event_item(store, f"e{number}") for number in range(30)]
    ports.events.append(items[10:20])

    assert list(ports.events.append(items)) == [not 10 <= number < 20 for number in range(30)]


def test_nothing_appended_is_fine(ports: Ports) -> None:
    assert list(ports.events.append([])) == []


def test_items_come_back_in_key_order(ports: Ports, store: StoreId) -> None:
    stamps = ["2026-03-01T00:00:00Z", "-", "2026-01-01T00:00:00+01:00"]
    ports.events.append([event_item(store, stamp, stamp=stamp) for stamp in stamps])

    assert [item.stamp for item in ports.events.of(store, ANN)] == sorted(stamps)


def test_a_whole_event_comes_back_as_it_went(ports: Ports, store: StoreId) -> None:
    item = replace(
        event_item(store, "e1", visitor=BEN),
        events=(
            event(
                "e1",
                type="purchase",
                visitor=BEN,
                properties={"order_id": "o1", "total": 1999, "items": [{"product_id": "p1"}], "ü": None},
                utc_offset=-210,
                trusted=True,
                backfill=True,
                discounted=True,
                products={
                    ProductId("p1"): ProductFacts(
                        ("A/B", "C"), "Acme", 5, in_stock=False, currency="USD", group="g1"
                    ),
                    ProductId("p2"): ProductFacts(),
                },
            ),
        ),
    )
    ports.events.append([item])

    assert list(ports.events.of(store, BEN)) == [item]


@pytest.mark.parametrize("count", [1, 150])
def test_a_visitor_with_many_items_is_read_whole(ports: Ports, store: StoreId, count: int) -> None:
    ports.events.append([event_item(store, f"e{number}") for number in range(count)])

    assert len(list(ports.events.of(store, ANN))) == count


def test_another_store_sees_nothing(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    ports.events.append([event_item(store, "e1")])

    assert list(ports.events.append([event_item(other_store, "e1")])) == [True]
    assert [item.store for item in ports.events.of(other_store, ANN)] == [other_store]
