"""The wiring of what folds: visitors, and the use case that three functions share."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING, Final

from shopbell.runtime import clients, clock

_SIDE_BY_SIDE: Final = 8
"""Visitors that one worker folds at once: each waits for DynamoDB three times."""

if TYPE_CHECKING:
    from shopbell.adapters.dynamo.visitors import DynamoVisitors
    from shopbell.app.evaluate import Evaluate
    from shopbell.runtime.settings import EvaluateSettings, NightlySettings, RebuildSettings

    Found = EvaluateSettings | RebuildSettings | NightlySettings


def visitors(found: "Found") -> "DynamoVisitors":
    from shopbell.adapters.dynamo.commits import CommitTables
    from shopbell.adapters.dynamo.visitors import DynamoVisitors

    tables = CommitTables(found.visitors_table, found.members_table, found.log_table)
    return DynamoVisitors(clients.dynamo(), tables, clients.shards_of(clients.stores(found.config_table)))


def evaluate(found: "Found") -> "Evaluate":
    from concurrent.futures import ThreadPoolExecutor

    from shopbell.adapters.dynamo.aliases import DynamoAliases
    from shopbell.adapters.dynamo.events import DynamoEvents
    from shopbell.adapters.dynamo.segments import DynamoSegments
    from shopbell.app.evaluate import Evaluate
    from shopbell.app.rulebook import Rulebook

    return Evaluate(
        visitors(found),
        DynamoEvents(clients.dynamo(), found.events_table),
        DynamoAliases(clients.dynamo(), found.visitors_table, clients.shards_of(clients.stores(found.config_table))),
        Rulebook(DynamoSegments(clients.dynamo(), found.config_table), clients.stores(found.config_table)),
        clients.queue(found.due_queue_url),
        clients.queue(found.parked_queue_url),
        clock.now,
        clock.pause,
        ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="visitor").map,
    )
