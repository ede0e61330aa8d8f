"""What the command prints or writes as CSV."""

import csv
import stat
from pathlib import Path
from typing import Final

import pytest

from tests.functions.command.counter import Counter
from tests.functions.http.test_campaigns import planned
from tests.functions.http.test_report_series import counted

REPORTS: Final = [
    ("report campaign {campaign}", "/v1/campaigns/{campaign}/report"),
    ("campaigns report {campaign}", "/v1/campaigns/{campaign}/report"),
    ("report scenario new_arrivals", "/v1/scenarios/new_arrivals/report"),
    ("scenarios report new_arrivals", "/v1/scenarios/new_arrivals/report"),
    ("report segment {segment}", "/v1/segments/{segment}/report"),
    ("report overview", "/v1/reports/overview"),
    ("report prompt", "/v1/reports/prompt"),
]
DAYS: Final = 30


@pytest.mark.parametrize(("words", "path"), REPORTS, ids=[words for words, _ in REPORTS])
@pytest.mark.parametrize("by", [None, "day"])
def test_a_report_as_csv_is_the_table_that_the_api_answers(
    counter: Counter, words: str, path: str, by: str | None
) -> None:
    campaign, _ = planned(counter.office)
    counted(counter.office, campaign)
    made = {"campaign": campaign, "segment": counter.office.active(name="Buyers")}
    asked = {"format": "csv", **({"by": by} if by else {})}
    told = counter.done(*words.format(**made).split(" "), *(("--by", by) if by else ()), "--csv")
    assert told == counter.office.manage("GET", path.format(**made), query=asked).text
    days = [row for row in csv.DictReader(told.splitlines()) if row["part"] == "at"]
    assert len(days) == DAYS or not by


def test_what_segments_share_is_a_table_too(counter: Counter) -> None:
    names = ",".join(counter.office.active(name=name) for name in ("One", "Two"))
    told = counter.done("report", "overlap", "--segments", names, "--csv")
    query = {"segments": names, "format": "csv"}
    assert told == counter.office.manage("GET", "/v1/reports/segment-overlap", query=query).text
    assert len(told.splitlines()) > 1


def test_a_report_as_csv_that_is_refused_says_why(counter: Counter) -> None:
    assert counter.run("report", "overview", "--from", "2026-02-30", "--csv") == 1
    assert "from: " in counter.warned
    assert counter.told == ""


def test_an_id_that_a_spreadsheet_would_run_is_written_as_text(counter: Counter, tmp_path: Path) -> None:
    segment = counter.office.active()
    counter.office.visit("-1+1")
    counter.office.enter(segment, "-1+1")
    into = tmp_path / "members.csv"
    counter.done("segments", "members", segment, "--csv", str(into))
    assert [row["visitor_id"] for row in csv.DictReader(into.read_text().splitlines())] == ["'-1+1"]
    assert stat.S_IMODE(into.stat().st_mode) == 0o600, "who is in it is for nobody else to read"


def test_a_file_that_cannot_be_written_is_named(counter: Counter, tmp_path: Path) -> None:
    assert counter.run("segments", "members", counter.office.active(), "--csv", str(tmp_path)) == 1
    assert f"{tmp_path} cannot be written" in counter.warned
