"""A founded store can take events and send pushes at once, and keeps no key."""

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from shopbell.adapters.memory.configuration import MemorySecrets, MemoryStores
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.founding import NO_LIMITS, FoundStore, NewStore, StoreKeys, text
from shopbell.domain.errors import Conflict, Rejected
from shopbell.domain.policy import CAPS, QUIET_HOURS, Policy
from shopbell.domain.predefined.library import installed
from shopbell.domain.scores.ledgers import BUYERS

NOW: Final = 1_790_000_000_000
WANTED: Final = NewStore("Boots & Co", "mailto:shop@example.com", ("https://shop.example",))


def _counting() -> Callable[[int], bytes]:
    numbers = itertools.count()
    return lambda length: bytes(next(numbers) % 251 for _ in range(length))


def _founder(world: MemoryWorld, random: Callable[[int], bytes] | None = None) -> FoundStore:
    return FoundStore(
        MemoryStores(world),
        MemorySecrets(world),
        MemorySegments(world),
        lambda: (b"private", "public"),
        random or _counting(),
        lambda: NOW,
    )


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


@pytest.fixture
def keys(world: MemoryWorld) -> StoreKeys:
    return _founder(world)(WANTED)


def test_the_keys_name_their_store_and_their_kind(keys: StoreKeys) -> None:
    assert keys.publishable_key.startswith(f"sb_pub_{keys.store_id}_")
    assert keys.server_key.startswith(f"sb_srv_{keys.store_id}_")
    assert keys.management_key.startswith(f"sb_mgmt_{keys.store_id}_")


def test_it_sends_neither_too_often_nor_at_night_unless_it_is_for_trying_out(world: MemoryWorld) -> None:
    usual = _founder(world)(WANTED).store_id
    assert world.stores[usual].policy == Policy(CAPS, QUIET_HOURS)
    tried = _founder(world, lambda length: b"x" * length)(replace(WANTED, limits=NO_LIMITS)).store_id
    assert world.stores[tried].policy == Policy()


def test_only_hashes_of_keys_are_kept(world: MemoryWorld, keys: StoreKeys) -> None:
    secret = keys.management_key
    kept = MemoryStores(world).key(keys.store_id, hashlib.sha256(secret.encode()).hexdigest())
    assert kept is not None
    assert (kept.kind, kept.role) == ("mgmt", "admin")
    assert secret not in repr(world)
    assert secret not in repr(keys)


def test_it_can_sign_pushes_and_tokens_at_once(world: MemoryWorld, keys: StoreKeys) -> None:
    store = MemoryStores(world).get(keys.store_id)
    assert store is not None
    assert store.active_vapid_key.public_key == keys.vapid_public_key == "public"
    secrets = MemorySecrets(world)
    assert secrets.get(f"{store.id}/vapid/{store.active_vapid_key.id}") == b"private"
    assert list(json.loads(secrets.get(f"{store.id}/message-token"))) == ["1"]


def test_the_predefined_segments_are_drafts_that_cost_nothing(world: MemoryWorld, keys: StoreKeys) -> None:
    segments = MemorySegments(world)
    listed = [segment for segment in segments.all(keys.store_id) if not segment.hidden]
    assert {segment.id for segment in listed} == {row.id for row in installed()}
    assert {segment.state for segment in listed} == {"draft"}


def test_buyers_are_known_from_the_first_order_on(world: MemoryWorld, keys: StoreKeys) -> None:
    rules = MemorySegments(world).rules(keys.store_id)
    assert [rule.segment for rule in rules.rules] == [BUYERS]


def test_a_contact_that_reaches_nobody_is_refused_before_anything_is_made(world: MemoryWorld) -> None:
    with pytest.raises(Rejected) as refused:
        _founder(world)(NewStore("Nobody", "mailto:me@localhost"))
    assert refused.value.problems[0].path == "contact"
    assert not world.stores
    assert not world.secrets


@pytest.mark.parametrize(
    ("name", "origins", "path"),
    [
        ("", (), "name"),
        (" ", (), "name"),
        ("x" * 201, (), "name"),
        ("two\nlines", (), "name"),
        ("Boots", ("shop.example",), "origins.0"),
        ("Boots", ("https://shop.example", "https://shop.example/path"), "origins.1"),
        ("Boots", ("http://shop.example",), "origins.0"),
        ("Boots", ("https://shop.example:*",), "origins.0"),
        ("Boots", ("*",), "origins.0"),
    ],
)
def test_what_can_be_no_name_or_origin_is_refused_before_anything_is_made(
    world: MemoryWorld, name: str, origins: tuple[str, ...], path: str
) -> None:
    with pytest.raises(Rejected) as refused:
        _founder(world)(NewStore(name, WANTED.contact, origins))
    assert [problem.path for problem in refused.value.problems] == [path]
    assert not world.stores
    assert not world.secrets


def test_any_port_of_this_machine_may_be_an_origin(world: MemoryWorld) -> None:
    origins = ("http://127.0.0.1:8788", "http://127.0.0.1:*", "http://localhost:*")
    made = _founder(world)(NewStore("x" * 200, WANTED.contact, origins))
    store = MemoryStores(world).get(made.store_id)
    assert store is not None
    assert store.origins == origins


def test_the_same_id_twice_is_a_conflict(world: MemoryWorld) -> None:
    _founder(world, _counting())(WANTED)
    with pytest.raises(Conflict):
        _founder(world, _counting())(WANTED)


def test_every_character_is_equally_likely() -> None:
    drawn = text(lambda length: bytes(range(256))[:length], 252, "abcdefghijklmnopqrstuvwxyz0123456789")
    assert {drawn.count(char) for char in set(drawn)} == {7}
