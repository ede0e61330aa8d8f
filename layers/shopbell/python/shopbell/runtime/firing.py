"""What starts campaigns on their schedules, wired to DynamoDB and SQS."""

from dataclasses import replace
from functools import cache

from shopbell.adapters.dynamo.attribution import DynamoReportCounts
from shopbell.adapters.dynamo.campaigns import DynamoCampaigns
from shopbell.adapters.dynamo.counters import DynamoCounters
from shopbell.adapters.dynamo.dispatches import DynamoDispatches
from shopbell.adapters.dynamo.memberships import DynamoMemberships
from shopbell.adapters.dynamo.run_progress import DynamoRunProgress
from shopbell.adapters.dynamo.runs import DynamoRuns
from shopbell.app.delivery.agreeing import AskAgain
from shopbell.app.delivery.firing import FireCampaign
from shopbell.app.delivery.lasting import Lasting
from shopbell.app.delivery.plan import Launch
from shopbell.app.management.campaigns.counting import CountMembers
from shopbell.app.management.campaigns.deciding import DecideWinner
from shopbell.app.management.campaigns.reaching import CountReach
from shopbell.app.management.campaigns.report import ReadReport
from shopbell.app.management.campaigns.weighing import WeighVariants
from shopbell.app.webhooks.finishing import TellFinished
from shopbell.app.webhooks.watching import WatchRuns
from shopbell.runtime import clients, clock, settings


@cache
def fire_campaign() -> FireCampaign:
    found, report = settings.read(settings.ScenarioRunnerSettings), _report()
    campaigns, runs, watch = report.campaigns, report.runs, watching(found)
    launch = Launch(runs, clients.queue(found.audience_queue_url), watch)
    stores, plan = clients.stores(found.config_table), clients.queue(found.plan_queue_url)
    decide = DecideWinner(stores, report, launch, clock.now, ask_again(found).rest)
    return FireCampaign(stores, campaigns, runs, report.sent, plan, decide, clock.now, watch)


@cache
def tell_finished() -> TellFinished:
    found = settings.read(settings.ScenarioRunnerSettings)
    marks, plan = DynamoRuns(clients.dynamo(), found.runs_table), clients.queue(found.plan_queue_url)
    tell = clients.tell(found.config_table, found.webhook_queue_url)
    report = replace(_report(), lasting=Lasting(clients.stores(found.config_table), clock.now))
    return TellFinished(report, marks, tell, plan, clock.now)


def watching(found: settings.ScenarioRunnerSettings) -> WatchRuns:
    """Of the runs that this function makes."""
    return WatchRuns(clients.queue(found.plan_queue_url), clock.now)


def weigh() -> WeighVariants:
    found = settings.read(settings.ScenarioRunnerSettings)
    return WeighVariants(_report(), clients.stores(found.config_table))


def _report() -> ReadReport:
    found, dynamo = settings.read(settings.ScenarioRunnerSettings), clients.dynamo()
    return ReadReport(
        DynamoCampaigns(dynamo, found.config_table),
        DynamoRuns(dynamo, found.runs_table),
        DynamoRunProgress(dynamo, found.runs_table, clock.now),
        DynamoCounters(dynamo, found.runs_table),
        DynamoCounters(dynamo, found.visitors_table),
        DynamoReportCounts(dynamo, found.runs_table, clock.now),
        clock.now,
        DynamoDispatches(dynamo, found.runs_table, clock.now).accepted,
    )


def ask_again(found: settings.ScenarioRunnerSettings) -> AskAgain:
    dynamo, stores = clients.dynamo(), clients.stores(found.config_table)
    shards = clients.shards_of(stores)
    members = DynamoMemberships(dynamo, found.members_table, clients.NO_TABLE, shards)
    count = CountMembers(members, DynamoCounters(dynamo, found.runs_table), map)
    reach = CountReach(stores, clients.reader(found.visitors_table, shards), count, map)
    campaigns, runs = DynamoCampaigns(dynamo, found.config_table), DynamoRuns(dynamo, found.runs_table)
    return AskAgain(stores, campaigns, runs, reach, clock.now)
