"""What is held of people and who was erased, over the world that other ports are over."""

from typing import NamedTuple

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.events import DynamoEvents
from shopbell.adapters.dynamo.personal.place import Tables
from shopbell.adapters.dynamo.personal.registry import DynamoHoldings
from shopbell.adapters.dynamo.personal.stones import DynamoTombstones
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.personal import MemoryHoldings
from shopbell.adapters.memory.stones import MemoryTombstones
from shopbell.ports import Holdings, Tombstones

from tests.contract.worlds import NOW, SHARDS, Ports


class Personal(NamedTuple):
    holdings: Holdings
    tombstones: Tombstones


def personal(ports: Ports) -> Personal:
    events = ports.events
    if isinstance(events, MemoryEvents):
        return Personal(MemoryHoldings(events.world), MemoryTombstones(events.world))
    assert isinstance(events, DynamoEvents)
    names = {table.name: f"test-{table.name}" for table in keys.TABLES}
    tables = Tables(
        **{name: names[name] for name in Tables.__dataclass_fields__ if name in names}, shards=lambda _: SHARDS
    )
    holdings = DynamoHoldings(events.dynamo, tables, lambda: NOW)
    return Personal(holdings, DynamoTombstones(events.dynamo, names["visitors"], names["events"]))
