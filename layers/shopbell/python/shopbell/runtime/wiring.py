"""Each function's use case with everything it needs; made at the first invocation, from the environment alone.

Adapters and libraries are imported where they are used: a function loads only its own, which its cold start feels.
"""

# ruff: noqa: PLC0415

from functools import cache
from typing import TYPE_CHECKING

from shopbell.runtime import clients, clock, settings

if TYPE_CHECKING:
    from shopbell.adapters.sqs import SqsQueue
    from shopbell.app.building import Rebuild
    from shopbell.app.delivery.audience import PageAudience
    from shopbell.app.delivery.plan import Launch, PlanCampaign
    from shopbell.app.delivery.posting import Posting
    from shopbell.app.evaluate import Evaluate
    from shopbell.app.jobs import RunJobs
    from shopbell.app.scenarios.run import RunScenario
    from shopbell.app.tallying import Tally
    from shopbell.app.waking import WakeDue
    from shopbell.app.webhooks.deliver import Deliver
    from shopbell.domain.subscriptions import PushService
    from shopbell.runtime.queues import Consumer
    from shopbell.runtime.settings import AudienceSettings, ScenarioRunnerSettings


@cache
def evaluate() -> "Evaluate":
    """In a module of its own: it tells of products, too."""
    from shopbell.runtime.goods import evaluate as wired

    return wired()


@cache
def wake() -> "WakeDue":
    from shopbell.adapters.dynamo.clockwork import DynamoDueIndex
    from shopbell.app.waking import WakeDue

    found = settings.read(settings.WakeSettings)
    return WakeDue(
        DynamoDueIndex(clients.dynamo(), found.visitors_table), clients.queue(found.due_queue_url), clock.now
    )


@cache
def rebuild() -> "Rebuild":
    from shopbell.adapters.dynamo.run_progress import DynamoRunProgress
    from shopbell.adapters.dynamo.segments import DynamoSegments
    from shopbell.app.building import Rebuild
    from shopbell.runtime import folding

    found = settings.read(settings.RebuildSettings)
    return Rebuild(
        clients.stores(found.config_table),
        DynamoSegments(clients.dynamo(), found.config_table),
        folding.visitors(found),
        DynamoRunProgress(clients.dynamo(), found.runs_table, clock.now),
        clients.queue(found.rebuild_queue_url),
        folding.evaluate(found).touch,
        clock.now,
    )


def jobs() -> "RunJobs":
    """In a module of its own: every kind of job has a worker there."""
    from shopbell.runtime.jobs import jobs as wired

    return wired()


@cache
def run_scenario() -> "RunScenario":
    from shopbell.adapters.dynamo.campaigns import DynamoScenarios
    from shopbell.adapters.dynamo.clockwork import DynamoCandidates
    from shopbell.adapters.dynamo.run_progress import DynamoRunProgress
    from shopbell.adapters.dynamo.runs import DynamoRuns
    from shopbell.adapters.dynamo.segments import DynamoSegments
    from shopbell.app.scenarios.calendar import PlanByCalendar
    from shopbell.app.scenarios.run import RunScenario

    found = settings.read(settings.ScenarioRunnerSettings)
    dynamo, config, runs = clients.dynamo(), found.config_table, found.runs_table
    progress, launch = DynamoRunProgress(dynamo, runs, clock.now), _launch(found)
    return RunScenario(
        clients.stores(config),
        DynamoScenarios(dynamo, config),
        DynamoCandidates(dynamo, found.visitors_table),
        PlanByCalendar(DynamoSegments(dynamo, config), DynamoRuns(dynamo, runs), progress, launch, clock.now),
        launch,
        clock.now,
    )


@cache
def plan_campaign() -> "PlanCampaign":
    from shopbell.adapters.dynamo.campaigns import DynamoCampaigns
    from shopbell.adapters.dynamo.segments import DynamoSegments
    from shopbell.app.delivery.plan import PlanCampaign
    from shopbell.runtime.firing import ask_again, weigh

    found = settings.read(settings.ScenarioRunnerSettings)
    config = found.config_table
    campaigns, segments = DynamoCampaigns(clients.dynamo(), config), DynamoSegments(clients.dynamo(), config)
    held, stores = ask_again(found).begin, clients.stores(config)
    return PlanCampaign(stores, campaigns, segments, _launch(found), clock.now, weigh(), held)


@cache
def audience() -> "PageAudience":
    from shopbell.adapters.dynamo.clockwork import DynamoCandidates
    from shopbell.adapters.dynamo.memberships import DynamoMemberships
    from shopbell.adapters.dynamo.run_progress import DynamoRunProgress
    from shopbell.adapters.dynamo.runs import DynamoRuns
    from shopbell.adapters.dynamo.sends import DynamoSends
    from shopbell.adapters.dynamo.subscriptions import DynamoSubscriptions
    from shopbell.app.delivery.audience import PageAudience
    from shopbell.app.delivery.slices import Slicer
    from shopbell.app.delivery.unsent import Unsent

    found = settings.read(settings.AudienceSettings)
    shards = clients.shards_of(clients.stores(found.config_table))
    candidates = DynamoCandidates(clients.dynamo(), found.visitors_table)
    visitors = clients.reader(found.visitors_table, shards)
    slicer = Slicer(
        visitors,
        DynamoMemberships(clients.dynamo(), found.members_table, clients.NO_TABLE, shards),
        DynamoSubscriptions(clients.dynamo(), found.visitors_table, shards),
        candidates,
    )
    return PageAudience(
        DynamoRuns(clients.dynamo(), found.runs_table),
        DynamoRunProgress(clients.dynamo(), found.runs_table, clock.now),
        slicer,
        candidates,
        clients.queue(found.audience_queue_url),
        _send_queues(found),
        clock.now,
        clock.uniform,
        Unsent(visitors, DynamoSends(clients.dynamo(), found.visitors_table)),
    )


@cache
def tally() -> "Tally":
    """In a module of its own: it counts much."""
    from shopbell.runtime.counting import tally as wired

    return wired()


def deliver() -> "Deliver":
    """In a module of its own: it alone of all functions posts to addresses that stores give."""
    from shopbell.runtime.hooks import deliver as wired

    return wired()


def posting() -> "Posting":
    """In a module of its own: the push libraries are the heaviest of all."""
    from shopbell.runtime.sending import posting as wired

    return wired()


@cache
def consumer() -> "Consumer":
    from shopbell.adapters.visibility import SqsDeferral
    from shopbell.runtime.queues import Consumer

    return Consumer(SqsDeferral(clients.sqs()), clock.now, clock.uniform)


def _launch(found: "ScenarioRunnerSettings") -> "Launch":
    from shopbell.adapters.dynamo.runs import DynamoRuns
    from shopbell.app.delivery.plan import Launch
    from shopbell.runtime.firing import watching

    runs, audience = DynamoRuns(clients.dynamo(), found.runs_table), clients.queue(found.audience_queue_url)
    return Launch(runs, audience, watching(found))


def _send_queues(found: "AudienceSettings") -> "dict[PushService, SqsQueue]":
    return {
        "fcm": clients.queue(found.send_fcm_queue_url),
        "mozilla": clients.queue(found.send_mozilla_queue_url),
        "apple": clients.queue(found.send_apple_queue_url),
        "wns": clients.queue(found.send_wns_queue_url),
        "other": clients.queue(found.send_other_queue_url),
    }
