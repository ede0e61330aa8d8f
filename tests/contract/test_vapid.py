"""A store's VAPID keys and what was made with each: counted exactly, changed by one at a time."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from shopbell.adapters.backoff import Backoff
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.stores import DynamoStores
from shopbell.adapters.dynamo.subscription_keys import DynamoKeyUses, DynamoSubscriptionRegister
from shopbell.adapters.dynamo.subscriptions import DynamoSubscriptions
from shopbell.adapters.memory.configuration import MemoryStores
from shopbell.adapters.memory.subscriptions import MemoryKeyUses, MemorySubscriptionRegister, MemorySubscriptions
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.errors import Conflict, NotFound
from shopbell.domain.ids import StoreId, SubscriptionId, VapidKeyId
from shopbell.domain.store import Store, VapidKey
from shopbell.domain.subscriptions import Subscription
from shopbell.domain.vapidkeys import MAX_KEYS, KeyUse, VapidKeys, activated, asked_for, by_public, reserved
from shopbell.ports import KeyRow, KeyUses, Stores, SubscriptionRegister, Subscriptions

from tests.contract.samples import ANN, BEN, subscription
from tests.contract.worlds import NOW, SHARDS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

K1, K2 = VapidKeyId("k1"), VapidKeyId("k2")
FIRST = VapidKey(K1, "first", "active", NOW)


@dataclass(frozen=True, slots=True)
class Keys:
    stores: Stores
    row: KeyRow
    uses: KeyUses
    register: SubscriptionRegister
    subscriptions: Subscriptions


@pytest.fixture(params=["memory", pytest.param("dynamo", marks=pytest.mark.engine)])
def keys(request: pytest.FixtureRequest) -> Keys:
    if request.param == "memory":
        world = MemoryWorld(default_shards=SHARDS)
        rows = MemoryStores(world)
        return Keys(rows, rows, MemoryKeyUses(world), MemorySubscriptionRegister(world), MemorySubscriptions(world))
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    names = request.getfixturevalue("table_names")
    dynamo, table = Dynamo(client, Backoff(first=1)), names["visitors"]
    stored = DynamoStores(dynamo, names["config"])
    return Keys(
        stored,
        stored,
        DynamoKeyUses(dynamo, table, lambda _: SHARDS),
        DynamoSubscriptionRegister(dynamo, table, lambda _: SHARDS),
        DynamoSubscriptions(dynamo, table, lambda _: SHARDS),
    )


def made(store: StoreId, number: int = 1, key: VapidKeyId = K1) -> Subscription:
    return replace(subscription(store, number), vapid_key=key)


def counts(keys: Keys, store: StoreId) -> dict[str, tuple[int, int]]:
    """Of each key that has any: how many are posted to, how many are parked."""
    return {key: (use.active, use.parked) for key, use in keys.uses.of(store).items() if use.active or use.parked}


def shop(store: StoreId) -> Store:
    return Store(store, "Shop", 64, NOW, "mailto:post@shop.example", vapid_keys=(FIRST,))


def test_every_way_in_and_out_is_counted(keys: Keys, store: StoreId, other_store: StoreId) -> None:
    first, second = made(store, 1), made(store, 2)
    keys.subscriptions.put(first, None)
    keys.subscriptions.put(second, None)
    keys.subscriptions.put(replace(first, seen_at=NOW + 9), None)
    assert counts(keys, store) == {K1: (2, 0)}

    keys.subscriptions.put(made(store, 3, K2), first.id)
    assert counts(keys, store) == {K1: (1, 0), K2: (1, 0)}
    keys.subscriptions.put(replace(second, visitor=BEN, vapid_key=K2), None)
    assert counts(keys, store) == {K2: (2, 0)}

    assert keys.subscriptions.retire(made(store, 3, K2), NOW, "gone")
    assert not keys.subscriptions.retire(made(store, 3, K2), NOW, "gone")
    assert counts(keys, store) == {K2: (1, 0)}
    assert keys.uses.of(other_store) == {}


def test_one_is_retired_whatever_became_of_its_key_since_it_was_read(keys: Keys, store: StoreId) -> None:
    read = made(store)
    keys.subscriptions.put(read, None)
    assert keys.uses.move(read, K2, NOW)

    assert keys.subscriptions.retire(read, NOW, "gone")
    assert counts(keys, store) == {}


def test_one_is_moved_to_another_key_parked_and_taken_up_again(keys: Keys, store: StoreId) -> None:
    row = made(store)
    keys.subscriptions.put(row, None)
    assert keys.uses.move(row, K1, NOW + 5)
    assert counts(keys, store) == {K1: (0, 1)}
    parked = replace(row, state="key_mismatch", refused_at=NOW + 5)
    assert keys.subscriptions.find(store, row.id) == parked

    assert keys.uses.move(parked, K2, None)
    assert counts(keys, store) == {K2: (1, 0)}
    moved = replace(row, vapid_key=K2)
    assert keys.subscriptions.find(store, row.id) == moved
    assert [one for shard in range(SHARDS) for one in keys.subscriptions.page(store, shard, None, 9).items] == [moved]


def test_one_that_has_changed_hands_or_key_since_is_left_alone(keys: Keys, store: StoreId) -> None:
    row = made(store)
    assert not keys.uses.move(row, K2, None)
    keys.subscriptions.put(replace(row, visitor=BEN), None)
    assert not keys.uses.move(row, K2, None)
    keys.subscriptions.put(replace(row, vapid_key=K2), None)
    assert not keys.uses.move(row, K1, NOW)
    assert counts(keys, store) == {K2: (1, 0)}


def test_what_its_subscriber_changed_in_between_stays(keys: Keys, store: StoreId) -> None:
    row = made(store)
    keys.subscriptions.put(replace(row, topics=("sale",)), None)
    assert keys.uses.move(row, K2, None)
    found = keys.subscriptions.find(store, row.id)
    assert found is not None
    assert (found.topics, found.vapid_key) == (("sale",), K2)


def test_refusals_add_up_and_the_latest_is_known(keys: Keys, store: StoreId) -> None:
    for times, at in ((3, NOW + 7), (2, NOW + 40), (1, NOW + 8)):
        keys.uses.refused(store, K1, times, at)
    assert keys.uses.of(store) == {K1: KeyUse(0, 0, 6, NOW + 40)}


def test_the_register_adds_what_is_new_and_knows_what_has_ended(keys: Keys, store: StoreId) -> None:
    known, gone, left = made(store, 1), made(store, 2), made(store, 3)
    for row in (known, gone, left):
        keys.subscriptions.put(row, None)
    keys.subscriptions.retire(gone, NOW, "gone")
    keys.subscriptions.put(made(store, 4), left.id)
    new = [made(store, number, K2) for number in range(10, 40)]

    wanted = [known.id, gone.id, left.id, new[0].id, SubscriptionId("0" * 22)]
    assert keys.register.standing(store, wanted) == ({known.id: known}, frozenset({gone.id, left.id}))
    assert keys.register.add([replace(known, visitor=BEN), *new]) == [False, *[True] * 30]
    assert keys.register.add(new[:2]) == [False, False]
    assert counts(keys, store) == {K1: (2, 0), K2: (30, 0)}
    assert keys.subscriptions.find(store, known.id) == known
    assert known.visitor == ANN


def test_what_an_import_brought_says_so(keys: Keys, store: StoreId) -> None:
    row = replace(made(store), source="job-1:7", refused_at=NOW, state="key_mismatch")
    assert keys.register.add([row]) == [True]
    assert keys.subscriptions.find(store, row.id) == row
    assert counts(keys, store) == {K1: (0, 1)}


def test_keys_are_changed_by_themselves_and_settings_never_change_them(keys: Keys, store: StoreId) -> None:
    read = shop(store)
    assert keys.stores.save(read, expected=None)
    changed = keys.row.change(store, lambda known: activated(reserved(known, "second", NOW), K2, "r1"))

    assert [(key.id, key.state) for key in changed.vapid_keys] == [(K1, "retiring"), (K2, "active")]
    assert keys.stores.save(replace(changed, name="Renamed", vapid_keys=()), expected=changed)
    found = keys.stores.get(store)
    assert found == replace(changed, name="Renamed")
    assert found is not None
    assert found.active_vapid_key.request == "r1"


def test_whoever_was_faster_is_built_upon(keys: Keys, store: StoreId) -> None:
    keys.stores.save(shop(store), expected=None)
    seen: list[int] = []

    def slowly(known: VapidKeys) -> VapidKeys:
        seen.append(len(known))
        if len(seen) == 1 and not isinstance(keys.row, MemoryStores):
            keys.row.change(store, lambda others: reserved(others, "theirs", NOW))
            others = keys.stores.get(store)
            assert others is not None
            assert keys.stores.save(replace(others, name="Renamed"), expected=others)
        return reserved(known, "ours", NOW)

    found = keys.row.change(store, slowly).vapid_keys
    assert len(found) == seen[-1] + 1
    assert len({key.id for key in found}) == len(found)


def test_nobody_has_keys_who_has_no_store(keys: Keys, store: StoreId) -> None:
    with pytest.raises(NotFound):
        keys.row.change(store, lambda known: known)


def test_ids_are_never_given_twice_and_a_request_finds_its_key() -> None:
    known: VapidKeys = (VapidKey(VapidKeyId("k7"), "seventh", "active", NOW), FIRST)
    more = activated(reserved(known, "new", NOW), VapidKeyId("k8"), "r1")

    assert [(key.id, key.state) for key in more] == [("k7", "retiring"), ("k1", "retiring"), ("k8", "active")]
    assert asked_for(more, "r1") == by_public(more, "new") == more[-1]
    assert (asked_for(more, None), asked_for(more, "r2"), by_public(more, "none")) == (None, None, None)
    assert activated(reserved(more, "late", NOW), VapidKeyId("k9"), "r1")[2].state == "active"


def test_a_store_has_not_too_many_keys() -> None:
    known: VapidKeys = ()
    for number in range(MAX_KEYS):
        known = reserved(known, str(number), NOW)
    with pytest.raises(Conflict):
        reserved(known, "one more", NOW)
