"""What starts campaigns on their schedules, wired to DynamoDB and SQS."""

from functools import cache

from shopbell.adapters.dynamo.campaigns import DynamoCampaigns
from shopbell.adapters.dynamo.runs import DynamoRunProgress, DynamoRuns
from shopbell.app.delivery.firing import FireCampaign
from shopbell.runtime import clients, clock, settings


@cache
def fire_campaign() -> FireCampaign:
    found, dynamo = settings.read(settings.ScenarioRunnerSettings), clients.dynamo()
    return FireCampaign(
        DynamoCampaigns(dynamo, found.config_table),
        DynamoRuns(dynamo, found.runs_table),
        DynamoRunProgress(dynamo, found.runs_table, clock.now),
        clients.queue(found.plan_queue_url),
        clock.now,
    )
