"""A store's keys: all of them with their last use, revoked ones too, and never another store's."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from shopbell.domain.ids import StoreId
from shopbell.domain.store import Key, Store

from tests.contract.worlds import NOW, Ports


def key(store: StoreId, digit: str, at: int = NOW) -> Key:
    return Key(store, digit * 64, "mgmt", "viewer", at)


def founded(ports: Ports, store: StoreId, *keys: Key) -> None:
    assert ports.stores.save(Store(store, "Shop", 1, NOW, "mailto:post@shop.example"), expected=None)
    for one in keys:
        ports.stores.add_key(one)


def test_all_keys_are_listed_oldest_first_with_their_last_use(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    later, earlier = key(store, "a", NOW + 1), key(store, "b")
    for one in (later, earlier, key(other_store, "c")):
        ports.stores.add_key(one)
    ports.stores.used(later, NOW + 9)

    assert ports.callers.keys.keys(store) == [(earlier, None), (later, NOW + 9)]


def test_a_revoked_key_stays_on_the_list_and_keeps_its_last_use(ports: Ports, store: StoreId) -> None:
    used = key(store, "a")
    founded(ports, store, used)
    ports.stores.used(used, NOW + 9)
    gone = replace(used, revoked=True)
    assert ports.callers.keys.turned(store, 0, [(used, gone)])

    assert ports.callers.keys.keys(store) == [(gone, NOW + 9)]
    assert ports.stores.key(store, used.digest) == gone
    assert ports.callers.keys.turn(store) == 1


def test_a_key_that_is_added_again_stays_as_it_is(ports: Ports, store: StoreId) -> None:
    founded(ports, store, made := key(store, "a"))
    gone = replace(made, revoked=True)
    assert ports.callers.keys.turned(store, 0, [(made, gone)])
    ports.callers.keys.add_key(made)
    assert ports.stores.key(store, made.digest) == gone


def test_of_two_who_turn_different_keys_at_once_one_is_told(ports: Ports, store: StoreId) -> None:
    pair = key(store, "a"), key(store, "b")
    founded(ports, store, *pair)
    turn = ports.callers.keys.turn(store)
    with ThreadPoolExecutor(2) as pool:
        calls = [[(one, replace(one, revoked=True))] for one in pair]
        won = list(pool.map(lambda changes: ports.callers.keys.turned(store, turn, changes), calls))

    assert sorted(won) == [False, True]
    assert sorted(one.revoked for one, _ in ports.callers.keys.keys(store)) == [False, True]
    assert ports.callers.keys.turn(store) == turn + 1


def test_keys_are_turned_together_or_not_at_all(ports: Ports, store: StoreId) -> None:
    old, new = key(store, "a"), key(store, "b", NOW + 1)
    founded(ports, store, old)
    ending = replace(old, expires_at=NOW + 5)
    known = ports.callers.keys

    assert not known.turned(store, 0, [(replace(old, name="another"), ending), (None, new)])
    assert known.keys(store) == [(old, None)]
    assert known.turned(store, 0, [(old, ending), (None, new)])
    assert known.keys(store) == [(ending, None), (new, None)]
    assert not known.turned(store, 1, [(ending, old), (None, new)]), "there is one of that name"
    assert known.keys(store) == [(ending, None), (new, None)]


def test_a_store_without_keys_has_an_empty_list(ports: Ports, store: StoreId) -> None:
    assert ports.callers.keys.keys(store) == []
    assert ports.callers.keys.turn(store) == 0
