"""A scenario's report counts what came of a run also in an hour before the one that the run is for."""

from dataclasses import replace

from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.runs import MemoryRuns
from shopbell.domain.attribution.cells import Cell
from shopbell.domain.clock import MINUTE
from shopbell.domain.ids import RunId

from tests.functions.http.office import Office
from tests.functions.http.test_campaigns import planned
from tests.functions.http.world import NOON, OURS


def test_what_was_shown_before_the_hour_of_the_run_counts(office: Office) -> None:
    _, made = planned(office)
    runs = MemoryRuns(office.world)
    run = runs.get(OURS, made)
    assert run is not None
    asked = NOON + 62 * MINUTE
    assert runs.create(
        replace(
            run, id=RunId(f"{made}-b"), source="scenario", source_id="birthday", scheduled_at=asked, created_at=NOON
        )
    )
    MemoryReportCounts(office.world).add(OURS, {}, {Cell("birthday", NOON, 0, "", "shown"): 1})
    assert office.manage("GET", "/v1/scenarios/birthday/report").json["shown"] == 1
