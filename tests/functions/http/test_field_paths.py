"""Whatever is wrong with a scenario, a trigger or a dry run is named by the place in which the caller sent it."""

from typing import Any

import pytest

from tests.functions.http.office import Office

CONTENT = {"title": "Still looking?", "body": "We can help.", "url": "/help"}
TRIGGER: dict[str, Any] = {"event": "search", "content": CONTENT}
SERIES, CALENDAR, TRIGGERS = "/v1/scenarios/we_missed_you", "/v1/scenarios/new_arrivals", "/v1/triggers"

FILTERS: tuple[tuple[Any, str], ...] = (
    (5, ""),
    ({"colour": "red"}, ".colour"),
    ({"price": 5}, ".price"),
    ({"price": {}}, ".price"),
    ({"price": {"gte": 1}}, ".price.gte"),
    ({"price": {"min": -1}}, ".price.min"),
    ({"price": {"max": "9"}}, ".price.max"),
    ({"price": {"min": 5, "max": 1}}, ".price.min"),
    ({"category": 5}, ".category"),
    ({"category": []}, ".category"),
    ({"brand": ["Acme", 5]}, ".brand.1"),
    ({"in_stock": 1}, ".in_stock"),
    ({"min_discount": 101}, ".min_discount"),
)
PARAMETERS: tuple[tuple[Any, str], ...] = (
    ({"priority": 0}, "priority"),
    ({"ttl": "P1M"}, "ttl"),
    ({"nothing": 1}, "nothing"),
    ({"min": 2}, "min"),
    ({"send_time": "25:00"}, "send_time"),
    ({"holdout_percent": 51}, "holdout_percent"),
    ({"recheck_audience": "yes"}, "recheck_audience"),
    ({"class": "x"}, "class"),
)
POSTED: tuple[tuple[Any, str], ...] = (
    ({"occurrence": 5}, "occurrence"),
    ({"occurrence": None}, "occurrence"),
    ({"occurrence": "daily"}, "occurrence"),
    ({"occurrence": []}, "occurrence"),
    ({"occurrence": {}}, "occurrence.nth"),
    ({"occurrence": {"nth": 0}}, "occurrence.nth"),
    ({"occurrence": {"nth": "1"}}, "occurrence.nth"),
    ({"occurrence": {"nth": 1, "x": 2}}, "occurrence.x"),
    ({"products": 5}, "products"),
    ({"products": {"algorithm": "magic"}}, "products.algorithm"),
    ({"products": {"algorithm": 5}}, "products.algorithm"),
    ({"products": {"count": 9}}, "products.count"),
    ({"products": {"n": 2}}, "products.n"),
    ({"parameters": {"algorithm": "top_sellers"}}, "parameters.algorithm"),
    ({"parameters": {"max_per_user": {"count": 0, "within": "P1D"}}}, "parameters.max_per_user.count"),
    ({"parameters": {"max_per_user": {"count": 1, "within": "P1Y"}}}, "parameters.max_per_user.within"),
    ({"event": "Bad Event"}, "event"),
    ({"where": 5}, "where"),
    ({"where": [{"field": "x", "op": "eq", "value": 1}, 5]}, "where.1"),
    ({"where": [{"field": "x"}]}, "where.0.op"),
    ({"debounce": "P2D"}, "debounce"),
    ({"delay": 5}, "delay"),
    ({"key": "a b"}, "key"),
    ({"exit_on": ["purchase", "segment_entered"]}, "exit_on.1"),
    ({"audience": {"include": ["nobody"]}}, "audience.include.0"),
    ({"audience": {"rule": {"event": "x", "op": "odd"}}}, "audience.rule.op"),
    ({"audience": {"includes": []}}, "audience.includes"),
    ({"content": {**CONTENT, "title": "{{ x"}}, "content.title"),
    ({"content": {**CONTENT, "actions": [{"action": "a", "title": "b"}]}}, "content.actions.0.url"),
    ({"reentry": "sometimes"}, "reentry"),
    ({"enabled": 1}, "enabled"),
)
PUT: tuple[tuple[str, Any, str], ...] = (
    (SERIES, {"steps": [{"delay": "PT0S"}, {"delay": "PT0S"}]}, "steps.1.delay"),
    (SERIES, {"steps": [{"delay": "PT0S"}, {"delay": "P500D"}]}, "steps.1.delay"),
    (SERIES, {"steps": [{"delay": "soon"}]}, "steps.0.delay"),
    (SERIES, {"steps": [{"delay": f"P{days}D"} for days in range(4)]}, "steps"),
    (SERIES, {"parameters": {"steps": ["P1D", "PT1H"]}}, "parameters.steps.1"),
    (SERIES, {"parameters": {"steps": ["PT0S", "P1M"]}}, "parameters.steps.1"),
    (SERIES, {"parameters": {"steps": ["PT2H"]}, "steps": [{"delay": "PT1H"}]}, "parameters.steps"),
    (SERIES, {"steps": [{}, {"content": {**CONTENT, "title": 5}}]}, "steps.1.content.title"),
    (CALENDAR, {"steps": [{}, {}]}, "steps.1"),
    (CALENDAR, {"steps": [{"delay": "PT1H"}]}, "steps.0.delay"),
    (CALENDAR, {"parameters": {"weekday": "someday"}}, "parameters.weekday"),
    (CALENDAR, {"parameters": {"time": "9:00"}}, "parameters.time"),
    (CALENDAR, {"parameters": {"refresh": "hourly"}}, "parameters.refresh"),
    (CALENDAR, {"parameters": {"min": 3, "n": 2}}, "parameters.min"),
    (CALENDAR, {"parameters": []}, "parameters"),
    (CALENDAR, {"audience": {"exclude": ["nobody"]}}, "audience.exclude.0"),
    (CALENDAR, {"enabled": "yes"}, "enabled"),
)
CASES = [
    *[("POST", TRIGGERS, {**TRIGGER, **body}, path) for body, path in POSTED],
    *[("POST", TRIGGERS, {**TRIGGER, "parameters": given}, f"parameters.{path}") for given, path in PARAMETERS],
    *[("POST", TRIGGERS, {**TRIGGER, "products": {"filters": row}}, f"products.filters{at}") for row, at in FILTERS],
    *[("PUT", path, {"enabled": True, **body}, at) for path, body, at in PUT],
    *[("PUT", SERIES, {"enabled": True, "parameters": given}, f"parameters.{at}") for given, at in PARAMETERS],
    *[
        ("PUT", CALENDAR, {"enabled": True, "parameters": {"filters": row}}, f"parameters.filters{at}")
        for row, at in FILTERS
    ],
    ("POST", f"{CALENDAR}/dry-run", {"as_of": 5}, "as_of"),
    ("POST", f"{CALENDAR}/dry-run", {"as_of": "yesterday"}, "as_of"),
    ("POST", f"{CALENDAR}/dry-run", {"until": "yesterday"}, "until"),
]


def refused(office: Office, method: str, path: str, body: Any) -> list[str]:
    answer = office.manage(method, path, body)
    assert answer.status == 422, answer.text
    return [one["path"] for one in answer.json["errors"]]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [pytest.param(*case, id=f"{place}-{case[0]}-{case[3]}") for place, case in enumerate(CASES)],
)
def test_a_fault_is_named_by_its_field_alone(office: Office, method: str, path: str, body: Any, field: str) -> None:
    assert refused(office, method, path, body) == [field]


@pytest.mark.parametrize(
    ("body", "field"), [pytest.param(*case, id=f"{place}-{case[1]}") for place, case in enumerate(POSTED)]
)
def test_a_change_of_a_trigger_is_refused_by_the_same_name(office: Office, body: Any, field: str) -> None:
    if None not in body.values():
        assert refused(office, "PATCH", f"{TRIGGERS}/{office.trigger(**TRIGGER)}", body) == [field]


def test_a_minimum_above_the_count_names_what_it_is_measured_by(office: Office) -> None:
    answer = office.manage("POST", TRIGGERS, {**TRIGGER, "parameters": {"min": 2}})
    assert answer.json["errors"] == [{"path": "parameters.min", "message": "must be at most `products.count`"}]
