"""The twelve functions: how big each is, and everything it may touch; grants and environment both come from here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

Actions = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One function. `timeout` in seconds, `memory` in MiB.

    `tables`: `table` or `table/index` to the DynamoDB actions it may call there (of a transaction, those of its
    items). `queues`: those it may put messages on. `secrets`: kinds of secrets it may read, the second part of
    `<store>/<kind>`. `files`: what it may do in a folder of the files that people fetch or bring. `makes_schedules`:
    stores' own, in the group of the template's. `paced`: it keeps to the pace of the push services, or tells it.
    `numeric`: it has numpy and scipy, in a layer of their own. `tells_gateway`: it tells its callers what the
    gateway lets through. `counts_calls`: it holds each key to a number of calls. `puts_events`: on the event bus.
    """

    timeout: int
    memory: int = 512
    tables: Mapping[str, Actions] = field(default_factory=lambda: MappingProxyType({}))
    queues: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    makes_secrets: tuple[str, ...] = ()
    drops_secrets: tuple[str, ...] = ()
    files: Mapping[str, Actions] = field(default_factory=lambda: MappingProxyType({}))
    makes_schedules: bool = False
    posts_pushes: bool = False
    paced: bool = False
    numeric: bool = False
    tells_gateway: bool = False
    counts_calls: bool = False
    puts_events: bool = False


SEND_QUEUES: Final = ("send-fcm", "send-mozilla", "send-apple", "send-wns", "send-other")

_FOLD: Final[Mapping[str, Actions]] = {  # it reads a visitor's whole log, and writes its outcome in one transaction
    "events": ("Query",),
    "visitors": ("Query", "GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem"),
    "members": ("PutItem", "UpdateItem", "DeleteItem"),
    "log": ("PutItem",),
    "config": ("GetItem",),
}

SERVICES: Final[Mapping[str, Service]] = {
    "track": Service(
        timeout=10,
        tables={
            "events": ("PutItem",),
            "visitors": ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem"),
            "visitors/walk": ("Query",),
            "config": ("GetItem", "UpdateItem"),
            "catalogue": ("BatchGetItem", "Query", "PutItem", "DeleteItem"),
            "runs": ("GetItem", "BatchGetItem", "Query", "PutItem"),
        },
        secrets=("message-token", "identify"),
        posts_pushes=True,
        tells_gateway=True,
    ),
    "authorize": Service(timeout=10, memory=256, tables={"config": ("GetItem", "UpdateItem")}),
    "campaigns": Service(
        timeout=29,
        memory=1769,  # one whole CPU: a preview folds the logs of a sample while its caller waits
        tables={
            "events": ("Query", "PutItem"),
            "config": ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
            "visitors": ("GetItem", "BatchGetItem", "Query", "PutItem"),  # a tombstone is laid before its job begins
            "visitors/walk": ("Query",),
            "members": ("Query",),
            "log": ("Query",),
            "log/by_visitor": ("Query",),
            "catalogue": ("BatchGetItem", "Query"),
            "catalogue/listed": ("Query",),
            "runs": ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "BatchWriteItem"),
        },
        queues=("plan", "rebuild", "send-now", "webhook"),
        files={"exports": ("GetObject",), "uploads": ("GetObject", "PutObject")},
        secrets=("identify",),
        makes_secrets=("identify", "vapid", "webhook"),
        drops_secrets=("webhook",),
        makes_schedules=True,
        paced=True,
        counts_calls=True,
    ),
    "evaluate": Service(
        timeout=60,
        memory=1024,
        tables={
            **_FOLD,
            "events": ("Query", "BatchWriteItem"),  # what comes of who was erased leaves the log again
            "catalogue": ("BatchGetItem", "Query"),
            "watch": ("PutItem", "Query"),
        },
        queues=("due", "send-now", "parked"),
    ),
    "wake": Service(timeout=60, tables={"visitors/due": ("Query",)}, queues=("due",)),
    "scenario_runner": Service(
        timeout=60,
        tables={
            "config": ("GetItem", "Query", "PutItem"),  # it asks who is to be told of runs that are through
            "visitors": ("Query", "GetItem", "BatchGetItem", "PutItem"),
            **dict.fromkeys(("config/enabled", "visitors/walk", "members"), ("Query",)),
            "runs": ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem"),
        },
        queues=("audience", "plan", "webhook"),
    ),
    "audience": Service(
        timeout=60,
        tables={
            "config": ("GetItem",),
            # it commits profiles too: of candidates to whom nothing is sent it takes back that it was
            "visitors": ("Query", "GetItem", "BatchGetItem", "BatchWriteItem", "PutItem", "UpdateItem", "DeleteItem"),
            "members": ("Query",),
            "runs": ("GetItem", "Query", "PutItem", "UpdateItem"),
        },
        queues=("audience", *SEND_QUEUES),
    ),
    "send": Service(
        timeout=60,
        memory=1769,
        tables={
            "config": ("GetItem", "Query"),
            # it commits profiles too: a message that must wait is a step of its visitor
            "visitors": ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"),
            "events": ("PutItem",),
            "runs": ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "BatchWriteItem", "DeleteItem"),
            "catalogue": ("BatchGetItem", "Query"),
            "catalogue/listed": ("Query",),
        },
        queues=("due", "parked", "webhook"),
        secrets=("vapid", "message-token"),
        posts_pushes=True,
        paced=True,
    ),
    "rebuild": Service(
        timeout=120,
        memory=1024,
        tables={
            **_FOLD,  # beside what builds need: an erasure takes a person out of every table, an export shows them
            "events": ("Query", "PutItem", "BatchWriteItem"),
            "visitors": (*_FOLD["visitors"], "BatchWriteItem"),
            "visitors/walk": ("Query",),
            "members": ("Query", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
            "log": ("PutItem", "BatchWriteItem"),
            "log/by_visitor": ("Query",),
            "watch": ("BatchGetItem", "BatchWriteItem"),
            "config": ("GetItem", "BatchGetItem", "Query", "PutItem", "DeleteItem", "BatchWriteItem"),
            "runs": ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
            "catalogue": ("BatchGetItem", "Query", "PutItem"),
            "catalogue/listed": ("Query",),
        },
        queues=("rebuild", "due", "send-now", "parked", "webhook"),
        files={
            "exports": ("GetObject", "PutObject", "AbortMultipartUpload", "DeleteObject"),
            "exports/*/people": ("ListBucket",),  # an erasure finds what was exported of a person
            "uploads": ("GetObject", "PutObject"),
        },
        posts_pushes=True,  # none, but an import's endpoints are those that `track` takes
    ),
    "nightly": Service(
        timeout=300,
        memory=1769,
        tables={
            **_FOLD,
            "visitors/walk": ("Query",),
            "members": ("Query", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem"),
            "config": ("GetItem", "Query", "PutItem", "UpdateItem"),
            "config/enabled": ("Query",),
            "runs": ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "BatchWriteItem"),
            "catalogue": ("BatchGetItem",),
            "catalogue/listed": ("Query",),
        },
        queues=("nightly", "rebuild", "due", "send-now", "parked", "webhook"),
        numeric=True,
    ),
    "tally": Service(
        timeout=60,
        tables={
            "runs": ("GetItem", "BatchGetItem", "Query", "UpdateItem", "DeleteItem"),
            "config": ("GetItem", "Query"),
            # whose an order is: the log of who clicked, whose ids they go by, what was sent before they left
            "events": ("PutItem", "Query"),
            "visitors": ("GetItem", "BatchGetItem", "Query"),
        },
        queues=("webhook",),
    ),
    "webhook": Service(
        timeout=30,
        memory=256,
        tables={"config": ("GetItem", "PutItem", "UpdateItem")},  # it stops one that is gone, and notes each attempt
        queues=("webhook",),  # what has to wait goes on it anew
        secrets=("webhook",),
        puts_events=True,
    ),
}
