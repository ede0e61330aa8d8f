"""Push subscriptions: one row per endpoint, whoever's browser it is now."""

from dataclasses import replace

import pytest
from shopbell.domain.ids import StoreId, SubscriptionId, visitor_shard
from shopbell.domain.subscriptions import Consent, PushService, Subscription

from tests.contract.samples import ANN, BEN, names_of, subscription, visitors_of
from tests.contract.worlds import NOW, SHARDS, Ports


def rows(ports: Ports, store: StoreId) -> list[Subscription]:
    """Every row of every shard."""
    return [row for shard in range(SHARDS) for row in ports.subscriptions.page(store, shard, None, 100).items]


def test_what_is_put_is_found_in_every_way(ports: Ports, store: StoreId) -> None:
    row = subscription(store)
    ports.subscriptions.put(row, None)

    assert ports.subscriptions.find(store, row.id) == row
    assert ports.subscriptions.get_many(store, [row.id]) == {row.id: row}
    assert rows(ports, store) == [row]


def test_putting_it_again_updates_it(ports: Ports, store: StoreId) -> None:
    row = subscription(store)
    ports.subscriptions.put(row, None)
    later = replace(row, seen_at=NOW + 9, language="de", browser=None)
    ports.subscriptions.put(later, None)

    assert rows(ports, store) == [later] == [ports.subscriptions.find(store, row.id)]


def test_what_its_subscriber_wants_is_kept_and_taken_back(ports: Ports, store: StoreId) -> None:
    row = subscription(store)
    wants = replace(row, topics=("news", "sale"), snooze_until=NOW + 9, consent=Consent("2026-03", NOW))
    ports.subscriptions.put(wants, None)
    assert rows(ports, store) == [wants] == [ports.subscriptions.find(store, row.id)]
    ports.subscriptions.put(row, None)
    assert rows(ports, store) == [row]


def test_the_replaced_one_goes_with_the_new_one(ports: Ports, store: StoreId) -> None:
    old, new = subscription(store, 1), subscription(store, 2, service="mozilla")
    ports.subscriptions.put(old, None)
    ports.subscriptions.put(new, old.id)

    assert rows(ports, store) == [new]
    assert ports.subscriptions.find(store, old.id) is None


def test_replacing_what_is_not_there_or_itself_is_a_put(ports: Ports, store: StoreId) -> None:
    row = subscription(store)
    ports.subscriptions.put(row, SubscriptionId("0" * 22))
    ports.subscriptions.put(row, row.id)

    assert rows(ports, store) == [row]


def test_an_endpoint_that_comes_back_with_another_visitor_leaves_the_first(ports: Ports, store: StoreId) -> None:
    row = subscription(store, visitor=ANN)
    ports.subscriptions.put(row, None)
    ports.subscriptions.put(replace(row, visitor=BEN), None)

    assert [found.visitor for found in rows(ports, store)] == [BEN]
    assert [found.visitor for found in ports.subscriptions.get_many(store, [row.id]).values()] == [BEN]


def test_many_are_read_at_once_without_those_who_do_not_exist(ports: Ports, store: StoreId) -> None:
    known = [subscription(store, number) for number in range(120)]
    for row in known:
        ports.subscriptions.put(row, None)
    wanted = [row.id for row in known]

    found = ports.subscriptions.get_many(store, [*wanted, SubscriptionId("1" * 22), wanted[0]])

    assert found == {row.id: row for row in known}


def test_retiring_removes_it_once_and_a_new_subscription_may_follow(ports: Ports, store: StoreId) -> None:
    row = subscription(store)
    ports.subscriptions.put(row, None)

    assert ports.subscriptions.retire(row, NOW, "410")
    assert rows(ports, store) == []
    assert ports.subscriptions.find(store, row.id) is None
    assert not ports.subscriptions.retire(row, NOW, "410")

    ports.subscriptions.put(row, None)
    assert rows(ports, store) == [row]


@pytest.mark.parametrize(
    "change", [{"endpoint": "https://push.example/new"}, {"visitor": BEN}], ids=["endpoint", "visitor"]
)
def test_what_changed_since_it_was_read_is_not_retired(ports: Ports, store: StoreId, change: dict[str, str]) -> None:
    read = subscription(store)
    ports.subscriptions.put(read, None)
    now = replace(read, **change)  # type: ignore[arg-type]
    ports.subscriptions.put(now, None)

    assert not ports.subscriptions.retire(read, NOW, "410")
    assert rows(ports, store) == [now]


def test_a_shard_is_paged_by_push_service_and_goes_on_after_inserts(ports: Ports, store: StoreId) -> None:
    services: list[PushService] = ["wns", "fcm", "apple", "fcm", "mozilla", "other"]
    mine = visitors_of(store, 2, len(services))
    for number, (who, service) in enumerate(zip(mine, services, strict=True)):
        ports.subscriptions.put(subscription(store, number, who, service), None)

    first = ports.subscriptions.page(store, 2, None, 4)
    early = visitors_of(store, 2, 10)[-1]
    ports.subscriptions.put(subscription(store, 99, early, "apple"), None)
    rest = ports.subscriptions.page(store, 2, first.cursor, 4)

    paged = [row.service for row in [*first.items, *rest.items]]
    assert paged == sorted(services)
    assert rest.cursor is None


def test_another_store_sees_nothing(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    row = subscription(store)
    ports.subscriptions.put(row, None)

    assert ports.subscriptions.find(other_store, row.id) is None
    assert ports.subscriptions.get_many(other_store, [row.id]) == {}
    assert rows(ports, other_store) == []
    shard = visitor_shard(store, ANN, SHARDS)
    assert names_of(ports.subscriptions.page(store, shard, None, 1).items) == [row.id]
