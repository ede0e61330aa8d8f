"""What planning costs: as many messages as the store has shards, one run, and not a look at a single visitor."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.app.delivery.plan import Launch
from shopbell.app.ends import Done
from shopbell.app.scenarios.calendar import PlanByCalendar
from shopbell.app.scenarios.run import RunScenario
from shopbell.app.work import read_shard
from shopbell.domain.clock import DAY, Instant, parse_instant
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.segments.definition import Segment
from shopbell.domain.store import Store

from tests.contract.worlds import Ports, dynamo_ports

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = pytest.mark.engine
NAME, OTHER = "new_arrivals", "top_sellers"
TUESDAY: Instant = parse_instant("2026-03-03T18:00:00Z")[0]
SHARDS = 64


@dataclass
class Calls:
    """Every call that a client makes from now on: operation and table, items that it writes."""

    made: Counter[tuple[str, str]] = field(default_factory=Counter)
    written: int = 0

    def watch(self, client: "DynamoDBClient", names: Mapping[str, str]) -> None:
        tables = {physical: name for name, physical in names.items()}

        def note(params: Mapping[str, Any], model: Any, **_: object) -> None:
            items = params.get("TransactItems", ())
            touched = [part["TableName"] for one in items for part in one.values()] or list(_tables(params))
            self.made.update((model.name, tables[table]) for table in touched)
            self.written += len(items) or model.name in {"PutItem", "UpdateItem", "DeleteItem"}

        client.meta.events.register("provide-client-params.dynamodb.*", note)


def _tables(params: Mapping[str, Any]) -> list[str]:
    return [params["TableName"]] if "TableName" in params else list(params["RequestItems"])


@pytest.fixture
def ports(dynamodb: "DynamoDBClient", table_names: Mapping[str, str]) -> Ports:
    return dynamo_ports(dynamodb, table_names)


def planner(ports: Ports, audience: MemoryQueue, now: Instant) -> RunScenario:
    launch = Launch(ports.runs, audience)
    calendar = PlanByCalendar(ports.segments, ports.runs, ports.progress, launch, lambda: now)
    return RunScenario(ports.stores, ports.scenarios, ports.candidates, calendar, launch, lambda: now)


def switch_on(ports: Ports, store: StoreId, name: str) -> None:
    segment = SegmentId(f"scenario-{name}")
    ports.stores.save(Store(store, "Boots", SHARDS, TUESDAY - DAY, "mailto:push@shop.example.com"), expected=None)
    ports.scenarios.save(ScenarioSettings(store, name, enabled=True, segment=segment, since=TUESDAY - DAY))
    row = Segment(store, segment, "New", {"event": "page_view"}, "active", 1, 1, TUESDAY, TUESDAY, hidden=True)
    assert ports.segments.save(row, expected=None)


def test_a_run_is_planned_with_one_message_a_shard_and_no_look_at_any_visitor(
    ports: Ports, store: StoreId, dynamodb: "DynamoDBClient", table_names: Mapping[str, str]
) -> None:
    switch_on(ports, store, NAME)
    audience, calls = MemoryQueue(), Calls()
    calls.watch(dynamodb, table_names)
    assert planner(ports, audience, TUESDAY)(NAME, TUESDAY) == Done({"runs_planned": 1})
    assert [read_shard(one.body).shard for one in audience.messages] == list(range(SHARDS))
    assert {table for _, table in calls.made} == {"config", "runs"}
    assert calls.written == 2
    assert sum(calls.made.values()) <= 8
    assert planner(ports, audience, TUESDAY)(NAME, TUESDAY) == Done({"runs_planned_before": 1})


def test_a_firing_for_which_no_store_is_due_reads_and_writes_nothing_of_runs(
    ports: Ports, store: StoreId, dynamodb: "DynamoDBClient", table_names: Mapping[str, str]
) -> None:
    switch_on(ports, store, OTHER)
    calls = Calls()
    calls.watch(dynamodb, table_names)
    before = TUESDAY - DAY + 1
    assert planner(ports, MemoryQueue(), before)(OTHER, before) == Done({"not_due": 1})
    assert {table for _, table in calls.made} == {"config"}
    assert calls.written == 0
