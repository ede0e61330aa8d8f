"""What starts campaigns on their schedules, wired to DynamoDB and SQS."""

from functools import cache

from shopbell.adapters.dynamo.attribution import DynamoReportCounts
from shopbell.adapters.dynamo.campaigns import DynamoCampaigns
from shopbell.adapters.dynamo.counters import DynamoCounters
from shopbell.adapters.dynamo.dispatches import DynamoDispatches
from shopbell.adapters.dynamo.runs import DynamoRunProgress, DynamoRuns
from shopbell.app.delivery.firing import FireCampaign
from shopbell.app.delivery.plan import Launch
from shopbell.app.management.campaigns.deciding import DecideWinner
from shopbell.app.management.campaigns.report import ReadReport
from shopbell.app.management.campaigns.weighing import WeighVariants
from shopbell.runtime import clients, clock, settings


@cache
def fire_campaign() -> FireCampaign:
    found, report = settings.read(settings.ScenarioRunnerSettings), _report()
    campaigns, runs = report.campaigns, report.runs
    launch = Launch(runs, clients.queue(found.audience_queue_url))
    decide = DecideWinner(clients.stores(found.config_table), report, launch, clock.now)
    return FireCampaign(campaigns, runs, report.sent, clients.queue(found.plan_queue_url), decide, clock.now)


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
