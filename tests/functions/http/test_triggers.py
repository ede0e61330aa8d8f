"""Fly mode over HTTP: a marketer's own triggers are written, changed, switched and deleted."""

from typing import Any

import pytest
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId
from shopbell.domain.scenarios.fly import OwnTrigger
from shopbell.domain.scenarios.plan import OnEvent, OnSegment
from shopbell.domain.scenarios.turns import Until

from tests.functions.http.office import MARKETER, VIEWER, Office
from tests.functions.http.world import OURS

CONTENT = {"title": "Still looking?", "body": "We can help.", "url": "https://shop.example/help"}
SEARCHED: dict[str, Any] = {"event": "search", "content": CONTENT}
PATH = "/v1/triggers"
EXITS = frozenset({"purchase", "cart_add"})


def stored(office: Office) -> OwnTrigger:
    (row,) = office.world.triggers.values()
    return row


def hidden(office: Office, name: str) -> Any:
    return office.world.segments.get((OURS, SegmentId(f"trigger-{name}")))


def test_a_trigger_says_all_that_holds_for_it_by_default_too(office: Office) -> None:
    answer = office.manage("POST", PATH, SEARCHED, key=MARKETER)
    assert (answer.status, answer.headers["etag"]) == (201, '"1"')
    shown = answer.json
    assert shown["name"] == "When they searched"
    assert (shown["enabled"], shown["occurrence"], shown["debounce"], shown["delay"]) == (
        False,
        "every",
        "PT0S",
        "PT0S",
    )
    assert (shown["key"], shown["audience"], shown["exit_on"], shown["reentry"]) == (None, None, [], "after")
    assert shown["products"] == {"algorithm": None, "count": 1, "filters": {}}
    wanted = {"priority": 40, "class": "triggered", "ttl": "PT12H", "cooldown": "P1D", "holdout_percent": 0}
    assert {name: shown["parameters"][name] for name in wanted} == wanted
    assert {row["name"] for row in shown["parameter_help"]} == shown["parameters"].keys()
    assert office.manage("GET", f"{PATH}/{shown['id']}", key=VIEWER).json == shown
    assert office.manage("GET", PATH).json["items"] == [shown]
    assert hidden(office, shown["id"]) is None, "nothing is evaluated for one that is off"


ALL_OF_IT: dict[str, Any] = {
    **SEARCHED,
    "name": "Third search",
    "where": [{"field": "results", "op": "in", "value": [0, 1]}],
    "occurrence": {"nth": 3},
    "debounce": "PT5M",
    "delay": "PT1H",
    "key": "query",
    "audience": {"rule": {"trait": "country", "op": "eq", "value": "DE"}},
    "exit_on": ["purchase", "cart_add"],
    "reentry": "always",
    "products": {"algorithm": "top_sellers", "count": 2, "filters": {"category": "Boots"}},
    "parameters": {"priority": 70, "ttl": "PT1H", "send_time": "10:00"},
    "enabled": True,
}


def test_everything_that_can_be_said_is_in_its_plan(office: Office) -> None:
    answer = office.manage("POST", PATH, ALL_OF_IT)
    assert answer.status == 201, answer.text
    plan = stored(office).plan()
    assert isinstance(plan.trigger, OnEvent)
    assert (plan.trigger.event, plan.trigger.key, plan.trigger.debounce) == ("search", "query", HOUR // 12)
    assert [(one.field, one.value) for one in plan.trigger.where] == [("results", (0, 1))]
    (step,) = plan.steps
    assert (step.delay, step.products.algorithm, step.products.count) == (HOUR, "top_sellers", 2)
    assert (plan.reentry, plan.priority, plan.ttl, plan.exit_on) == ("always", 70, HOUR, EXITS)
    assert not plan.recheck_audience, "an event is the third at its moment alone"
    shown = answer.json
    assert (shown["occurrence"], shown["where"], shown["key"]) == ({"nth": 3}, ALL_OF_IT["where"], "query")


def test_its_audience_is_a_hidden_segment_that_asks_for_the_occurrence_too(office: Office) -> None:
    name = office.trigger(**ALL_OF_IT)
    plan, live = stored(office).plan(), hidden(office, name)
    assert (plan.scenario, plan.segment) == (f"fly_mode:{name}", f"trigger-{name}")
    assert (live.rule, live.hidden, live.scenario) == (plan.audience, True, plan.scenario)
    counted = {"event": "search", "where": ALL_OF_IT["where"], "op": "eq", "value": 3}
    assert live.rule == {"and": [{"and": [{"subscription": "active"}, counted]}, ALL_OF_IT["audience"]["rule"]]}


@pytest.mark.parametrize(
    ("said", "exits"),
    [
        ({"delay": "PT10M"}, set()),
        ({"delay": "PT10M1S"}, {"purchase"}),
        ({"delay": "PT8M", "debounce": "PT3M"}, {"purchase"}),
        ({"delay": "P1D", "exit_on": []}, set()),
        ({"delay": {"until": "event.starts_at", "offset": "-PT2H"}}, {"purchase"}),
    ],
)
def test_a_purchase_ends_what_waits_for_more_than_ten_minutes(
    office: Office, said: dict[str, Json], exits: set[str]
) -> None:
    office.trigger(**SEARCHED, **said)
    assert stored(office).plan().exit_on == exits


def test_a_trigger_may_wait_for_an_entry_or_exit_of_a_segment(office: Office) -> None:
    vip = office.active(name="VIP")
    where = [{"field": "segment_id", "op": "eq", "value": vip}]
    name = office.trigger(event="segment_entered", where=where, content=CONTENT, enabled=True)
    plan = stored(office).plan()
    assert plan.trigger == OnSegment(SegmentId(vip), "entered")
    assert plan.audience == {"and": [{"subscription": "active"}, {"in_segment": vip}]}
    users = office.manage("GET", f"/v1/segments/{vip}/usage").json
    assert [(user["kind"], user["id"]) for user in users["items"]] == [("trigger", name)]
    assert office.manage("POST", f"/v1/segments/{vip}/pause").status == 409


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({**SEARCHED, "event": "Bad Name"}, ["event"]),
        ({**SEARCHED, "event": "product_price_changed"}, ["event"]),
        ({**SEARCHED, "event": "session_started"}, ["event"]),
        ({"event": "cart_abandoned", "content": CONTENT, "delay": {"until": "event.at"}}, ["delay.until"]),
        (
            {
                **SEARCHED,
                "event": "session_ended",
                "occurrence": {"nth": 2},
                "where": [{"field": "views", "op": "gt", "value": 1}],
            },
            ["occurrence"],
        ),
        ({**SEARCHED, "delay": {"until": "starts_at"}}, ["delay.until"]),
        ({**SEARCHED, "delay": {"until": "event.starts_at", "offset": "-P91D"}}, ["delay.offset"]),
        ({**SEARCHED, "delay": {"offset": "-PT1H"}}, ["delay.until"]),
        ({"event": "search"}, ["content"]),
        ({**SEARCHED, "where": [{"field": "q", "op": "nonsense", "value": 1}]}, ["where.0.op"]),
        (
            {**SEARCHED, "where": [{"field": "q", "op": "eq", "value": 1}, {"op": "eq"}]},
            ["where.1.field"],
        ),
        ({**SEARCHED, "occurrence": {"nth": 0}}, None),
        ({**SEARCHED, "occurrence": "second"}, None),
        ({**SEARCHED, "delay": "P91D"}, ["delay"]),
        ({**SEARCHED, "debounce": "P2D"}, ["debounce"]),
        ({**SEARCHED, "key": "a b"}, ["key"]),
        ({**SEARCHED, "exit_on": ["segment_entered"]}, ["exit_on.0"]),
        ({**SEARCHED, "audience": {"include": ["none"]}}, ["audience.include.0"]),
        ({**SEARCHED, "parameters": {"priority": 0, "nonsense": 1}}, ["parameters.nonsense", "parameters.priority"]),
        ({**SEARCHED, "parameters": {"algorithm": "top_sellers"}}, ["parameters.algorithm"]),
        ({**SEARCHED, "products": {"algorithm": "nonsense"}}, ["products.algorithm"]),
        ({**SEARCHED, "event": "segment_entered"}, ["where"]),
        (
            {**SEARCHED, "event": "segment_exited", "where": [{"field": "segment_id", "op": "eq", "value": "none"}]},
            ["where.0.value"],
        ),
        ({**SEARCHED, "coupon_pool": "spring"}, ["coupon_pool"]),
    ],
)
def test_what_is_wrong_with_a_trigger_is_named_and_nothing_is_saved(
    office: Office, body: dict[str, Any], paths: list[str] | None
) -> None:
    answer = office.manage("POST", PATH, body)
    assert answer.status == 422
    if paths is not None:
        assert sorted(path for path, _ in answer.faults) == paths
    assert office.world.triggers == {}


def test_a_message_may_wait_for_an_instant_that_the_event_names_and_a_change_takes_it_back(office: Office) -> None:
    until = {"until": "event.visit.starts_at", "offset": "-PT2H"}
    name = office.trigger(**SEARCHED, delay=until)
    assert stored(office).plan().steps[0].until == Until("visit.starts_at", -2 * HOUR)
    assert office.manage("GET", f"{PATH}/{name}").json["delay"] == until
    assert office.manage("PATCH", f"{PATH}/{name}", {"delay": "PT1H"}, key=MARKETER).json["delay"] == "PT1H"
    assert (stored(office).until, stored(office).delay) == (None, HOUR)


def test_a_trigger_may_wait_for_a_cart_that_is_left_behind_and_visitors_carry_what_that_takes(office: Office) -> None:
    office.trigger(event="cart_abandoned", key="cart_id", content=CONTENT, enabled=True)
    assert stored(office).plan().trigger == OnEvent("cart_abandoned", key="cart_id", apart=True)
    assert office.world.stores[OURS].keeps_interactions


def test_what_is_left_out_of_a_change_stays_and_null_removes(office: Office) -> None:
    name = office.trigger(**SEARCHED, key="query", delay="P1D", exit_on=["login"], parameters={"priority": 9})
    assert office.manage("PATCH", f"{PATH}/{name}", {"delay": "P2D"}, key=MARKETER).headers["etag"] == '"2"'
    row = stored(office)
    assert (row.delay, row.key, row.exit_on, row.parameters) == (2 * DAY, "query", ("login",), {"priority": 9})
    changed = {"key": None, "exit_on": None, "parameters": {"ttl": "PT1H"}, "reentry": "never"}
    assert office.manage("PATCH", f"{PATH}/{name}", changed).status == 200
    row = stored(office)
    assert (row.key, row.exit_on, row.exits) == (None, None, ("purchase",))
    assert row.parameters == {"ttl": "PT1H", "reentry": "never"}
    assert office.manage("PATCH", f"{PATH}/{name}", {"parameters": {}}).json["reentry"] == "never"


def test_who_read_an_older_revision_is_told(office: Office) -> None:
    name = office.trigger(**SEARCHED)
    fresh = {"if-match": '"1"'}
    assert office.manage("PATCH", f"{PATH}/{name}", {"name": "One"}, headers=fresh).status == 200
    assert office.manage("PATCH", f"{PATH}/{name}", {"name": "Two"}, headers=fresh).status == 412
    assert office.manage("DELETE", f"{PATH}/{name}", headers=fresh).status == 412
    assert stored(office).name == "One"


def test_switching_on_and_off_and_deleting_moves_the_hidden_segment(office: Office) -> None:
    name = office.trigger(**SEARCHED, enabled=True)
    assert hidden(office, name).live
    assert office.manage("GET", "/v1/scenarios/fly_mode").json["enabled"] is True
    office.manage("PATCH", f"{PATH}/{name}", {"enabled": False})
    assert hidden(office, name).state == "paused"
    assert office.manage("GET", "/v1/scenarios/fly_mode").json["enabled"] is False
    office.manage("PATCH", f"{PATH}/{name}", {"enabled": True})
    assert office.manage("DELETE", f"{PATH}/{name}", key=MARKETER).status == 204
    assert hidden(office, name).state == "archived"
    assert office.world.triggers == {}
    assert office.manage("GET", f"{PATH}/{name}").status == 404


def test_the_same_key_makes_one_trigger(office: Office) -> None:
    once = {"idempotency-key": "k1"}
    first = office.manage("POST", PATH, SEARCHED, headers=once)
    again = office.manage("POST", PATH, SEARCHED, headers=once)
    assert (first.status, again.status, again.json["id"]) == (201, 201, first.json["id"])
    assert office.manage("POST", PATH, {**SEARCHED, "event": "login"}, headers=once).status == 409
    assert len(office.world.triggers) == 1


def test_it_warns_like_a_scenario_and_refuses_a_link_that_leads_nowhere(office: Office) -> None:
    assert office.manage("PATCH", "/v1/store", {"origins": []}).status == 200
    relative = {**SEARCHED, "content": {**CONTENT, "url": "/help"}, "enabled": True}
    assert [path for path, _ in office.manage("POST", PATH, relative).faults] == ["content.url"]
    picked = {**SEARCHED, "enabled": True, "products": {"algorithm": "top_sellers"}}
    assert any("no products" in text for text in office.manage("POST", PATH, picked).json["warnings"])


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_viewer_changes_nothing(office: Office, method: str) -> None:
    name = office.trigger(**SEARCHED)
    path = PATH if method == "POST" else f"{PATH}/{name}"
    assert office.manage(method, path, SEARCHED, key=VIEWER).status == 403


def test_triggers_of_another_store_are_not_there(office: Office) -> None:
    name = office.trigger(**SEARCHED)
    row = stored(office)
    office.world.triggers.clear()
    office.world.triggers["another001", row.id] = row  # type: ignore[index]
    assert office.manage("GET", f"{PATH}/{name}").status == 404
    assert office.manage("GET", PATH).json["items"] == []
