"""The wiring of what folds: visitors, and the use case that three functions share."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING, Final

from shopbell.runtime import clients, clock

_SIDE_BY_SIDE: Final = 8
"""Visitors that one worker folds at once: each waits for DynamoDB three times."""

if TYPE_CHECKING:
    from shopbell.adapters.dynamo.goods import DynamoWatch
    from shopbell.adapters.dynamo.visitors import DynamoVisitors
    from shopbell.app.catalogue.telling import TellNews
    from shopbell.app.engaging import Engaging
    from shopbell.app.evaluate import Evaluate
    from shopbell.app.scenarios.plans import Plans
    from shopbell.ports import Catalogue
    from shopbell.runtime.settings import EvaluateSettings, NightlySettings, RebuildSettings

    Found = EvaluateSettings | RebuildSettings | NightlySettings


def visitors(found: "Found") -> "DynamoVisitors":
    from shopbell.adapters.dynamo.commits import CommitTables
    from shopbell.adapters.dynamo.visitors import DynamoVisitors

    tables = CommitTables(found.visitors_table, found.members_table, found.log_table)
    return DynamoVisitors(clients.dynamo(), tables, clients.shards_of(clients.stores(found.config_table)))


def evaluate(found: "Found", news: "TellNews | None" = None, watch: "DynamoWatch | None" = None) -> "Evaluate":
    from concurrent.futures import ThreadPoolExecutor

    from shopbell.adapters.dynamo.aliases import DynamoAliases
    from shopbell.adapters.dynamo.events import DynamoEvents
    from shopbell.adapters.dynamo.segments import DynamoSegments
    from shopbell.app.evaluate import Evaluate
    from shopbell.app.rulebook import Rulebook

    segments, stores = DynamoSegments(clients.dynamo(), found.config_table), clients.stores(found.config_table)
    return Evaluate(
        visitors(found),
        DynamoEvents(clients.dynamo(), found.events_table),
        DynamoAliases(clients.dynamo(), found.visitors_table, clients.shards_of(stores)),
        Rulebook(segments, stores),
        clients.queue(found.due_queue_url),
        clients.queue(found.parked_queue_url),
        engaging(found, watch, None if news is None else news.catalogue),
        clock.now,
        clock.pause,
        news,
        clients.erased(found.visitors_table, found.events_table),
        side_by_side=ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="visitor").map,
    )


def plans(config_table: str) -> "Plans":
    """Of each store those that are on."""
    from shopbell.adapters.dynamo.campaigns import DynamoScenarios
    from shopbell.adapters.dynamo.segments import DynamoSegments
    from shopbell.adapters.dynamo.triggers import DynamoTriggers
    from shopbell.app.scenarios.own import own_plans
    from shopbell.app.scenarios.plans import Plans

    dynamo = clients.dynamo()
    segments, own = DynamoSegments(dynamo, config_table), own_plans(DynamoTriggers(dynamo, config_table))
    return Plans(DynamoScenarios(dynamo, config_table), segments, clients.stores(config_table), clock.now, own)


def engaging(found: "Found", watch: "DynamoWatch | None" = None, catalogue: "Catalogue | None" = None) -> "Engaging":
    from shopbell.app.engaging import Engaging
    from shopbell.runtime.observability import say

    return Engaging(plans(found.config_table), clients.queue(found.send_now_queue_url), say, watch, catalogue)
