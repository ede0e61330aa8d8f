"""Series of reports: hours and days of the store's clock, without gaps."""

import pytest
from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.dispatches import MemoryDispatches
from shopbell.adapters.memory.runs import MemoryRunProgress
from shopbell.domain.attribution.cells import Cell
from shopbell.domain.clock import HOUR, MINUTE
from shopbell.domain.dispatch import Dispatch
from shopbell.domain.ids import VisitorId
from shopbell.domain.outcomes import CODES
from shopbell.domain.runs import ChunkLedger, ShardProgress

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


def test_messages_are_in_the_hour_in_which_they_were_accepted_and_add_up_to_all(office: Office) -> None:
    name, run = planned(office)
    progress, accepted = MemoryRunProgress(office.world), CODES["accepted"]
    progress.save_shard(OURS, run, ShardProgress(0, 8, None, done=True))
    times = {NOON: 2, NOON + 45 * MINUTE: 1, NOON + 26 * HOUR: 1}
    progress.save_ledger(OURS, run, ChunkLedger("c", "fcm", bytes([accepted] * 4 + [0]), accepted_at=times))
    progress.save_ledger(OURS, run, ChunkLedger("d", "fcm", bytes([accepted] * 3)))
    step = Dispatch(OURS, VisitorId("ann"), "n", run, "done", 0)
    MemoryDispatches(office.world).save(step, {"accepted": 2, "skipped:expired": 1}, NOON + 3 * HOUR)
    office.clock.now += 30 * HOUR
    whole = office.manage("GET", f"/v1/campaigns/{name}/report").json["accepted"]
    for by in ("day", "hour"):
        told = {str(one["at"]): one["accepted"] for one in series(office, name, by=by) if one["accepted"]}
        assert sum(map(int, map(str, told.values()))) == whole == 9
    assert [*told.values()] == [6, 2, 1], "what it is not known of stands where the run was made"


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
