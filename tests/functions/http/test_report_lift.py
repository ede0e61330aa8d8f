"""The lift in reports: groups and effects where there is enough, and in plain words where there is not."""

import csv
import io
from dataclasses import replace
from typing import Any

from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.domain.attribution.cells import Cell
from shopbell.domain.attribution.parting import source_of
from shopbell.domain.gates.holdout import EVERYTHING

from tests.functions.http.office import Office
from tests.functions.http.test_campaigns import planned
from tests.functions.http.world import NOON, OURS

GROUPS = {
    "10:held_out": {"people": 1_000, "buyers": 50, "orders": 60, "opt_outs": 12, "revenue:EUR": 100_000},
    "10:treated": {"people": 9_000, "buyers": 900, "orders": 990, "opt_outs": 99, "revenue:EUR": 2_700_000},
}
SQUARES = {"10:held_out": 30_000_000, "10:treated": 900_000_000}


def compared(office: Office, source: str) -> None:
    cells = {
        Cell(source_of(source), NOON, 0, group, measure): number
        for group, measures in GROUPS.items()
        for measure, number in {**measures, "squares:EUR": SQUARES[group]}.items()
    }
    MemoryReportCounts(office.world).add(OURS, {}, cells)


def report(office: Office, path: str) -> Any:
    answer = office.manage("GET", path)
    assert answer.status == 200
    return answer.json


def test_a_campaign_tells_its_groups_and_effects(office: Office) -> None:
    name, _ = planned(office)
    compared(office, name)
    found = report(office, f"/v1/campaigns/{name}/report")
    assert found["notes"] == {}
    lift = found["lift"]
    assert lift["holdout_percent"] == 10
    assert lift["held_out"] == {
        "people": 1_000,
        "buyers": 50,
        "orders": 60,
        "opt_outs": 12,
        "revenue": {"EUR": 100_000},
        "conversion": 0.05,
        "revenue_per_person": {"EUR": 100.0},
    }
    assert lift["treated"]["conversion"] == 0.1
    effect = lift["conversion"]
    assert (effect["enough"], effect["why"], effect["absolute"], effect["relative"]) == (True, None, 0.05, 1.0)
    assert effect["interval"]["low"] < 0.05 < effect["interval"]["high"]
    assert effect["p_value"] < 0.001
    assert lift["revenue"]["EUR"]["absolute"] == 200.0
    assert lift["opt_outs"]["enough"]


def test_a_table_has_a_row_for_each_group_and_effect(office: Office) -> None:
    name, _ = planned(office)
    compared(office, name)
    answer = office.manage("GET", f"/v1/campaigns/{name}/report", query={"format": "csv"})
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(answer.text)) if row["part"] == "lift"}
    assert [*rows] == ["held_out", "treated", "conversion", "opt_outs", "revenue:EUR"]
    assert (rows["treated"]["people"], rows["treated"]["revenue:EUR"]) == ("9000", "2700000")
    assert (rows["conversion"]["enough"], rows["conversion"]["absolute"]) == ("1", "0.05")
    assert float(rows["revenue:EUR"]["interval:low"]) < 200 < float(rows["revenue:EUR"]["interval:high"])


def test_where_there_is_no_lift_it_is_said_why(office: Office) -> None:
    name, _ = planned(office)
    found = report(office, f"/v1/campaigns/{name}/report")
    assert found["lift"] is None
    assert found["notes"] == {"lift": "Nobody is held out: `holdout_percent` says how many are to be."}
    few = report(office, "/v1/scenarios/fly_mode/report")
    assert few["notes"]["lift"].startswith("Each trigger holds out people of its own")


def test_too_few_people_are_told_of_and_not_compared(office: Office) -> None:
    name, _ = planned(office)
    cells = {Cell(source_of(name), NOON, 0, "10:treated", "people"): 40}
    MemoryReportCounts(office.world).add(OURS, {}, cells)
    lift = report(office, f"/v1/campaigns/{name}/report")["lift"]
    assert lift["treated"]["people"] == 40
    assert lift["held_out"]["conversion"] is None
    assert lift["conversion"] == {
        "enough": False,
        "why": "a group has 0 people, and it takes 100 in each",
        **dict.fromkeys(["absolute", "interval", "relative", "relative_interval", "p_value", "needed_people"]),
    }


def test_a_scenario_tells_its_lift(office: Office) -> None:
    compared(office, "we_missed_you")
    found = report(office, "/v1/scenarios/we_missed_you/report")
    assert found["lift"]["treated"]["people"] == 9_000


def test_the_overview_tells_that_of_the_whole_store(office: Office) -> None:
    found = report(office, "/v1/reports/overview")
    assert found["lift"] is None
    assert "global_holdout_percent" in found["notes"]["lift"]
    office.world.stores[OURS] = replace(office.world.stores[OURS], global_holdout_percent=10)
    assert report(office, "/v1/reports/overview")["notes"]["lift"].startswith("Nobody has come")
    compared(office, EVERYTHING)
    assert report(office, "/v1/reports/overview")["lift"]["held_out"]["people"] == 1_000
