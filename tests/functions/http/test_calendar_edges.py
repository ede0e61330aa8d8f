"""What lies at the edge of the calendar is refused by name, and nothing of it is stored for a list to fail at."""

from typing import Any

import pytest

from tests.functions.http.office import Office
from tests.functions.http.test_campaigns import GOOD
from tests.functions.http.test_subscriptions import FIREFOX, body
from tests.functions.http.world import PUB

EDGES = ("9999-12-31T23:59:00-14:00", "9999-12-31T23:59:00Z", "0001-01-01T00:00:00+14:00")
LISTS = ("/v1/campaigns", "/v1/segments", "/v1/coupon-pools", "/v1/product-lists")
WORDS = "must be in the years 1900 to 8999"


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize(
    ("method", "path", "field", "given"),
    [
        ("POST", "/v1/campaigns", "ends_at", lambda at: {**GOOD, "ends_at": at}),
        ("POST", "/v1/campaigns", "schedule.at", lambda at: {**GOOD, "schedule": {"at": at}}),
        ("PATCH", "/v1/campaigns/CAMPAIGN", "ends_at", lambda at: {"ends_at": at}),
        ("POST", "/v1/campaigns/CAMPAIGN/schedule", "at", lambda at: {"at": at}),
        ("POST", "/v1/campaigns/CAMPAIGN/schedule", "at", lambda at: {"at": at, "visitor_local": True}),
        (
            "POST",
            "/v1/campaigns/CAMPAIGN/schedule",
            "ends_at",
            lambda at: {"cron": "0 18 * * ? *", "ends_at": at},
        ),
        (
            "POST",
            "/v1/segments",
            "rule.window.since",
            lambda at: {"name": "x", "rule": {"event": "purchase", "window": {"since": at}}},
        ),
        ("POST", "/v1/coupon-pools", "expires_at", lambda at: {"id": "spring", "name": "x", "expires_at": at}),
    ],
)
def test_an_instant_that_no_calendar_has_room_around_is_refused(
    office: Office, method: str, path: str, field: str, given: Any, edge: str
) -> None:
    path = path.replace("CAMPAIGN", office.campaign())
    assert office.manage(method, path, given(edge)).faults == [(field, WORDS)]
    assert [office.manage("GET", each).status for each in LISTS] == [200] * len(LISTS)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("snooze_until", lambda at: {"snooze_until": at}),
        ("consent.at", lambda at: {"consent": {"version": "1", "at": at}}),
    ],
)
def test_a_browser_cannot_store_one_either(office: Office, field: str, given: Any, edge: str) -> None:
    assert office.call("POST", "/v1/subscriptions", body(visitor_id="ann"), key=PUB).status == 201
    answer = office.call("PATCH", "/v1/subscriptions", {"endpoint": FIREFOX, **given(edge)}, key=PUB)
    assert answer.faults == [(field, WORDS)]


@pytest.mark.parametrize("day", ["9999-12-31", "9000-01-01", "1899-12-31", "0001-01-01"])
@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize(
    "path",
    [
        "/v1/campaigns/CAMPAIGN/report",
        "/v1/scenarios/churn/report",
        "/v1/segments/SEGMENT/report",
        "/v1/segments/SEGMENT/history",
        "/v1/reports/overview",
        "/v1/reports/prompt",
    ],
)
def test_no_report_begins_or_ends_there(office: Office, path: str, name: str, day: str) -> None:
    path = path.replace("CAMPAIGN", office.campaign()).replace("SEGMENT", office.active())
    assert office.manage("GET", path, query={name: day}).faults == [(name, WORDS)]


@pytest.mark.parametrize("day", ["1900-01-01", "8999-12-31"])
def test_the_first_and_the_last_day_of_all_are_days_like_others(office: Office, day: str) -> None:
    office.manage("PATCH", "/v1/store", {"time_zone": "Pacific/Kiritimati"})
    paths = (f"/v1/campaigns/{office.campaign()}/report", "/v1/reports/overview", "/v1/reports/prompt")
    for path in (*paths, f"/v1/segments/{office.active()}/history"):
        assert office.manage("GET", path, query={"from": day, "to": day}).status == 200, path
        assert office.manage("GET", path, query={"to": day}).status == 200, path


@pytest.mark.parametrize("name", ["from", "to"])
def test_the_audit_is_not_asked_for_it(office: Office, name: str) -> None:
    assert [path for path, _ in office.manage("GET", "/v1/audit", query={name: EDGES[0]}).faults] == [name]
