"""The first store of a machine: whose shop its links lead to, and whether it has all that a first start gives it."""

import json
from pathlib import Path
from typing import Any

import pytest
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.stores import DynamoStores
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId
from shopbell.local.clients import Clients, Credentials
from shopbell.local.firststore import SAVED, FirstStore, first_store, moved
from shopbell.local.mappings.doors import Outcome
from shopbell.local.session import Address, LocalSession
from shopbell.local.state import StateFolder
from shopbell.local.stores import LOOPBACK_ORIGINS

from tests.engine import REGION, Account

pytestmark = pytest.mark.engine
HERE, THERE = "http://127.0.0.1:8788", "http://127.0.0.1:8789"


class _NoHost:
    """A machine of which only the engine is there."""

    def tick(self, at: Instant | None) -> list[dict[str, str]]:
        raise AssertionError(f"nobody asks for a tick here: {at}")

    def invoke(self, function: str, payload: bytes) -> Outcome | None:
        raise AssertionError(f"nobody calls {function} here: {payload!r}")

    def stats(self) -> dict[str, Any]:
        return {}

    def settle(self, seconds: float) -> list[str]:
        return [str(seconds)]


@pytest.fixture
def session(account: Account, tmp_path: Path) -> LocalSession:
    outputs = {"ConfigTableName": "test-config", "ParameterPrefix": f"/{tmp_path.name}"}
    address = Address("local", "stack", "http://api.example", account.url, outputs, {})
    clients = Clients(account.url, REGION, Credentials(account.number, "loopback"))
    return LocalSession(address, StateFolder(tmp_path), clients, _NoHost())


def _origins(store: FirstStore) -> tuple[str, ...]:
    found = DynamoStores(Dynamo(store.session.client("dynamodb")), "test-config").get(StoreId(store.keys["store_id"]))
    assert found is not None
    return found.origins


def test_the_demo_shop_is_the_first_origin_and_any_port_of_this_machine_follows(session: LocalSession) -> None:
    store, new = first_store(session, "Demo", HERE)
    assert new
    assert _origins(store) == (HERE, *LOOPBACK_ORIGINS)


def test_a_shop_on_another_port_takes_the_place_of_the_one_before(session: LocalSession) -> None:
    made, _ = first_store(session, "Demo", HERE)
    store, new = first_store(session, "Demo", THERE)
    assert (new, store.keys) == (False, made.keys)
    assert _origins(store) == (THERE, *LOOPBACK_ORIGINS)


@pytest.mark.parametrize("then", [HERE, THERE], ids=["the same port", "another port"])
def test_a_store_is_filled_once_that_was_noted(session: LocalSession, then: str) -> None:
    made, _ = first_store(session, "Demo", HERE)
    assert not made.filled
    assert not first_store(session, "Demo", then)[0].filled
    made.note_filled()
    again, _ = first_store(session, "Demo", then)
    assert again.filled
    assert again.keys == made.keys


def test_a_store_of_before_its_shop_was_noted_gets_the_origin(session: LocalSession) -> None:
    made, _ = first_store(session, "Demo", HERE)
    saved = session.folder.engine / SAVED
    saved.write_text(json.dumps(made.keys))
    assert _origins(first_store(session, "Demo", THERE)[0])[0] == THERE


@pytest.mark.parametrize(
    ("origins", "before", "after"),
    [
        (LOOPBACK_ORIGINS, None, (THERE, *LOOPBACK_ORIGINS)),
        (("https://mine.example", HERE), HERE, ("https://mine.example", THERE)),
        (("https://mine.example", THERE), None, ("https://mine.example", THERE)),
        ((HERE, THERE), HERE, (THERE,)),
    ],
    ids=["none yet", "in its place", "there already", "both"],
)
def test_an_owners_own_order_of_origins_stays(
    origins: tuple[str, ...], before: str | None, after: tuple[str, ...]
) -> None:
    assert moved(origins, THERE, before) == after
