"""Calls that are made once: of all who begin one by the same name a single one does, until it is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from shopbell.adapters.dynamo.audit import DynamoAuditTrail
from shopbell.adapters.dynamo.once import DynamoOnceCalls
from shopbell.adapters.memory.audit import MemoryAuditTrail
from shopbell.adapters.memory.once import MemoryOnceCalls
from shopbell.domain.clock import DAY
from shopbell.domain.ids import StoreId
from shopbell.domain.once import Once
from shopbell.ports import OnceCalls

from tests.contract.worlds import NOW, Ports

CALL = Once("digest", NOW + DAY)


@pytest.fixture
def once(ports: Ports) -> OnceCalls:
    """Beside the audit trail, in whichever world that is."""
    match ports.callers.audit:
        case MemoryAuditTrail(world):
            return MemoryOnceCalls(world)
        case DynamoAuditTrail(dynamo, table):
            return DynamoOnceCalls(dynamo, table)
        case other:
            raise AssertionError(other)


def test_whoever_comes_second_finds_how_it_stands(once: OnceCalls, store: StoreId, other_store: StoreId) -> None:
    assert once.begin(store, "a", CALL, NOW) is None
    assert once.begin(store, "a", replace(CALL, digest="x"), NOW) == CALL
    ended = replace(CALL, status=201, text="{}", shown_once="k1", owner="o", etag='"1"')
    once.end(store, "a", ended)
    assert once.begin(store, "a", CALL, NOW + DAY - 1) == ended
    assert once.begin(store, "b", CALL, NOW) is None
    assert once.begin(other_store, "a", CALL, NOW) is None


def test_what_is_over_may_be_begun_again(once: OnceCalls, store: StoreId) -> None:
    assert once.begin(store, "a", CALL, NOW) is None
    assert once.begin(store, "a", replace(CALL, until=NOW + 2 * DAY), NOW + DAY) is None
    once.end(store, "a", replace(CALL, until=NOW + DAY))
    assert once.begin(store, "a", CALL, NOW + DAY) is None


def test_an_answer_stays_whoever_ends_it_after_that(once: OnceCalls, store: StoreId) -> None:
    """Of two that came at once one was answered, and the other was refused."""
    answered = replace(CALL, status=201, text="{}")
    assert once.begin(store, "a", CALL, NOW) is None
    assert once.end(store, "a", answered)
    assert not once.end(store, "a", replace(CALL, until=NOW))
    assert not once.end(store, "a", replace(answered, text="[]"))
    assert once.begin(store, "a", CALL, NOW) == answered
    assert once.begin(store, "a", CALL, NOW + DAY) is None
    assert once.end(store, "a", replace(answered, until=NOW + 2 * DAY))


def test_of_many_at_once_a_single_one_begins_it(once: OnceCalls, store: StoreId) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: once.begin(store, "a", CALL, NOW), range(24)))
    assert found.count(None) == 1
