"""The overview as a table, and formats that no report has."""

import csv
import io

import pytest
from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.domain.attribution.cells import Cell
from shopbell.domain.attribution.overall import overall
from shopbell.runtime.http.openapi import OPERATIONS
from shopbell.runtime.http.operation import Operation

from tests.functions.http.office import Office
from tests.functions.http.test_overview import PATH, SECOND, THIRD, counted, leave, overview, subscribe
from tests.functions.http.test_subscriptions import FIREFOX
from tests.functions.http.world import NOON, OURS

TAKING = [one for one in OPERATIONS if "format" in one.query]
BROUGHT = {Cell("spring", NOON, 0, "A", "orders"): 1, Cell("spring", NOON, 0, "A", "revenue:EUR"): 900}


def test_every_report_may_be_a_table() -> None:
    reports = {one.id for one in OPERATIONS if one.method == "GET" and "report" in one.path}
    assert reports == {one.id for one in TAKING if one.table}


@pytest.mark.parametrize("by", ["day", "hour"])
def test_the_table_has_the_numbers_of_the_answer(office: Office, by: str) -> None:
    for place, endpoint in enumerate((FIREFOX, SECOND, THIRD)):
        subscribe(office, endpoint, f"v{place}")
    leave(office, SECOND)
    counted(office)
    MemoryReportCounts(office.world).add(OURS, {}, overall(BROUGHT))
    said = overview(office, by=by)
    answer = office.manage("GET", PATH, query={"by": by, "format": "csv"})
    assert 'filename="overview.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    (whole,) = [row for row in rows if row["part"] == "all"]
    assert [whole[name] for name in ("active", "gained", "opt_outs", "orders", "revenue:EUR")] == [
        "2",
        "3",
        "1",
        "1",
        "900",
    ]
    points = [row for row in rows if row["part"] == "at"]
    assert [row["name"] for row in points] == [one["at"] for one in said["series"]]
    for name in ("gained", "lost", "orders"):
        assert sum(int(row[name]) for row in points) == int(whole[name]), name
    assert {row["name"] for row in rows if row["part"] == "browser"} == set(said["subscribers"]["by_browser"])


@pytest.mark.parametrize("operation", TAKING, ids=lambda one: one.id)
@pytest.mark.parametrize("form", ["xml", "", "CSV"])
def test_a_format_that_there_is_not_is_refused_by_its_name(office: Office, operation: Operation, form: str) -> None:
    path = operation.path
    for name in ("campaign_id", "segment_id", "pool_id"):
        path = path.replace(f"{{{name}}}", "nobody")
    path = path.replace("{name}", "birthday")
    query = {"format": form, **({"segments": "a,b"} if "segments" in operation.query else {})}
    answer = office.manage("GET", path, query=query)
    assert answer.status == 422, answer.text
    assert answer.json["errors"][0]["path"] == "format"
