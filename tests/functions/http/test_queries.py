"""What a call is asked that it does not know is refused by name, and not passed over in silence."""

import re

import pytest
from shopbell.runtime.http.management_operations import OPERATIONS
from shopbell.runtime.http.operation import Operation

from tests.functions.http.office import Office
from tests.functions.http.world import MGMT


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
def test_what_it_does_not_take_is_named(office: Office, operation: Operation) -> None:
    path = operation.path.replace("{campaign_id}", office.campaign()).replace("{segment_id}", office.active())
    path = re.sub(r"\{\w+\}", "churn", path)
    answer = office.manage(operation.method, path, query={"form": "2026-03-01"}, key=MGMT)
    takes = ", ".join(sorted(operation.query)) or "none"
    assert (answer.status, answer.faults) == (422, [("form", f"is not taken here; what is: {takes}")])


def test_a_list_with_a_misspelt_filter_is_not_the_whole_list(office: Office) -> None:
    office.campaign()
    answer = office.manage("GET", "/v1/campaigns", query={"stat": "draft"})
    assert (answer.status, [name for name, _ in answer.faults]) == (422, ["stat"])


@pytest.mark.parametrize("path", ["/v1/reports/prompt", "/v1/reports/overview", "/v1/scenarios/churn/report"])
@pytest.mark.parametrize(("by", "status"), [("day", 200), ("hour", 200), ("week", 422), ("", 422)])
def test_each_takes_days_or_hours_and_nothing_else(office: Office, path: str, by: str, status: int) -> None:
    answer = office.manage("GET", path, query={"by": by})
    assert answer.status == status
    assert status == 200 or [name for name, _ in answer.faults] == ["by"]


@pytest.mark.parametrize(
    "limit", ["0", "101", "0101", "0001", "000001000", "000001" + "9" * 4400, "-1", "1.0", "", "٣"]
)
@pytest.mark.parametrize("path", ["/v1/segments", "/v1/keys", "/v1/audit"])
def test_a_limit_is_a_number_up_to_a_hundred_however_it_is_written(office: Office, path: str, limit: str) -> None:
    answer = office.manage("GET", path, query={"limit": limit})
    assert (answer.status, [name for name, _ in answer.faults]) == (422, ["limit"])
