"""The wiring of `webhook`: the one function that posts to addresses that stores give, and to the event bus."""

from functools import cache
from typing import Final

import boto3
from botocore.config import Config

from shopbell.adapters.dynamo.webhooks import DynamoHookDeliveries, DynamoWebhooks
from shopbell.adapters.secrets import SsmSecrets
from shopbell.adapters.webhooks.bus import EventBridgeBus, Events
from shopbell.adapters.webhooks.https import HttpsHooks
from shopbell.adapters.webpush.exchange import Limits
from shopbell.adapters.webpush.trust import trusted
from shopbell.app.webhooks.deliver import Deliver
from shopbell.runtime import clients, clock, settings

LOOPBACK: Final = "on"
_BUS_LIMITS: Final = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
"""All in all below the 30 seconds of the function; what fails is tried again by the queue."""


@cache
def deliver() -> Deliver:
    found = settings.read(settings.WebhookSettings)
    loopback, dynamo = found.shopbell_webhook_loopback == LOOPBACK, clients.dynamo()
    return Deliver(
        DynamoWebhooks(dynamo, found.config_table),
        DynamoHookDeliveries(dynamo, found.config_table),
        SsmSecrets(boto3.client("ssm"), found.parameter_prefix, clock.now),
        HttpsHooks(Limits(trusted()), loopback, clock.now),
        EventBridgeBus(_events, found.event_bus_name, clock.now),
        clients.queue(found.webhook_queue_url),
        loopback,
        clock.now,
        clock.uniform,
    )


@cache
def _events() -> Events:
    made: Events = boto3.client("events", config=_BUS_LIMITS)
    return made
