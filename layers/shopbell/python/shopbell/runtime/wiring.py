"""Each function's use case with everything it needs; made at the first invocation, from the environment alone.

Adapters and libraries are imported where they are used: a function loads only its own, which its cold start feels.
"""

# ruff: noqa: PLC0415

from functools import cache
from typing import TYPE_CHECKING

from shopbell.runtime import clock, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient

    from shopbell.adapters.dynamo.database import Dynamo
    from shopbell.adapters.dynamo.stores import DynamoStores
    from shopbell.adapters.dynamo.visitors import DynamoVisitors
    from shopbell.adapters.sqs import SqsQueue
    from shopbell.app.building import Rebuild
    from shopbell.app.delivery.audience import PageAudience
    from shopbell.app.delivery.plan import Launch, PlanCampaign
    from shopbell.app.delivery.send import Send
    from shopbell.app.evaluate import Evaluate
    from shopbell.app.scenarios.run import RunScenario
    from shopbell.app.tallying import Tally
    from shopbell.app.waking import WakeDue
    from shopbell.domain.ids import StoreId
    from shopbell.runtime.queues import Consumer
    from shopbell.runtime.settings import EvaluateSettings, RebuildSettings, ScenarioRunnerSettings


@cache
def evaluate() -> "Evaluate":
    return _evaluate(settings.read(settings.EvaluateSettings))


@cache
def wake() -> "WakeDue":
    from shopbell.adapters.dynamo.clockwork import DynamoDueIndex
    from shopbell.app.waking import WakeDue

    found = settings.read(settings.WakeSettings)
    return WakeDue(DynamoDueIndex(dynamo(), found.visitors_table), queue(found.due_queue_url), clock.now)


@cache
def rebuild() -> "Rebuild":
    from shopbell.adapters.dynamo.runs import DynamoRunProgress
    from shopbell.adapters.dynamo.segments import DynamoSegments
    from shopbell.app.building import Rebuild

    found = settings.read(settings.RebuildSettings)
    return Rebuild(
        stores(found.config_table),
        DynamoSegments(dynamo(), found.config_table),
        _visitors(found),
        DynamoRunProgress(dynamo(), found.runs_table, clock.now),
        queue(found.rebuild_queue_url),
        _evaluate(found).touch,
        clock.now,
    )


@cache
def run_scenario() -> "RunScenario":
    from shopbell.adapters.dynamo.campaigns import DynamoScenarios
    from shopbell.adapters.dynamo.clockwork import DynamoCandidates
    from shopbell.app.scenarios.run import RunScenario

    found = settings.read(settings.ScenarioRunnerSettings)
    candidates = DynamoCandidates(dynamo(), found.visitors_table)
    return RunScenario(DynamoScenarios(dynamo(), found.config_table), candidates, _launch(found), clock.now)


@cache
def plan_campaign() -> "PlanCampaign":
    from shopbell.adapters.dynamo.campaigns import DynamoCampaigns
    from shopbell.adapters.dynamo.segments import DynamoSegments
    from shopbell.app.delivery.plan import PlanCampaign

    found = settings.read(settings.ScenarioRunnerSettings)
    config = found.config_table
    campaigns, segments = DynamoCampaigns(dynamo(), config), DynamoSegments(dynamo(), config)
    return PlanCampaign(stores(config), campaigns, segments, _launch(found), clock.now)


@cache
def audience() -> "PageAudience":
    from shopbell.adapters.dynamo.clockwork import DynamoCandidates
    from shopbell.adapters.dynamo.memberships import DynamoMemberships
    from shopbell.adapters.dynamo.runs import DynamoRunProgress, DynamoRuns
    from shopbell.adapters.dynamo.subscriptions import DynamoSubscriptions
    from shopbell.app.delivery.audience import PageAudience
    from shopbell.app.delivery.slices import Slicer

    found = settings.read(settings.AudienceSettings)
    shards = shards_of(stores(found.config_table))
    candidates = DynamoCandidates(dynamo(), found.visitors_table)
    slicer = Slicer(
        reader(found.visitors_table, shards),
        DynamoMemberships(dynamo(), found.members_table, NO_TABLE, shards),
        DynamoSubscriptions(dynamo(), found.visitors_table, shards),
        candidates,
    )
    return PageAudience(
        DynamoRuns(dynamo(), found.runs_table),
        DynamoRunProgress(dynamo(), found.runs_table, clock.now),
        slicer,
        candidates,
        queue(found.audience_queue_url),
        {
            "fcm": queue(found.send_fcm_queue_url),
            "mozilla": queue(found.send_mozilla_queue_url),
            "apple": queue(found.send_apple_queue_url),
            "wns": queue(found.send_wns_queue_url),
            "other": queue(found.send_other_queue_url),
        },
        clock.now,
        clock.uniform,
    )


@cache
def tally() -> "Tally":
    from shopbell.adapters.dynamo.counters import DynamoCounters
    from shopbell.app.tallying import Tally

    return Tally(DynamoCounters(dynamo(), settings.read(settings.TallySettings).runs_table))


def send() -> "Send":
    """In a module of its own: the push libraries are the heaviest of all."""
    from shopbell.runtime.sending import send as wired

    return wired()


@cache
def consumer() -> "Consumer":
    from shopbell.adapters.visibility import SqsDeferral
    from shopbell.runtime.queues import Consumer

    return Consumer(SqsDeferral(sqs()), clock.now, clock.uniform)


NO_TABLE = ""
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


def reader(visitors_table: str, shards: "Callable[[StoreId], int]") -> "DynamoVisitors":
    """Profiles for a function that commits none."""
    from shopbell.adapters.dynamo.commits import CommitTables
    from shopbell.adapters.dynamo.visitors import DynamoVisitors

    return DynamoVisitors(dynamo(), CommitTables(visitors_table, NO_TABLE, NO_TABLE), shards)


def _visitors(found: "EvaluateSettings | RebuildSettings") -> "DynamoVisitors":
    from shopbell.adapters.dynamo.commits import CommitTables
    from shopbell.adapters.dynamo.visitors import DynamoVisitors

    tables = CommitTables(found.visitors_table, found.members_table, found.log_table)
    return DynamoVisitors(dynamo(), tables, shards_of(stores(found.config_table)))


def _evaluate(found: "EvaluateSettings | RebuildSettings") -> "Evaluate":
    from shopbell.adapters.dynamo.events import DynamoEvents
    from shopbell.adapters.dynamo.segments import DynamoSegments
    from shopbell.app.evaluate import Evaluate
    from shopbell.app.rulebook import Rulebook

    return Evaluate(
        _visitors(found),
        DynamoEvents(dynamo(), found.events_table),
        Rulebook(DynamoSegments(dynamo(), found.config_table), stores(found.config_table)),
        queue(found.due_queue_url),
        queue(found.parked_queue_url),
        clock.now,
        clock.pause,
    )


def _launch(found: "ScenarioRunnerSettings") -> "Launch":
    from shopbell.adapters.dynamo.runs import DynamoRuns
    from shopbell.app.delivery.plan import Launch

    return Launch(DynamoRuns(dynamo(), found.runs_table), queue(found.audience_queue_url))
