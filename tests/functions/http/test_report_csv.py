"""A report as a table: a row for the whole, each variant, each step and each point of the series."""

import csv
import io

from shopbell.adapters.memory.runs import MemoryRunProgress
from shopbell.domain.outcomes import CODES
from shopbell.domain.runs import ChunkLedger, ShardProgress

from tests.functions.http.office import Office
from tests.functions.http.test_campaigns import planned
from tests.functions.http.world import OURS


def rows(office: Office, path: str, **query: str) -> list[dict[str, str]]:
    answer = office.manage("GET", path, query={"format": "csv", **query})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_table_says_what_the_report_says(office: Office) -> None:
    content = {"title": "Sale", "body": "Now.", "url": "/sale"}
    variants = [{"name": name, "weight": 50, "content": content} for name in ("a", "b")]
    campaign = office.manage("POST", "/v1/campaigns", {"name": "Sale", "variants": variants}).json["id"]
    name, run = planned(office, campaign)
    progress = MemoryRunProgress(office.world)
    progress.save_shard(OURS, run, ShardProgress(0, 3, None, done=True, skipped={"audience_left": 1}))
    codes = bytes([CODES["accepted"], CODES["retired"]])
    progress.save_ledger(OURS, run, ChunkLedger("c", "mozilla", codes, variants=bytes([1, 2])))
    told = office.manage("GET", f"/v1/campaigns/{name}/report").json

    whole, first, second, step = rows(office, f"/v1/campaigns/{name}/report")

    assert (whole["part"], first["part"], second["part"], step["part"]) == ("all", "variant", "variant", "step")
    assert (first["name"], second["name"]) == ("a", "b")
    assert (whole["targeted"], whole["accepted"]) == (str(told["targeted"]), "1")
    assert (first["accepted"], second["retired"], first["retired"]) == ("1", "1", "0")
    assert whole["skipped:audience_left"] == "1"


def test_the_days_that_are_asked_for_are_rows(office: Office) -> None:
    name = office.campaign()
    found = rows(office, f"/v1/campaigns/{name}/report", by="day", **{"from": "2026-03-01", "to": "2026-03-02"})
    assert [(row["part"], row["name"]) for row in found[1:]] == [("at", "2026-03-01"), ("at", "2026-03-02")]


def test_a_scenario_s_report_is_a_table_too_and_no_other_form_is_known(office: Office) -> None:
    assert rows(office, "/v1/scenarios/birthday/report")[0]["targeted"] == "0"
    answer = office.manage("GET", "/v1/scenarios/birthday/report", query={"format": "xls"})
    assert (answer.status, [path for path, _ in answer.faults]) == (422, ["format"])
