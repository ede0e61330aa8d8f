"""Fixtures of the local engine: one process per test worker, an account of its own, the tables of `keys`."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.client import dynamo_client
from shopbell.local import engine as local_engine
from shopbell.local.options import Port
from shopbell.local.ports import choose

from tests.aws_rules import watch

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).resolve().parents[1]
BINARY = ROOT / ".venv-engine" / "bin" / "ministack"
REGION = "eu-central-1"


@dataclass(frozen=True, slots=True)
class Account:
    """One isolated account of a running engine: any 12 digits as the access key make one."""

    url: str
    number: str

    @property
    def settings(self) -> dict[str, Any]:
        """What a boto3 client needs to work in it."""
        return {
            "endpoint_url": self.url,
            "region_name": REGION,
            "aws_access_key_id": self.number,
            "aws_secret_access_key": "loopback",
        }

    def client(self, service: str) -> Any:
        return boto3.Session().client(service, **self.settings)  # type: ignore[call-overload]


@pytest.fixture(scope="session")
def engine_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running engine that keeps nothing; skipped where it is not installed."""
    if not BINARY.exists():
        pytest.skip("the local engine is not installed: make setup")
    folder = tmp_path_factory.mktemp("engine")
    engine = local_engine.start(
        BINARY, choose(Port(0)), saved=None, objects=folder, log=folder / "log", enforce_iam=False
    )
    yield engine.url
    engine.stop(seconds=10)


@pytest.fixture(scope="session")
def account(engine_url: str) -> Account:
    """An account of this worker's own, with every table of `keys`."""
    account = Account(engine_url, f"{secrets.randbelow(10**12):012d}")
    client: DynamoDBClient = account.client("dynamodb")
    for table in keys.TABLES:
        client.create_table(**table_settings(table))
    return account


@pytest.fixture(scope="session")
def table_names() -> Mapping[str, str]:
    """The logical names of `keys` to the names in the account."""
    return {table.name: f"test-{table.name}" for table in keys.TABLES}


@pytest.fixture(scope="session")
def dynamodb(account: Account) -> "DynamoDBClient":
    """The client as it runs in Lambda; each call is held against rules of AWS that the engine does not check."""
    client = dynamo_client(**account.settings)
    watch(client, {f"test-{table.name}": table for table in keys.TABLES})
    return client


def table_settings(table: keys.Table) -> Any:
    """`create_table` arguments for one table of `keys`."""
    indexes = table.indexes or {}
    pairs = [(keys.PK, keys.SK), *((index.partition, index.sort) for index in indexes.values())]
    settings: dict[str, Any] = {
        "TableName": f"test-{table.name}",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _schema(keys.PK, keys.SK),
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for pair in pairs for name in pair],
    }
    if indexes:
        settings["GlobalSecondaryIndexes"] = [
            {
                "IndexName": name,
                "KeySchema": _schema(index.partition, index.sort),
                "Projection": {"ProjectionType": index.projection},
            }
            for name, index in indexes.items()
        ]
    if table.stream:
        settings["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": table.stream}
    return settings


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
