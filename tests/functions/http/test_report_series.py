"""Series of reports: hours and days of the store's clock, without gaps."""

import pytest
from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.domain.attribution.cells import Cell
from shopbell.domain.clock import HOUR

from tests.functions.http.office import Office
from tests.functions.http.test_campaigns import planned
from tests.functions.http.world import NOON, OURS


def counted(office: Office, name: str) -> None:
    cells = {
        Cell(name, NOON, 0, "", "clicked"): 2,
        Cell(name, NOON - HOUR, 0, "", "orders"): 1,
        Cell(name, NOON - HOUR, 0, "", "revenue:EUR"): 700,
        Cell(name, NOON - 24 * HOUR, 0, "", "clicked"): 5,
    }
    MemoryReportCounts(office.world).add(OURS, {}, cells)


def series(office: Office, name: str, **query: str) -> list[dict[str, object]]:
    found = office.manage("GET", f"/v1/campaigns/{name}/report", query=query).json["series"]
    assert isinstance(found, list)
    return found


def test_days_and_hours_are_told_where_they_are_asked_for(office: Office) -> None:
    name, _ = planned(office)
    counted(office, name)
    assert office.manage("GET", f"/v1/campaigns/{name}/report").json["series"] is None
    days = series(office, name, by="day")
    assert len(days) == 30
    assert [(one["clicked"], one["orders"]) for one in days[-2:]] == [(5, 0), (2, 1)]
    hours = series(office, name, by="hour", **{"from": str(days[-1]["at"])})
    told = {one["at"]: (one["clicked"], one["revenue"]) for one in hours if one["clicked"] or one["orders"]}
    assert list(told.values()) == [(0, {"EUR": 700}), (2, {})]
    assert len(hours) == len({one["at"] for one in hours})


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"from": "2026-02-30"}, id="no date"),
        pytest.param({"from": "2026-03-02", "to": "2026-03-01"}, id="backwards"),
        pytest.param({"by": "week"}, id="no hour or day"),
        pytest.param({"by": "hour", "from": "2026-01-01", "to": "2026-02-01"}, id="too many hours"),
    ],
)
def test_a_range_that_is_none_is_refused(office: Office, query: dict[str, str]) -> None:
    name, _ = planned(office)
    assert office.manage("GET", f"/v1/campaigns/{name}/report", query=query).status == 422
