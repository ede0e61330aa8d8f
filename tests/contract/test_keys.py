"""A store's keys: all of them with their last use, revoked ones too, and never another store's."""

from dataclasses import replace

from shopbell.domain.ids import StoreId
from shopbell.domain.store import Key

from tests.contract.worlds import NOW, Ports


def key(store: StoreId, digit: str, at: int = NOW) -> Key:
    return Key(store, digit * 64, "mgmt", "viewer", at)


def test_all_keys_are_listed_oldest_first_with_their_last_use(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    later, earlier = key(store, "a", NOW + 1), key(store, "b")
    for one in (later, earlier, key(other_store, "c")):
        ports.stores.save_key(one)
    ports.stores.used(later, NOW + 9)

    assert ports.callers.keys.keys(store) == [(earlier, None), (later, NOW + 9)]


def test_a_revoked_key_stays_on_the_list_and_keeps_its_last_use(ports: Ports, store: StoreId) -> None:
    used = key(store, "a")
    ports.stores.save_key(used)
    ports.stores.used(used, NOW + 9)
    gone = replace(used, revoked=True)
    ports.callers.keys.save_key(gone)

    assert ports.callers.keys.keys(store) == [(gone, NOW + 9)]
    assert ports.stores.key(store, used.digest) == gone


def test_a_store_without_keys_has_an_empty_list(ports: Ports, store: StoreId) -> None:
    assert ports.callers.keys.keys(store) == []
