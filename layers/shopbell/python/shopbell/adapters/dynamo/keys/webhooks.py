"""Keys of webhooks, beside what else a store defines, and of how their deliveries went.

config     <store>#HOOKS                   <webhook>                          how its deliveries went
"""

from typing import Final

from shopbell.adapters.dynamo.keys.definitions import config
from shopbell.adapters.dynamo.keys.schema import PK, SK, Key
from shopbell.domain.ids import StoreId
from shopbell.domain.webhooks.hook import WebhookId

WEBHOOKS: Final = "HOOK#"


def webhook(store: StoreId, name: WebhookId) -> Key:
    return config(store, f"{WEBHOOKS}{name}")


def deliveries(store: StoreId, name: WebhookId) -> Key:
    """Apart from the definition: it is written with every attempt."""
    return {PK: f"{store}#HOOKS", SK: name}
