"""What falls due: wake-ups over all stores, candidates store by store."""

from dataclasses import replace

import pytest
from shopbell.adapters.dynamo import keys
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.profile import Candidate, Commit

from tests.contract.samples import ANN, BEN
from tests.contract.worlds import NOW, Ports


def wake(ports: Ports, store: StoreId, visitor: VisitorId, at: int | None) -> None:
    before = ports.visitors.load(store, visitor)
    assert ports.visitors.commit(Commit(before, replace(before, wake_at=at)))


def due(ports: Ports, stores: set[StoreId], until: int) -> list[tuple[StoreId, VisitorId, int]]:
    """Of these stores alone: the index is everybody's."""
    rows = [row for shard in range(keys.DUE_SHARDS) for row in ports.due.due(shard, until)]
    return sorted((row for row in rows if row[0] in stores), key=lambda row: row[2])


def test_wake_ups_of_every_store_come_up_to_the_instant(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    wake(ports, store, ANN, NOW)
    wake(ports, store, BEN, NOW + 1)
    wake(ports, other_store, ANN, NOW - 1)

    assert due(ports, {store, other_store}, NOW) == [(other_store, ANN, NOW - 1), (store, ANN, NOW)]


def test_a_shard_answers_earliest_first(ports: Ports, store: StoreId) -> None:
    names = [VisitorId(f"v{number}") for number in range(200)]
    mine = [who for who in names if keys.due_shard(store, who) == 5]
    for place, who in enumerate(mine):
        wake(ports, store, who, NOW - place)

    rows = [row for row in ports.due.due(5, NOW) if row[0] == store]

    assert rows == [(store, who, NOW - place) for place, who in reversed(list(enumerate(mine)))]


def test_a_wake_up_moves_and_goes_with_its_profile(ports: Ports, store: StoreId) -> None:
    wake(ports, store, ANN, NOW)
    wake(ports, store, ANN, NOW + 9)
    assert due(ports, {store}, NOW + 99) == [(store, ANN, NOW + 9)]

    wake(ports, store, ANN, None)
    assert due(ports, {store}, NOW + 99) == []


def add(ports: Ports, scenario: str, store: StoreId, visitor: VisitorId, send_at: int) -> None:
    before = ports.visitors.load(store, visitor)
    candidates = (Candidate(scenario, send_at, NOW),)
    assert ports.visitors.commit(Commit(before, before, candidates=candidates))


def candidates(ports: Ports, scenario: str, store: StoreId, until: int) -> list[tuple[VisitorId, int]]:
    pages = [
        ports.candidates.page(scenario, store, shard, until, None, 100) for shard in range(keys.CANDIDATE_SHARDS)
    ]
    assert all(page.cursor is None for page in pages)
    return sorted((row for page in pages for row in page.items), key=lambda row: row[1])


def test_candidates_are_those_of_the_store_due_by_then(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    scenario = f"churn-{store}"
    add(ports, scenario, store, ANN, NOW)
    add(ports, scenario, store, BEN, NOW + 1)
    add(ports, scenario, other_store, ANN, NOW)
    add(ports, f"birthday-{store}", store, ANN, NOW)

    assert candidates(ports, scenario, store, NOW) == [(ANN, NOW)]
    assert ports.candidates.stores(scenario, NOW) == {store, other_store}
    assert ports.candidates.stores(scenario, NOW - 1) == frozenset()


def test_a_candidate_that_was_taken_is_gone(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    scenario = f"churn-{store}"
    names = [VisitorId(f"v{number}") for number in range(30)]
    for who in names:
        add(ports, scenario, store, who, NOW)
    add(ports, scenario, other_store, names[0], NOW)

    taken = [(who, NOW) for who in names[:28]]
    ports.candidates.remove(scenario, store, [*taken, *taken[:3]])

    assert {who for who, _ in candidates(ports, scenario, store, NOW)} == set(names[28:])
    assert ports.candidates.stores(scenario, NOW) == {store, other_store}


def of_one_shard(store: StoreId, count: int) -> list[VisitorId]:
    names = (VisitorId(f"v{number}") for number in range(10_000))
    return [who for who in names if keys.candidate_shard(store, who) == 3][:count]


def test_pages_of_candidates_go_on_after_what_was_taken(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    scenario = f"churn-{store}"
    mine = of_one_shard(store, 7)
    for place, who in enumerate(mine):
        add(ports, scenario, store, who, NOW - 10 + place)
    for place, who in enumerate(of_one_shard(other_store, 3)):
        add(ports, scenario, other_store, who, NOW - 8 + place)

    first = ports.candidates.page(scenario, store, 3, NOW, None, 3)
    ports.candidates.remove(scenario, store, first.items)
    second = ports.candidates.page(scenario, store, 3, NOW, first.cursor, 3)
    third = ports.candidates.page(scenario, store, 3, NOW, second.cursor, 3)

    assert [who for page in (first, second, third) for who, _ in page.items] == mine
    assert third.cursor is None


@pytest.mark.parametrize("limit", [1, 2])
def test_a_cursor_of_another_shard_or_a_later_instant_is_refused(ports: Ports, store: StoreId, limit: int) -> None:
    scenario = f"churn-{store}"
    for place, who in enumerate(of_one_shard(store, 4)):
        add(ports, scenario, store, who, NOW - 4 + place)
    cursor = ports.candidates.page(scenario, store, 3, NOW, None, limit).cursor

    for shard, until in ((4, NOW), (3, NOW - 100)):
        with pytest.raises(Rejected) as refused:
            ports.candidates.page(scenario, store, shard, until, cursor, limit)
        assert refused.value.problems[0].path == "cursor"
