"""How much a store sends, when and to whom: its caps, quiet hours, global holdout and consent over HTTP."""

from typing import Any

import pytest
from shopbell.domain.clock import HOUR
from shopbell.domain.ids import subscription_id
from shopbell.domain.policy import Cap, Policy, QuietHours
from shopbell.domain.subscriptions import Consent

from tests.functions.http.office import MARKETER, VIEWER, Office
from tests.functions.http.test_subscriptions import FIREFOX, subscribe
from tests.functions.http.world import NOON, OURS, Town

DEFAULTS = {
    "caps": [
        {"count": 1, "within": "PT6H"},
        {"count": 2, "within": "P1D"},
        {"count": 6, "within": "P7D"},
    ],
    "quiet_hours": {"start": "22:00", "end": "08:00"},
    "global_holdout_percent": 0,
    "consent_required": False,
    "learning": "off",
}


def shown(office: Office) -> dict[str, Any]:
    answer = office.manage("GET", "/v1/store", key=VIEWER).json
    return {name: answer[name] for name in DEFAULTS}


def test_a_store_that_said_nothing_keeps_the_usual_limits(office: Office) -> None:
    assert shown(office) == DEFAULTS


@pytest.mark.parametrize(
    "body",
    [
        {"caps": [{"count": 3, "within": "PT12H"}]},
        {"caps": []},
        {"quiet_hours": {"start": "21:30", "end": "09:15"}},
        {"global_holdout_percent": 10},
        {"consent_required": True},
    ],
    ids=lambda body: ", ".join(f"{name} {value}" for name, value in body.items()),
)
def test_each_limit_is_set_by_itself(office: Office, body: dict[str, Any]) -> None:
    assert office.manage("PATCH", "/v1/store", body).status == 200
    assert shown(office) == {**DEFAULTS, **body}


def test_the_gates_are_told_what_was_set(office: Office) -> None:
    body = {
        "caps": [{"count": 2, "within": "PT1H"}],
        "quiet_hours": {"start": "12:00", "end": "12:00"},
        "global_holdout_percent": 5,
        "consent_required": True,
    }
    assert office.manage("PATCH", "/v1/store", body).status == 200
    assert office.world.stores[OURS].policy == Policy((Cap(2, HOUR),), None, 5, consent_required=True)
    assert office.manage("PATCH", "/v1/store", {"quiet_hours": {"start": "23:00", "end": "23:30"}}).status == 200
    assert office.world.stores[OURS].policy.quiet_hours == QuietHours(23 * 60, 23 * 60 + 30)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"caps": [{"count": 0, "within": "PT6H"}]}, "caps.0.count"),
        ({"caps": [{"count": 51, "within": "PT6H"}]}, "caps.0.count"),
        ({"caps": [{"count": 1, "within": "6h"}]}, "caps.0.within"),
        ({"caps": [{"count": 1, "within": "PT6H"}, {"count": 1, "within": "P61D"}]}, "caps.1.within"),
        ({"caps": [{"count": 1}]}, "caps.0.within"),
        ({"caps": [{"count": 1, "within": "PT6H"}] * 11}, "caps"),
        ({"caps": {"count": 1}}, "caps"),
        ({"quiet_hours": {"start": "22:00"}}, "quiet_hours.end"),
        ({"quiet_hours": {"start": "24:00", "end": "08:00"}}, "quiet_hours.start"),
        ({"quiet_hours": {"start": "22:00", "end": "8:00"}}, "quiet_hours.end"),
        ({"quiet_hours": "22:00-08:00"}, "quiet_hours"),
        ({"global_holdout_percent": 101}, "global_holdout_percent"),
        ({"global_holdout_percent": 2.5}, "global_holdout_percent"),
        ({"consent_required": "yes"}, "consent_required"),
        ({"learning": "all"}, "learning"),
    ],
    ids=lambda given: given if isinstance(given, str) else None,
)
def test_what_is_wrong_with_a_limit_is_named(office: Office, body: dict[str, Any], path: str) -> None:
    answer = office.manage("PATCH", "/v1/store", body)
    assert (answer.status, [where for where, _ in answer.faults]) == (422, [path])


def test_only_an_admin_may_change_them(office: Office) -> None:
    assert office.manage("PATCH", "/v1/store", {"caps": []}, key=MARKETER).status == 403
    assert shown(office) == DEFAULTS


def test_consent_is_kept_with_the_subscription_and_stays_when_the_browser_reports_itself_again(town: Town) -> None:
    assert subscribe(town, consent={"version": "2026-01", "at": "2026-03-02T12:00:00Z"}).status == 201
    assert subscribe(town).status == 201
    row = town.world.subscriptions[OURS, subscription_id(FIREFOX)]
    assert row.consent == Consent("2026-01", NOON)


def test_consent_needs_a_name_and_an_instant(town: Town) -> None:
    answer = subscribe(town, consent={"version": "", "at": "today"})
    assert [path for path, _ in answer.faults] == ["consent.version", "consent.at"]
