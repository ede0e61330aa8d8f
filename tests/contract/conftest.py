"""One suite for two worlds: every port in memory, and over DynamoDB in the local engine."""

import secrets
from collections.abc import Iterator

import pytest
from shopbell.domain.ids import StoreId

from tests.contract.worlds import Ports, dynamo_ports, memory_ports


@pytest.fixture(params=["memory", pytest.param("dynamo", marks=pytest.mark.engine)])
def ports(request: pytest.FixtureRequest) -> Iterator[Ports]:
    """All ports over one state; stores have 4 shards, so that sharding shows."""
    if request.param == "memory":
        yield memory_ports()
        return
    yield dynamo_ports(request.getfixturevalue("dynamodb"), request.getfixturevalue("table_names"))


@pytest.fixture
def store() -> StoreId:
    """A store of this test's own: ten letters or digits, as real ones."""
    return StoreId(secrets.token_hex(5))


@pytest.fixture
def other_store() -> StoreId:
    """A second store, which must never show in what the first one reads."""
    return StoreId(secrets.token_hex(5))
