"""Events as stored: whatever happened comes back, and what later releases add is passed over."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.adapters.dynamo import event_items
from shopbell.domain.events import EVENT_TTL, Event, EventItem, Json, ProductFacts
from shopbell.domain.ids import EventId, StoreId, VisitorId

from tests.contract.samples import event_item
from tests.contract.worlds import NOW

SHOP = StoreId("0123456789")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
numbers = st.integers(-(2**53), 2**53)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
facts = st.builds(
    ProductFacts,
    categories=st.lists(texts, max_size=3).map(tuple),
    brand=st.none() | texts,
    price=st.none() | numbers,
    in_stock=st.none() | st.booleans(),
)
events = st.builds(
    Event,
    id=texts,
    type=texts,
    visitor=st.sampled_from(["ann", "ben"]),
    at=numbers,
    received_at=st.integers(0, 2**50),
    properties=st.dictionaries(texts, values, max_size=4),
    utc_offset=st.none() | st.integers(-1440, 1440),
    trusted=st.booleans(),
    backfill=st.booleans(),
    discounted=st.booleans(),
    products=st.dictionaries(texts, facts, max_size=3),
)
items = st.builds(
    EventItem,
    store=st.just(SHOP),
    visitor=st.just("ann"),
    stamp=st.sampled_from(["-", "2026-01-31T12:00:00.5+01:00"]),
    part=st.integers(0, 9),
    events=st.lists(events, min_size=1, max_size=4).map(tuple),
)


@given(items)
def test_every_item_comes_back_equal_and_keeps_its_key(item: EventItem) -> None:
    row = event_items.encode(item)
    stream_image = orjson.loads(orjson.dumps(row))

    assert event_items.decode(stream_image) == item
    assert row["sk"] == {"S": item.name}


def test_an_item_goes_400_days_after_receipt_unless_it_must_last() -> None:
    view, bought = event_item(SHOP, "e1"), event_item(SHOP, "e2")
    kept = EventItem(SHOP, bought.visitor, "-", 0, (Event("e", "purchase", bought.visitor, NOW, NOW),))  # type: ignore[arg-type]

    assert event_items.encode(view)["ttl"] == {"N": str((NOW + EVENT_TTL) // 1000)}
    assert "ttl" not in event_items.encode(kept)


def test_a_field_of_a_later_release_is_passed_over() -> None:
    row = dict(event_items.encode(event_item(SHOP, "e1")))
    (raw,) = orjson.loads(row["ev"]["S"])
    row["ev"] = {"S": orjson.dumps([{**raw, "later": {"x": 1}}]).decode()}
    row["also_later"] = {"BOOL": True}

    assert event_items.decode(row) == event_item(SHOP, "e1")


@pytest.mark.parametrize(
    ("kind", "properties", "told"),
    [
        ("push_clicked", {}, True),
        ("prompt_shown", {"prompt": "soft"}, True),
        ("subscribed", {"prompt": "soft"}, True),
        ("subscribed", {}, True),
        ("unsubscribed", {}, True),
        ("page_view", {}, False),
    ],
)
def test_only_what_is_counted_passes_the_filter_of_the_stream(
    kind: str, properties: dict[str, Json], told: bool
) -> None:
    event = Event(EventId("e"), kind, VisitorId("ann"), NOW, NOW, properties)
    row = event_items.encode(EventItem(SHOP, event.visitor, "-", 0, (event,)))
    assert row.get("receipts") == ({"BOOL": True} if told else None)
