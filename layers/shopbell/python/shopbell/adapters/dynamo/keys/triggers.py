"""Keys of a marketer's own triggers, beside what else a store defines."""

from typing import Final

from shopbell.adapters.dynamo.keys.definitions import config
from shopbell.adapters.dynamo.keys.schema import Key
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.fly import TriggerId

TRIGGERS: Final = "TRIG#"


def trigger(store: StoreId, name: TriggerId) -> Key:
    return config(store, f"{TRIGGERS}{name}")
