"""Everything that is held of a person is found, shown and let go, and nothing of anybody else is touched."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest
from shopbell.domain.erasure import Person, Tombstone
from shopbell.domain.ids import StoreId, VisitorId, customer
from shopbell.domain.jobs import JobId

from tests.contract.belongings import move_in, open_shop
from tests.contract.personal import personal
from tests.contract.raw import naming, rows
from tests.contract.worlds import NOW, Ports, dynamo_ports
from tests.engine import Account

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WHO, BUYER = VisitorId("zoe#quill-77"), customer("zq-900117")
NEIGHBOUR = VisitorId("zoe")
"""Whose id the other's begins with."""


def shop_with_both(ports: Ports, store: StoreId) -> Person:
    open_shop(ports, store)
    move_in(ports, store, NEIGHBOUR)
    move_in(ports, store, WHO, BUYER)
    return Person(store, (BUYER, WHO))


def belongings(ports: Ports, person: Person) -> Mapping[str, list[str]]:
    holdings = personal(ports).holdings
    return {
        kind: sorted(json.dumps(row, sort_keys=True, default=str) for row in holdings.held(person, kind))
        for kind in holdings.kinds
    }


def test_something_is_found_of_every_kind_and_no_credential_is_shown(ports: Ports, store: StoreId) -> None:
    found = belongings(ports, shop_with_both(ports, store))

    empty = {kind for kind, shown in found.items() if not shown}
    assert empty == {"reports"}, "their rows are written by a port that this world has not"
    assert found.keys() >= {"events", "profile", "subscriptions", "log", "codes", "aliases"}
    everything = json.dumps(found)
    assert "push.example" not in everything
    assert "o-12" in everything


def test_what_is_let_go_is_gone_and_the_neighbour_keeps_everything(ports: Ports, store: StoreId) -> None:
    person, other = shop_with_both(ports, store), Person(store, (NEIGHBOUR,))
    theirs = belongings(ports, other)

    first = {kind: personal(ports).holdings.let_go(person, kind) for kind in personal(ports).holdings.kinds}
    again = {kind: personal(ports).holdings.let_go(person, kind) for kind in personal(ports).holdings.kinds}

    assert all(found for kind, found in first.items() if kind != "reports"), first
    assert not any(again.values()), again
    assert not any(belongings(ports, person).values())
    assert belongings(ports, other) == theirs


@pytest.mark.engine
def test_no_row_of_any_table_names_them_afterwards(
    dynamodb: "DynamoDBClient", account: Account, table_names: Mapping[str, str], store: StoreId
) -> None:
    client: DynamoDBClient = account.client("dynamodb")
    ports = dynamo_ports(dynamodb, table_names)
    person = shop_with_both(ports, store)
    totals = {subject: ports.counters.total(store, subject) for subject in ("run:r1", "prompt", "coupons:spring")}
    notes = sorted(map(str, ports.demand.notes(store, NOW // 86_400_000)))
    before = naming(rows(client, table_names, store), store, WHO)
    assert {table for table, *_ in before} == {"events", "visitors", "members", "log", "config", "runs", "watch"}

    for kind in personal(ports).holdings.kinds:
        personal(ports).holdings.let_go(person, kind)

    assert naming(rows(client, table_names, store), store, WHO) == []
    assert naming(rows(client, table_names, store), store, BUYER) == []
    assert {subject: ports.counters.total(store, subject) for subject in totals} == totals, "what was counted stays"
    assert sorted(map(str, ports.demand.notes(store, NOW // 86_400_000))) == notes
    assert ports.lists.get(store, next(iter(ports.lists.all(store))).id).size == 1  # type: ignore[union-attr]


def test_tombstones_stand_and_the_first_one_counts(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    stones, stone = personal(ports).tombstones, Tombstone(JobId("job-1"), NOW)
    assert (stones.latest(store), stones.get(store, WHO), stones.among(store, [WHO])) == (None, None, frozenset())

    stones.lay(store, [WHO, BUYER], stone)
    stones.lay(store, [WHO], Tombstone(JobId("job-2"), NOW + 5))

    assert stones.get(store, WHO) == stone
    assert stones.among(store, [WHO, BUYER, NEIGHBOUR]) == {WHO, BUYER}
    assert stones.latest(store) in {NOW, NOW + 5}
    assert (stones.latest(other_store), stones.among(other_store, [WHO])) == (None, frozenset())


def test_what_came_too_late_leaves_the_log(ports: Ports, store: StoreId) -> None:
    open_shop(ports, store)
    move_in(ports, store, WHO)
    (item,) = ports.events.of(store, WHO)
    personal(ports).tombstones.drop(store, [(WHO, item.name), (WHO, "never there")])
    assert list(ports.events.of(store, WHO)) == []
