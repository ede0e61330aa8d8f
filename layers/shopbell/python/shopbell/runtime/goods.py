"""The wiring of what waits for products: who is told, and the timers that each change moves."""

# ruff: noqa: PLC0415

from functools import cache
from typing import TYPE_CHECKING

from shopbell.runtime import clients, clock, settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shopbell.app.catalogue.news import NoteNews, ReadPlans
    from shopbell.app.evaluate import Evaluate
    from shopbell.domain.ids import StoreId
    from shopbell.domain.scenarios.plan import Plan


@cache
def evaluate() -> "Evaluate":
    """The one that notes who is interested, and tells them."""
    from shopbell.adapters.dynamo.catalogue import DynamoCatalogue
    from shopbell.adapters.dynamo.goods import DynamoTimers, DynamoWatch
    from shopbell.adapters.dynamo.sends import DynamoSends
    from shopbell.adapters.dynamo.stockroom import DynamoStockroom
    from shopbell.app.catalogue.places import Places
    from shopbell.app.catalogue.telling import TellNews
    from shopbell.runtime import folding

    found = settings.read(settings.EvaluateSettings)
    dynamo, shards = clients.dynamo(), clients.shards_of(clients.stores(found.config_table))
    watch = DynamoWatch(dynamo, found.watch_table, shards)
    news = TellNews(
        DynamoTimers(dynamo, found.visitors_table, clock.now),
        watch,
        DynamoCatalogue(dynamo, found.catalogue_table),
        DynamoStockroom(dynamo, found.catalogue_table),
        clients.stores(found.config_table),
        Places(folding.visitors(found), DynamoSends(dynamo, found.visitors_table)),
        _fresh(found.config_table),
        clients.queue(found.due_queue_url),
        clock.now,
    )
    return folding.evaluate(found, news, watch)


@cache
def note_news() -> "NoteNews":
    from shopbell.adapters.dynamo.goods import DynamoTimers
    from shopbell.app.catalogue.news import NoteNews

    found = settings.read(settings.ScenarioRunnerSettings)
    timers = DynamoTimers(clients.dynamo(), found.visitors_table, clock.now)
    return NoteNews(timers, _fresh(found.config_table))


def _fresh(config_table: str) -> "ReadPlans":
    """Read anew each time: a change is told once, and what was switched on a moment ago must hear of it."""
    from shopbell.runtime import folding

    def read(store: "StoreId") -> "Mapping[str, Plan]":
        return folding.plans(config_table)(store)

    return read
