"""Scenarios, visitors and the store's settings over HTTP."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from shopbell.domain.clock import DAY
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId, SegmentId, VisitorId
from shopbell.domain.incoming.stores import StorePatchIn
from shopbell.domain.membership import LogLine, merged_flip
from shopbell.domain.visits.cart import fold_cart
from shopbell.domain.visits.sessions import fold_sessions

from tests.functions.http.office import MARKETER, VIEWER, Office
from tests.functions.http.world import NOON, OURS, SRV

AVAILABLE = [
    "permission_prompt",
    "push_recommendation",
    "fly_mode",
    "we_missed_you",
    "churn",
    "price_drop",
    "back_in_stock",
    "order_follow_up",
    "new_arrivals",
    "birthday",
    "top_sellers",
    "nice_to_meet_you",
    "abandoned_cart",
    "last_visit_reminder",
    "last_visit_alternatives",
]


def test_all_sixteen_scenarios_are_listed(office: Office) -> None:
    items = office.manage("GET", "/v1/scenarios").json["items"]
    assert len(items) == 16
    assert [row["name"] for row in items if row["available"]] == AVAILABLE


def test_a_scenario_tells_what_can_be_set(office: Office) -> None:
    shown = office.manage("GET", "/v1/scenarios/we_missed_you").json
    assert shown["enabled"] is False
    assert shown["parameters"]["n_days"] == 30
    (days,) = [row for row in shown["parameter_help"] if row["name"] == "n_days"]
    assert (days["type"], days["default"], days["minimum"], days["maximum"]) == ("integer", 30, 7, 365)
    assert shown["content"]["translations"]["de"]["title"]


def test_a_scenario_is_switched_on_with_its_parameters(office: Office) -> None:
    content = {"title": "Hi", "body": "Come back", "url": "/"}
    body = {"enabled": True, "parameters": {"n_days": 14}, "content": content}
    answer = office.manage("PUT", "/v1/scenarios/we_missed_you", body, key=MARKETER)
    assert (answer.status, answer.json["enabled"], answer.json["parameters"]["n_days"]) == (200, True, 14)
    assert answer.json["next_run_at"] == "2026-03-02T12:05:00Z"
    assert office.manage("GET", "/v1/scenarios/we_missed_you").json["content"]["title"] == "Hi"
    assert office.manage("GET", f"/v1/segments/{answer.json['segment_id']}").json["hidden"] is True


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "enabled"),
        ({"enabled": 1}, "enabled"),
        ({"enabled": True, "parameters": {"n_days": 3}}, "parameters.n_days"),
        ({"enabled": True, "parameters": {"foo": 3}}, "parameters.foo"),
        ({"enabled": True, "content": {"title": "x"}}, "content.body"),
        ({"enabled": True, "foo": 1}, "foo"),
    ],
)
def test_what_is_wrong_with_a_scenario_is_named(office: Office, body: Any, path: str) -> None:
    answer = office.manage("PUT", "/v1/scenarios/we_missed_you", body)
    assert answer.status == 422
    assert path in [fault[0] for fault in answer.faults]


def test_an_unknown_scenario_is_404_and_one_of_a_later_release_409(office: Office) -> None:
    assert office.manage("GET", "/v1/scenarios/nonsense").status == 404
    assert office.manage("PUT", "/v1/scenarios/nonsense", {"enabled": True}).status == 404
    assert office.manage("PUT", "/v1/scenarios/bulk", {"enabled": True}).status == 409


def test_a_visitor_is_shown_as_known(office: Office) -> None:
    office.visit("ann", subscribed=True, country="DE", custom__plan="gold", city=None)
    shown = office.manage("GET", "/v1/visitors/ann", key=VIEWER).json
    assert shown["traits"] == {"country": "DE", "custom": {"plan": "gold"}}
    assert (shown["reachable"], shown["segments"]) == (True, [])
    assert shown["cart"] == {"items": [], "value": 0, "count": 0, "updated_at": None}
    assert shown["last_seen_at"] == "2026-03-02T12:00:00Z"
    assert shown["subscriptions"][0]["service"] == "mozilla"
    assert "endpoint" not in shown["subscriptions"][0]


def test_a_visitor_is_shown_with_what_is_in_the_cart(office: Office) -> None:
    office.visit("ann")
    ann = office.world.profiles[OURS, VisitorId("ann")]
    added: tuple[Mapping[str, Json], ...] = (
        {"product_id": "boot", "quantity": 2, "price": 5_000},
        {"product_id": "pan", "variant_id": "red", "price": 900, "currency": "USD"},
    )
    events = [Event(EventId(f"e{n}"), "cart_add", ann.visitor, NOON, NOON, said) for n, said in enumerate(added)]
    office.world.profiles[OURS, ann.visitor] = replace(ann, cart=fold_cart(b"", events))
    cart = office.manage("GET", "/v1/visitors/ann", key=VIEWER).json["cart"]
    assert (cart["value"], cart["count"], cart["updated_at"]) == (10_000, 3, "2026-03-02T12:00:00Z")
    assert sorted(cart["items"], key=lambda row: str(row["product_id"])) == [
        {"product_id": "boot", "variant_id": None, "quantity": 2, "price": 5_000},
        {"product_id": "pan", "variant_id": "red", "quantity": 1, "price": 900},
    ]


def test_a_visitor_is_shown_with_scores_their_basis_and_their_night(office: Office) -> None:
    office.visit("ann")
    assert office.manage("GET", "/v1/visitors/ann", key=VIEWER).json["scores"] is None
    ann = office.world.profiles[OURS, VisitorId("ann")]
    scores: dict[str, Json] = {"rfm": [5, 4, 3], "group": "loyal", "churn_90d": 0.4, "basis": "bgnbd", "at": NOON}
    forecasts = {
        "next_order_at": NOON + DAY,
        "next_order_from": NOON,
        "next_order_to": NOON + 2 * DAY,
        "clv_12m": 900,
    }
    office.world.profiles[OURS, ann.visitor] = replace(ann, scores={**scores, **forecasts})
    assert office.manage("GET", "/v1/visitors/ann", key=VIEWER).json["scores"] == {
        "rfm": {"r": 5, "f": 4, "m": 3, "group": "loyal"},
        "churn_90d": 0.4,
        "churn_band": "medium",
        "next_order_at": "2026-03-03T12:00:00Z",
        "next_order_from": "2026-03-02T12:00:00Z",
        "next_order_to": "2026-03-04T12:00:00Z",
        "clv_12m": 900,
        "basis": "bgnbd",
        "at": "2026-03-02T12:00:00Z",
    }


def test_a_visitor_is_shown_with_the_hour_at_which_they_came(office: Office) -> None:
    office.visit("ann", time_zone="Asia/Tokyo")
    assert office.manage("GET", "/v1/visitors/ann", key=VIEWER).json["best_hour"] is None
    ann = office.world.profiles[OURS, VisitorId("ann")]
    sessions = fold_sessions(b"", [NOON - days * DAY for days in range(6)], 90 * DAY)
    office.world.profiles[OURS, ann.visitor] = replace(ann, sessions=sessions)
    best = office.manage("GET", "/v1/visitors/ann", key=VIEWER).json["best_hour"]
    assert best == {"hour": 21, "visits": 6, "at": "2026-03-02T12:00:00Z"}


def test_a_segment_that_was_put_away_is_no_longer_shown_on_its_members(office: Office) -> None:
    segment = office.active()
    office.enter(segment, "ann")
    assert [row["id"] for row in office.manage("GET", "/v1/visitors/ann").json["segments"]] == [segment]
    assert office.manage("POST", f"/v1/segments/{segment}/pause").status == 202
    assert office.manage("DELETE", f"/v1/segments/{segment}").status == 204
    assert office.manage("GET", "/v1/visitors/ann").json["segments"] == []


def test_the_log_of_a_visitor_leaves_hidden_segments_out_and_names_none_where_there_is_none(office: Office) -> None:
    segment = office.active()
    hidden = replace(office.world.segments[OURS, SegmentId(segment)], id=SegmentId("hidden:buyers"), hidden=True)
    office.world.segments[OURS, hidden.id] = hidden
    office.enter(segment, "ann")
    office.enter(hidden.id, "ann", NOON + 1)
    office.enter(segment, "ann", NOON + 2, cause="clock")
    merged = LogLine(VisitorId("ann"), merged_flip(VisitorId("phone"), NOON + 3), 0)
    office.world.log[OURS, VisitorId("ann")].append((merged, 0))

    def log(**query: str) -> list[tuple[str | None, str]]:
        items = office.manage("GET", "/v1/visitors/ann/log", key=VIEWER, query=query).json["items"]
        return [(row["segment_id"], row["cause"]) for row in items]

    assert log() == [(None, "merge:phone"), (segment, "clock"), (segment, "event:e1")]
    assert log(limit="2") == log()[:2]
    assert log(cause="clock") == [(segment, "clock")]
    assert office.manage("GET", "/v1/visitors/ann/log", query={"cause": "moon"}).status == 422


def test_the_segments_of_a_visitor_are_listed(office: Office) -> None:
    name = office.active()
    office.enter(name, "ann")
    shown = office.manage("GET", "/v1/visitors/ann").json
    assert shown["segments"] == [{"id": name, "entered_at": "2026-03-02T12:00:00Z"}]


def test_the_store_is_shown_without_secrets(office: Office) -> None:
    shown = office.manage("GET", "/v1/store", key=VIEWER).json
    assert (shown["id"], shown["currency"], shown["sending"]) == (OURS, "EUR", "on")
    assert [row["id"] for row in shown["vapid_keys"]] == ["k1"]
    assert "private" not in str(shown)


def test_settings_change_one_by_one(office: Office) -> None:
    origins = ["https://a.example", "http://localhost:*"]
    body = {"time_zone": "Europe/Berlin", "origins": origins, "affinity_half_life": "P30D"}
    answer = office.manage("PATCH", "/v1/store", body)
    assert answer.status == 200
    assert {name: answer.json[name] for name in body} == body
    assert answer.json["name"] == office.world.stores[OURS].name


def test_a_stale_etag_of_the_store_is_412(office: Office) -> None:
    tag = office.manage("GET", "/v1/store").headers["etag"]
    assert office.manage("PATCH", "/v1/store", {"name": "A"}, headers={"if-match": tag}).status == 200
    assert office.manage("PATCH", "/v1/store", {"name": "B"}, headers={"if-match": tag}).status == 412


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("contact", "push@shop.example.com"),
        ("contact", "mailto:push@localhost"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../etc/passwd"),
        *(("time_zone", name) for name in ("localtime", "Factory", "posixrules", "right/UTC", "posix/Europe/Berlin")),
        *((name, None) for name in StorePatchIn.model_fields),
        ("currency", "eur"),
        ("language", "?"),
        ("revenue_source", "mine"),
        ("affinity_half_life", "PT12H"),
        ("affinity_half_life", 90),
        ("sending", "off"),
        ("prompt", {}),
        ("foo", 1),
    ],
)
def test_a_wrong_setting_is_named(office: Office, field: str, value: Any) -> None:
    answer = office.manage("PATCH", "/v1/store", {field: value})
    assert (answer.status, [path for path, _ in answer.faults]) == (422, [field])


@pytest.mark.parametrize(
    "origin",
    [
        "shop.example.com",
        "http://shop.example.com",
        "https://shop.example.com/",
        "https://shop.example.com:*",
        "https://*.example.com",
        "https://user@shop.example.com",
        "https://shop.example.com:443",
        "null",
        "*",
        "https://",
        "https://SHOP.example.com",
    ],
)
def test_an_origin_is_spelled_as_browsers_do(office: Office, origin: str) -> None:
    answer = office.manage("PATCH", "/v1/store", {"origins": ["https://a.example", origin]})
    assert (answer.status, [path for path, _ in answer.faults]) == (422, ["origins.1"])


@pytest.mark.parametrize(
    ("key", "method", "path", "body", "status"),
    [
        (VIEWER, "GET", "/v1/segments", None, 200),
        (VIEWER, "POST", "/v1/segments", {"rule": {"event": "search"}}, 403),
        (VIEWER, "PUT", "/v1/scenarios/we_missed_you", {"enabled": False}, 403),
        (MARKETER, "POST", "/v1/segments", {"rule": {"event": "search"}}, 201),
        (MARKETER, "GET", "/v1/store", None, 200),
        (MARKETER, "PATCH", "/v1/store", {"name": "x"}, 403),
        (SRV, "GET", "/v1/segments", None, 403),
        ("sb_mgmt_store00001_" + "9" * 32, "GET", "/v1/segments", None, 401),
        ("nonsense", "GET", "/v1/segments", None, 401),
        (None, "GET", "/v1/segments", None, 401),
    ],
    ids=[
        "viewer reads",
        "viewer writes",
        "viewer switches",
        "marketer writes",
        "marketer reads the store",
        "marketer changes the store",
        "server key",
        "unknown key",
        "no key of ours",
        "no key",
    ],
)
def test_each_role_may_do_what_is_its_own(
    office: Office, key: str | None, method: str, path: str, body: Any, status: int
) -> None:
    answer = office.manage(method, path, body, key=key)
    assert answer.status == status
    if status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert ("www-authenticate" in answer.headers) is (status == 401)
