"""What several functions share: clients, one for a process, and the adapters that hold nothing but one."""

# ruff: noqa: PLC0415

from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from shopbell.adapters.dynamo.database import Dynamo
    from shopbell.adapters.dynamo.stores import DynamoStores
    from shopbell.adapters.dynamo.visitors import DynamoVisitors
    from shopbell.adapters.sqs import SqsQueue
    from shopbell.app.privacy.erased import Erased
    from shopbell.app.webhooks.tell import Tell
    from shopbell.domain.ids import StoreId
    from shopbell.domain.store import Store
    from shopbell.domain.webhooks.hook import Webhook

NO_TABLE: Final = ""
"""For an adapter of two tables of which the function may use one: what touches the other is refused by AWS."""


@cache
def dynamo() -> "Dynamo":
    from shopbell.adapters.dynamo.client import dynamo_client
    from shopbell.adapters.dynamo.database import Dynamo

    return Dynamo(dynamo_client())


@cache
def sqs() -> "SQSClient":
    import boto3

    return boto3.client("sqs")


@cache
def s3() -> "S3Client":
    """Signs addresses as every region takes them, for downloads."""
    import boto3
    from botocore.config import Config

    return boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "auto"}))


@cache
def queue(url: str) -> "SqsQueue":
    from shopbell.adapters.sqs import SqsQueue

    return SqsQueue(sqs(), url)


@cache
def stores(config_table: str) -> "DynamoStores":
    from shopbell.adapters.dynamo.stores import DynamoStores

    return DynamoStores(dynamo(), config_table)


def shards_of(known: "DynamoStores") -> "Callable[[StoreId], int]":
    """A store's shards are fixed when it is created, so they are read once (ruling 23)."""

    @cache
    def shards(store: "StoreId") -> int:
        from shopbell.domain.errors import NotFound

        row = known.get(store)
        if row is None:
            raise NotFound(store)
        return row.shards

    return shards


def zone_of(known: "DynamoStores") -> "Callable[[StoreId], str]":
    """A store's time zone as it was at most a minute ago; UTC for a store that is gone."""
    from shopbell.domain.clock import MINUTE
    from shopbell.runtime import clock
    from shopbell.runtime.http.remembered import Remembered

    def zone(store: "StoreId") -> str:
        row = known.get(store)
        return "UTC" if row is None else row.time_zone

    return Remembered(zone, MINUTE, clock.now)


def remembered(known: "DynamoStores") -> "Callable[[StoreId], Store | None]":
    """A store as it was at most a minute ago."""
    from shopbell.domain.clock import MINUTE
    from shopbell.runtime import clock
    from shopbell.runtime.http.remembered import Remembered

    return Remembered(known.get, MINUTE, clock.now)


@cache
def webhooks(config_table: str) -> "Callable[[StoreId], Sequence[Webhook]]":
    """A store's as they were at most a minute ago: one without any pays for one read a minute."""
    from shopbell.adapters.dynamo.webhooks import DynamoWebhooks
    from shopbell.domain.clock import MINUTE
    from shopbell.runtime import clock
    from shopbell.runtime.http.remembered import Remembered

    return Remembered(DynamoWebhooks(dynamo(), config_table).all, MINUTE, clock.now)


@cache
def tell(config_table: str, webhook_queue_url: str) -> "Tell":
    """Whoever has no webhook pays for one read a minute, when there is something to tell."""
    from shopbell.app.webhooks.tell import Tell
    from shopbell.runtime import clock

    return Tell(webhooks(config_table), queue(webhook_queue_url), clock.now)


@cache
def erased(visitors_table: str, events_table: str = NO_TABLE) -> "Erased":
    """`events_table`: for a function that takes what came too late out of the log."""
    from shopbell.adapters.dynamo.personal.stones import DynamoTombstones
    from shopbell.app.privacy.erased import Erased
    from shopbell.runtime import clock

    return Erased(DynamoTombstones(dynamo(), visitors_table, events_table), clock.now)


def reader(visitors_table: str, shards: "Callable[[StoreId], int]") -> "DynamoVisitors":
    """Profiles for a function that changes no membership: of a commit only what touches the profile may pass."""
    from shopbell.adapters.dynamo.commits import CommitTables
    from shopbell.adapters.dynamo.visitors import DynamoVisitors

    return DynamoVisitors(dynamo(), CommitTables(visitors_table, NO_TABLE, NO_TABLE), shards)
