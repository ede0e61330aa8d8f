"""Who waits for a product, the timers of its changes, and what the catalogue's stream tells of them."""

from dataclasses import replace

import pytest
from boto3.dynamodb.types import TypeSerializer
from shopbell.adapters.dynamo.stockroom import DynamoStockroom, change
from shopbell.domain.goods import Timer, timer_name, timer_of
from shopbell.domain.ids import ProductId, StoreId, VisitorId
from shopbell.domain.versions import Change, Shelved
from shopbell.domain.watchers import Watcher, WatchSource

from tests.contract.samples import ANN, product
from tests.contract.worlds import NOW, Ports

BOOT = ProductId("boot")
CLEO = VisitorId("cleo")


def seen(who: VisitorId, at: int, source: WatchSource = "viewed", **more: object) -> Watcher:
    return replace(Watcher(BOOT, who, source, at, 1_000, "EUR", in_stock=False), **more)  # type: ignore[arg-type]


def test_everybody_who_is_interested_is_found_and_nobody_of_another_store(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    rows = [seen(VisitorId(f"v{number}"), NOW + number) for number in range(60)]
    ports.shop.watch.note(store, rows)
    ports.shop.watch.note(other_store, [seen(ANN, NOW)])
    ports.shop.watch.note(store, [replace(rows[0], product=ProductId("tent"))])

    assert sorted(ports.shop.watch.of(store, BOOT), key=lambda one: one.seen_at) == rows
    assert list(ports.shop.watch.of(store, "none")) == []


def test_the_newest_stands_of_each_source(ports: Ports, store: StoreId) -> None:
    newest = seen(ANN, NOW + 2, price=None, currency=None, in_stock=None, gone=True)
    ports.shop.watch.note(store, [newest])
    ports.shop.watch.note(store, [seen(ANN, NOW), seen(ANN, NOW, "request")])

    found = sorted(ports.shop.watch.of(store, BOOT), key=lambda one: one.source)
    assert found == [seen(ANN, NOW, "request"), newest]


def test_variants_are_kept_together(ports: Ports, store: StoreId) -> None:
    rows = [seen(ANN, NOW, group="g"), seen(CLEO, NOW, group="g", product=ProductId("red"))]
    ports.shop.watch.note(store, rows)

    assert sorted(ports.shop.watch.of(store, "+g"), key=lambda one: one.visitor) == rows
    assert list(ports.shop.watch.of(store, BOOT)) == []


def test_a_timer_is_saved_over_the_version_that_was_read(ports: Ports, store: StoreId) -> None:
    timer = Timer(store, BOOT, "price_drop", 7, NOW + 5, 1_000, "boot@7", "1#x")
    assert ports.shop.timers.get(store, BOOT, "price_drop") is None
    assert ports.shop.timers.save(timer)
    assert not ports.shop.timers.save(timer)
    stored = replace(timer, version=1)
    assert ports.shop.timers.get(store, BOOT, "price_drop") == stored
    assert ports.shop.timers.get(store, BOOT, "back_in_stock") is None
    assert ports.shop.timers.save(replace(stored, due=None, base=None))
    assert ports.shop.timers.get(store, BOOT, "price_drop") == replace(stored, due=None, base=None, version=2)


def test_a_timer_falls_due_among_the_visitors_and_no_more_once_it_rests(ports: Ports, store: StoreId) -> None:
    timer = Timer(store, BOOT, "price_drop", 7, NOW + 5, 1_000, "boot@7")
    ports.shop.timers.save(timer)

    def due(until: int) -> list[VisitorId]:
        rows = [row for shard in range(32) for row in ports.due.due(shard, until)]
        return [who for owner, who, _ in rows if owner == store]

    assert (due(NOW), due(NOW + 5)) == ([], [timer_name(BOOT, "price_drop")])
    ports.shop.timers.save(replace(timer, due=None, version=1))
    assert due(NOW + 5) == []


@pytest.mark.parametrize("name", ["ann", "b#n/ö", "c:ann"])
def test_no_visitor_is_taken_for_a_timer(name: str) -> None:
    assert timer_of(VisitorId(name)) is None
    assert timer_of(timer_name(ProductId(name), "price_drop")) == (ProductId(name), "price_drop")


@pytest.mark.engine
def test_what_is_written_is_what_the_stream_tells(ports: Ports, store: StoreId) -> None:
    room = ports.shop.stockroom
    if not isinstance(room, DynamoStockroom):
        pytest.skip("there is no stream in memory")
    first = Change(None, Shelved(product("p1"), 5, NOW, "feed"), NOW)
    room.save(store, [first])
    key = {"pk": f"{store}#P#p1", "sk": "P"}
    old = room.dynamo.get(room.table, key)
    second = Change(first.after, Shelved(replace(product("p1"), price=1), 6, NOW + 1, "api"), NOW + 1)
    room.save(store, [second])
    new = room.dynamo.get(room.table, key)
    keys = {name: TypeSerializer().serialize(value) for name, value in key.items()}

    assert old is not None
    assert new is not None
    assert change({"Keys": keys, "NewImage": old}) == (store, first)
    assert change({"Keys": keys, "OldImage": old, "NewImage": new}) == (store, second)
    assert (old["news"], new["news"]) == ({"BOOL": True}, {"BOOL": True})
