"""The wiring of `webhook`: the one function that posts to addresses that stores give."""

from functools import cache
from typing import Final

import boto3

from shopbell.adapters.dynamo.webhooks import DynamoHookDeliveries, DynamoWebhooks
from shopbell.adapters.secrets import SsmSecrets
from shopbell.adapters.webhooks.https import HttpsHooks
from shopbell.adapters.webpush.exchange import Limits
from shopbell.adapters.webpush.trust import trusted
from shopbell.app.webhooks.deliver import Deliver
from shopbell.runtime import clients, clock, settings

LOOPBACK: Final = "on"


@cache
def deliver() -> Deliver:
    found = settings.read(settings.WebhookSettings)
    loopback, dynamo = found.shopbell_webhook_loopback == LOOPBACK, clients.dynamo()
    return Deliver(
        DynamoWebhooks(dynamo, found.config_table),
        DynamoHookDeliveries(dynamo, found.config_table),
        SsmSecrets(boto3.client("ssm"), found.parameter_prefix, clock.now),
        HttpsHooks(Limits(trusted()), loopback, clock.now),
        loopback,
        clock.now,
        clock.uniform,
    )
