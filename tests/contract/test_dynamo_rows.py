"""What lies in the tables: sparse where it must be, gone when it should be, written only when it changed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.commits import CANDIDATE_TTL
from shopbell.adapters.dynamo.subscriptions import TOMBSTONE_TTL
from shopbell.domain.ids import StoreId, VisitorId, visitor_shard
from shopbell.domain.lasting import RUN_TTL
from shopbell.domain.ledger import Ledger
from shopbell.domain.membership import LOG_TTL
from shopbell.domain.orders import Orders
from shopbell.domain.part import Part
from shopbell.domain.profile import Candidate, Commit, Profile
from shopbell.domain.runs import ShardProgress
from shopbell.domain.segments.definition import Segment

from tests.contract.samples import ANN, BEN, VIP, event_item, flip, run, segment, subscription
from tests.contract.worlds import NOW, SHARDS, Ports, dynamo_ports
from tests.engine import Account

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = pytest.mark.engine
Rows = list[Mapping[str, Any]]
Read = Callable[[str], Rows]


@pytest.fixture
def ports(dynamodb: "DynamoDBClient", table_names: Mapping[str, str]) -> Ports:
    return dynamo_ports(dynamodb, table_names)


@pytest.fixture
def read(account: Account, table_names: Mapping[str, str], store: StoreId) -> Read:
    """Every row of a table that belongs to the store, as only a test may read them."""
    client = account.client("dynamodb")

    def rows(table: str) -> Rows:
        pages = client.get_paginator("scan").paginate(TableName=table_names[table])
        found = [row for page in pages for row in page["Items"]]
        return [row for row in found if store in row["pk"]["S"] or store in row["sk"]["S"]]

    return rows


def commit(ports: Ports, before: Profile, **changes: Any) -> Profile:
    assert ports.visitors.commit(Commit(before, replace(before, **changes)))
    return ports.visitors.load(before.store, before.visitor)


def parts(rows: Rows) -> dict[str, str | None]:
    """Which items of visitors there are, and which of them wait for a wake-up."""
    return {row["sk"]["S"]: row.get("due_sk", {}).get("S") for row in rows if "#V#" in row["pk"]["S"]}


def test_the_due_index_holds_only_who_waits(ports: Ports, store: StoreId, read: Read) -> None:
    waiting = commit(ports, ports.visitors.load(store, ANN), wake_at=NOW)
    assert parts(read("visitors")) == {"P": f"{NOW:015d}#{store}#{ANN}"}

    commit(ports, waiting, wake_at=None)
    assert parts(read("visitors")) == {"P": None}


def ledger(**sizes: int) -> Ledger:
    whole = {name: bytes([7]) * sizes.get(name, 0) for name in ("P", "L", "V")}
    return Ledger(Part(whole["P"]), Orders(whole["L"]), Part(whole["V"]))


def test_purchases_and_views_are_items_of_their_own_only_while_there_are_any(
    ports: Ports, store: StoreId, read: Read
) -> None:
    profile = commit(ports, ports.visitors.load(store, ANN), ledger=ledger(P=5))
    assert set(parts(read("visitors"))) == {"P"}
    profile = commit(ports, profile, ledger=ledger(P=5, L=9, V=3))
    assert set(parts(read("visitors"))) == {"P", "L", "V"}
    profile = commit(ports, profile, ledger=ledger(P=5, L=9))
    assert set(parts(read("visitors"))) == {"P", "L"}
    assert profile.ledger == ledger(P=5, L=9)


def test_a_part_that_did_not_change_is_not_written(ports: Ports, store: StoreId, dynamodb: "DynamoDBClient") -> None:
    profile = commit(ports, ports.visitors.load(store, ANN), ledger=ledger(L=9, V=3))
    written: list[list[str]] = []

    def note(params: Mapping[str, Any], **_: object) -> None:
        written.append([item["Put"]["Item"]["sk"]["S"] for item in params["TransactItems"]])

    dynamodb.meta.events.register("provide-client-params.dynamodb.TransactWriteItems", note)
    try:
        profile = commit(ports, profile, last_seen=NOW)
        commit(ports, profile, ledger=ledger(L=9, V=4))
    finally:
        dynamodb.meta.events.unregister("provide-client-params.dynamodb.TransactWriteItems", note)

    assert written == [["P"], ["P", "V"]]


def test_the_largest_visitor_there_may_be_is_stored_and_loaded(ports: Ports, store: StoreId) -> None:
    large = ledger(P=64_000, L=96_000, V=64_000)
    profile = commit(ports, ports.visitors.load(store, ANN), ledger=large)
    others = [commit(ports, ports.visitors.load(store, VisitorId(f"v{n}")), ledger=large) for n in range(5)]

    assert profile.ledger == large
    loaded = ports.visitors.load_many(store, [ANN, *(other.visitor for other in others)])
    assert [row.ledger for row in loaded.values()] == [large] * 6


def ttl(rows: Rows) -> set[int | None]:
    return {int(row["ttl"]["N"]) if "ttl" in row else None for row in rows}


def test_each_row_goes_when_its_time_is_over(ports: Ports, store: StoreId, read: Read) -> None:
    before = ports.visitors.load(store, ANN)
    candidate = Candidate("churn", NOW, NOW)
    after = replace(before, memberships={VIP: NOW})
    assert ports.visitors.commit(Commit(before, after, flips=(flip(),), candidates=(candidate,)))
    ports.events.append([event_item(store, "e1")])
    ports.runs.create(run(store))
    ports.progress.save_shard(store, run(store).id, ShardProgress(0, 0, None, done=False))

    assert ttl(read("log")) == {(NOW + LOG_TTL) // 1000}
    assert ttl(read("members")) == {None}
    assert ttl(read("visitors")) == {None, (NOW + CANDIDATE_TTL) // 1000}
    assert ttl(read("runs")) == {(NOW + RUN_TTL) // 1000, (NOW + 1000 + RUN_TTL) // 1000}
    assert all(seconds for seconds in ttl(read("events")))


def test_a_retired_subscription_leaves_a_tombstone_of_thirty_days(ports: Ports, store: StoreId, read: Read) -> None:
    row = subscription(store)
    ports.subscriptions.put(row, None)
    ports.subscriptions.retire(row, NOW, "410")

    (stone,) = (row for row in read("visitors") if "#X#" in row["pk"]["S"])
    assert (stone["pk"]["S"], stone["reason"]["S"]) == (f"{store}#X#{row.id}", "410")
    assert int(stone["ttl"]["N"]) == (NOW + TOMBSTONE_TTL) // 1000


def test_a_subscription_that_moves_leaves_no_row_behind(ports: Ports, store: StoreId, read: Read) -> None:
    row = subscription(store, visitor=ANN)
    for number, who in enumerate((ANN, BEN, VisitorId("cleo"))):
        ports.subscriptions.put(replace(row, visitor=who), subscription(store, 7 + number).id)

    assert len([row for row in read("visitors") if "#C#" not in row["pk"]["S"]]) == 2


def test_every_version_of_a_segment_stays_as_it_was(ports: Ports, store: StoreId, read: Read) -> None:
    first = segment(store, "a")
    edited: list[Segment] = [segment(store, "a", version=2, revision=2), segment(store, "a", version=2, revision=3)]
    ports.segments.save(first, expected=None)
    ports.segments.save(edited[0], expected=1)
    ports.segments.save(replace(edited[1], name="renamed"), expected=2)

    kept = {row["sk"]["S"]: row["body"]["S"] for row in read("config") if row["sk"]["S"].startswith("SEGV#")}
    assert sorted(kept) == ["SEGV#a#0000000001", "SEGV#a#0000000002"]
    assert "renamed" not in kept["SEGV#a#0000000002"]


def test_partitions_begin_with_the_store_but_for_candidates(ports: Ports, store: StoreId, read: Read) -> None:
    before = ports.visitors.load(store, ANN)
    changes = Commit(before, replace(before, memberships={VIP: NOW}), (flip(),), (), (Candidate("churn", NOW, NOW),))
    assert ports.visitors.commit(changes)
    ports.subscriptions.put(subscription(store), None)
    ports.segments.save(segment(store), expected=None)
    ports.runs.create(run(store))
    ports.events.append([event_item(store, "e1")])

    partitions = {row["pk"]["S"] for table in keys.TABLES for row in read(table.name)}

    assert {pk for pk in partitions if not pk.startswith(store)} == {
        keys.candidate_partition("churn", keys.candidate_shard(store, ANN))
    }
    shard = visitor_shard(store, ANN, SHARDS)
    assert keys.members(store, VIP, shard) in partitions
