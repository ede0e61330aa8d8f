"""Report counts move with the rows of the people they come from, or not at all."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from shopbell.adapters.backoff import Backoff
from shopbell.adapters.dynamo.attribution import DynamoReportCounts
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.attribution.cells import Cell
from shopbell.domain.clock import HOUR
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.ports.attribution import ReportCounts, Row, RowName

from tests.contract.worlds import NOW

ANN: RowName = (VisitorId("ann#1"), "orders")
BEN: RowName = (VisitorId("c:ben/ö"), "receipts")
HOUR_BEGAN = NOW // HOUR * HOUR
NAME = "0|clicked|A|b"
CLICKED = Cell("spring#1", HOUR_BEGAN, 0, "A|b", "clicked")
SUM = Cell("spring#1", HOUR_BEGAN, 0, "A|b", "revenue:EUR")


@pytest.fixture(params=["memory", pytest.param("dynamo", marks=pytest.mark.engine)])
def brought(request: pytest.FixtureRequest) -> ReportCounts:
    if request.param == "memory":
        return MemoryReportCounts(MemoryWorld())
    dynamo = Dynamo(request.getfixturevalue("dynamodb"), Backoff(first=1))
    return DynamoReportCounts(dynamo, request.getfixturevalue("table_names")["runs"], lambda: NOW)


def person(place: int) -> RowName:
    return VisitorId(f"v{place}"), "orders"


def hours(brought: ReportCounts, store: StoreId, start: int, end: int) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = {}
    for at, counts in brought.hours(store, "spring#1", start, end):
        found.setdefault(at, Counter()).update(counts)
    return found


def test_rows_and_counts_move_together(brought: ReportCounts, store: StoreId, other_store: StoreId) -> None:
    rows: dict[RowName, Row] = {ANN: Row(1, b"first"), BEN: Row(1, b""), (BEN[0], "lift"): Row(1, b"x")}
    assert brought.add(store, rows, {CLICKED: 2, SUM: -50})
    assert brought.rows(store, [*rows, person(0)]) == rows
    assert brought.totals(store, "spring#1") == {NAME: 2, "0|revenue:EUR|A|b": -50}
    assert brought.rows(other_store, [*rows]) == {}
    assert brought.totals(other_store, "spring#1") == brought.totals(store, "spring") == {}


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param({ANN: Row(1, b"")}, id="somebody began it before"),
        pytest.param({ANN: Row(3, b"")}, id="it was not read that far"),
        pytest.param({BEN: Row(2, b"")}, id="it has gone"),
        pytest.param({ANN: Row(2, b""), BEN: Row(2, b"")}, id="one of two"),
    ],
)
def test_nothing_moves_past_another_write(brought: ReportCounts, store: StoreId, rows: dict[RowName, Row]) -> None:
    assert brought.add(store, {ANN: Row(1, b"1")}, {CLICKED: 1})
    assert not brought.add(store, rows, {CLICKED: 1})
    assert brought.totals(store, "spring#1") == {NAME: 1}
    assert brought.rows(store, [ANN]) == {ANN: Row(1, b"1")}


def test_counts_are_read_by_the_hour(brought: ReportCounts, store: StoreId) -> None:
    for place in range(4):
        cell = CLICKED._replace(at=HOUR_BEGAN + place * HOUR)
        assert brought.add(store, {person(place): Row(1, b"")}, {cell: 1 + place})
    assert hours(brought, store, HOUR_BEGAN + HOUR, HOUR_BEGAN + 3 * HOUR) == {
        HOUR_BEGAN + HOUR: {NAME: 2},
        HOUR_BEGAN + 2 * HOUR: {NAME: 3},
    }
    assert sum(counts[NAME] for counts in hours(brought, store, 0, NOW + 9 * HOUR).values()) == 10
    assert brought.totals(store, "spring#1") == {NAME: 10}


def test_writers_side_by_side_lose_nothing(brought: ReportCounts, store: StoreId) -> None:
    def write(place: int) -> bool:
        return brought.add(store, {person(place): Row(1, b"")}, {CLICKED: 1, SUM: 100})

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(write, range(24)))
    assert brought.totals(store, "spring#1") == {NAME: 24, "0|revenue:EUR|A|b": 2_400}


def test_as_many_rows_and_hours_as_are_allowed_fit(brought: ReportCounts, store: StoreId) -> None:
    rows = {person(place): Row(1, b"x" * 1_000) for place in range(32)}
    cells = {CLICKED._replace(at=HOUR_BEGAN + place * HOUR, source_id=f"s{place}"): 1 for place in range(30)}
    assert brought.add(store, rows, cells)
    assert brought.totals(store, "s29") == {NAME: 1}
