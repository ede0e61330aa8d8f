"""How often a key has called: every call counts once, whoever makes it, and each window begins anew."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from shopbell.adapters.dynamo.audit import DynamoAuditTrail
from shopbell.adapters.dynamo.limits import DynamoCallCounts
from shopbell.adapters.memory.audit import MemoryAuditTrail
from shopbell.adapters.memory.limits import MemoryCallCounts
from shopbell.domain.clock import MINUTE
from shopbell.domain.ids import StoreId
from shopbell.ports import CallCounts

from tests.contract.worlds import NOW, Ports


@pytest.fixture
def counts(ports: Ports) -> CallCounts:
    """Beside the audit trail, in whichever world that is."""
    match ports.callers.audit:
        case MemoryAuditTrail(world):
            return MemoryCallCounts(world)
        case DynamoAuditTrail(dynamo, table):
            return DynamoCallCounts(dynamo, table)
        case other:
            raise AssertionError(other)


def test_each_key_of_each_store_is_counted_by_itself(
    counts: CallCounts, store: StoreId, other_store: StoreId
) -> None:
    assert [counts.count(store, "a", NOW, NOW + MINUTE) for _ in range(3)] == [1, 2, 3]
    assert counts.count(store, "b", NOW, NOW + MINUTE) == 1
    assert counts.count(other_store, "a", NOW, NOW + MINUTE) == 1


def test_a_window_begins_at_one(counts: CallCounts, store: StoreId) -> None:
    assert counts.count(store, "a", NOW, NOW + 2 * MINUTE) == 1
    assert counts.count(store, "a", NOW + MINUTE, NOW + 3 * MINUTE) == 1


def test_calls_side_by_side_get_numbers_of_their_own(counts: CallCounts, store: StoreId) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: counts.count(store, "a", NOW, NOW + MINUTE), range(40)))
    assert sorted(found) == list(range(1, 41))
