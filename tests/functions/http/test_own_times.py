"""Times of a marketer's own over HTTP: what is shown of them, and the schedule that follows."""

from typing import Any

import pytest
from shopbell.adapters.memory.schedules import MemoryOwnSchedules

from tests.functions.http.office import Office
from tests.functions.http.world import OURS

PATH = "/v1/scenarios/push_recommendation"


def schedule(office: Office) -> tuple[str, str] | None:
    found = MemoryOwnSchedules(office.world).get(OURS, "push_recommendation")
    return None if found is None else (found.expression, found.zone)


def put(office: Office, *, enabled: bool = True, **parameters: Any) -> Any:
    assert office.manage("PATCH", "/v1/store", {"time_zone": "Europe/Berlin"}).status == 200
    answer = office.manage("PUT", PATH, {"enabled": enabled, "parameters": parameters})
    assert answer.status == 200, answer.text
    return answer.json


@pytest.mark.parametrize(
    ("parameters", "next_run_at"),
    [
        pytest.param({}, "2026-03-05T17:00:00Z", id="a day of the week"),
        pytest.param({"cron": "7 18 ? * WED *"}, "2026-03-04T17:07:00Z", id="a cron"),
        pytest.param({"at": "2026-03-06T18:20:00+01:00"}, "2026-03-06T17:20:00Z", id="an instant"),
        pytest.param({"time_zone": "visitor"}, "2026-03-05T04:00:00Z", id="the first clock of the world"),
    ],
)
def test_it_says_when_it_runs_next(office: Office, parameters: dict[str, Any], next_run_at: str | None) -> None:
    shown = put(office, **parameters)
    assert shown["next_run_at"] == next_run_at
    assert shown["parameters"] == {**shown["parameters"], **parameters}


def test_a_form_knows_what_to_ask_for(office: Office) -> None:
    asked = {row["name"]: row for row in office.manage("GET", PATH).json["parameter_help"]}
    assert (asked["cron"]["type"], asked["cron"]["default"]) == ("cron", None)
    assert (asked["at"]["type"], asked["at"]["default"]) == ("instant", None)
    assert asked["time_zone"]["choices"] == ["store", "visitor"]


def test_its_schedule_comes_moves_with_the_store_and_goes(office: Office) -> None:
    put(office, cron="7 18 ? * WED *")
    assert schedule(office) == ("cron(7 18 ? * WED *)", "Europe/Berlin")
    assert office.manage("PATCH", "/v1/store", {"time_zone": "America/New_York"}).status == 200
    assert schedule(office) == ("cron(7 18 ? * WED *)", "America/New_York")
    put(office, enabled=False, cron="7 18 ? * WED *")
    assert schedule(office) is None


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        pytest.param({"cron": "0 18 * * THU *"}, "cron", id="no cron"),
        pytest.param({"at": "2026-03-01T18:00:00Z"}, "at", id="over"),
        pytest.param({"at": "tomorrow"}, "at", id="no instant"),
        pytest.param({"cron": "0 18 ? * THU *", "at": "2026-03-06T18:00:00Z"}, "at", id="both"),
        pytest.param({"time_zone": "Europe/Berlin"}, "time_zone", id="whose clock"),
    ],
)
def test_what_is_no_time_is_refused_by_its_name(office: Office, parameters: dict[str, Any], field: str) -> None:
    answer = office.manage("PUT", PATH, {"enabled": True, "parameters": parameters})
    assert (answer.status, [one["path"] for one in answer.json["errors"]]) == (422, [f"parameters.{field}"])
