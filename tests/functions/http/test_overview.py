"""How subscribers came and went, from what browsers said to what the report answers."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.runs import MemoryCounters
from shopbell.adapters.memory.sends import MemorySends
from shopbell.app.founding import predefined
from shopbell.app.reporting.receipts import CountReceipts
from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.subscribe import unsubscribed
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.ids import SegmentId, subscription_id
from shopbell.domain.predefined.library import predefined as library

from tests.functions.http.office import THEIR_ADMIN, Office
from tests.functions.http.test_subscriptions import AGENT, FIREFOX, body, subscription
from tests.functions.http.world import NOON, OURS, PUB

PATH = "/v1/reports/overview"
RISK = SegmentId("churn_risk")
SECOND, THIRD = f"{FIREFOX}-2", f"{FIREFOX}-3"


def subscribe(office: Office, endpoint: str, visitor: str, **more: Any) -> None:
    given = body(visitor_id=visitor, subscription=subscription(endpoint), **more)
    answer = office.call("POST", "/v1/subscriptions", given, key=PUB, headers={"user-agent": AGENT})
    assert answer.status == 201, answer.text


def leave(office: Office, endpoint: str) -> None:
    assert office.call("DELETE", "/v1/subscriptions", {"endpoint": endpoint}, key=PUB).status == 204


def counted(office: Office, zone: str = "UTC") -> None:
    """What is stored, as the stream tells of it, twice over."""
    count = CountReceipts(MemoryReportCounts(office.world), MemorySends(office.world), lambda _: zone, lambda *_: "")
    items = [item for (store, _), log in office.world.events.items() for item in log.values() if store == OURS]
    for _ in range(2):
        count(OURS, items)


def overview(office: Office, **query: str) -> Any:
    answer = office.manage("GET", PATH, query=query)
    assert answer.status == 200, answer.text
    return answer.json


def told(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def test_a_store_without_anybody_has_zeros_and_says_what_it_cannot_tell(office: Office) -> None:
    found = overview(office)
    names = ("active", "parked", "gained", "imported", "lost", "opt_outs", "retired", "net")
    assert told(found["subscribers"], *names) == (0,) * 8
    assert told(found["subscribers"], "opt_out_share", "by_browser") == (None, {})
    assert found["notes"]["opt_out_share"] == "Nobody was lost in these days."
    assert found["churn_risk"] == {
        "series": None,
        "why": "The store does not have the predefined segment churn_risk.",
    }
    assert told(found, "by", "since", "until") == ("day", "2026-02-01", "2026-03-02")
    assert [one["gained"] for one in found["series"]] == [0] * 30


def test_who_came_and_went_is_told_by_day_and_by_hour(office: Office) -> None:
    subscribe(office, FIREFOX, "ann")
    subscribe(office, FIREFOX, "ann")  # the same again
    office.clock.now += HOUR
    subscribe(office, SECOND, "bob")
    subscribe(office, THIRD, "eve")
    office.clock.now += DAY
    leave(office, SECOND)
    leave(office, SECOND)
    row = office.world.subscriptions[OURS, subscription_id(THIRD)]
    MemoryEvents(office.world).append([system_item(OURS, unsubscribed(row, office.clock.now, "gone"))])
    counted(office)
    found = overview(office, by="day")
    names = ("gained", "lost", "opt_outs", "retired", "net", "opt_out_share")
    assert told(found["subscribers"], *names) == (3, 2, 1, 1, 1, 0.5)
    assert found["subscribers"]["by_browser"]["firefox"]["gained"] == 3
    assert "opt_out_share" not in found["notes"]
    assert [told(one, "at", "gained", "lost", "net") for one in found["series"][-2:]] == [
        ("2026-03-02", 3, 0, 3),
        ("2026-03-03", 0, 2, -2),
    ]
    hours = overview(office, by="hour", **{"from": "2026-03-02", "to": "2026-03-02"})
    assert [one["gained"] for one in hours["series"] if one["gained"]] == [1, 2]
    assert (len(hours["series"]), hours["subscribers"]["lost"]) == (24, 0)


def test_who_renews_replaces_or_changes_a_subscription_neither_comes_nor_goes(office: Office) -> None:
    subscribe(office, FIREFOX, "ann")
    office.clock.now += HOUR
    subscribe(office, FIREFOX, "ann", language="fr")
    subscribe(office, SECOND, "ann", replaces=FIREFOX)
    subscribe(office, SECOND, "bob")
    subscribe(office, SECOND, "bob")
    counted(office)
    found = overview(office)["subscribers"]
    assert told(found, "active", "gained", "lost") == (1, 1, 0)
    leave(office, SECOND)
    office.clock.now += HOUR
    subscribe(office, SECOND, "bob")
    counted(office)
    found = overview(office)["subscribers"]
    assert told(found, "active", "gained", "opt_outs", "net") == (1, 2, 1, 1)


def test_days_are_those_of_the_stores_zone(office: Office) -> None:
    """Noon by UTC, and so 17:45 in Nepal: 6 hours and 15 minutes later it is the next day there."""
    office.manage("PATCH", "/v1/store", {"time_zone": "Asia/Kathmandu"})
    office.clock.now = NOON + 6 * HOUR + 14 * MINUTE
    subscribe(office, FIREFOX, "ann")
    office.clock.now = NOON + 6 * HOUR + 15 * MINUTE
    subscribe(office, SECOND, "bob")
    counted(office, zone="Asia/Kathmandu")
    days = overview(office)["series"]
    assert [told(one, "at", "gained") for one in days[-2:]] == [("2026-03-02", 1), ("2026-03-03", 1)]
    hours = overview(office, by="hour", **{"from": "2026-03-03"})["series"]
    assert [told(one, "at", "gained") for one in hours] == [("2026-03-02T18:15:00Z", 1)]


def test_another_store_sees_nothing_of_it(office: Office) -> None:
    subscribe(office, FIREFOX, "ann")
    counted(office)
    theirs = office.manage("GET", PATH, key=THEIR_ADMIN).json["subscribers"]
    assert told(theirs, "active", "gained", "by_browser") == (0, 0, {})


def test_churn_risk_is_told_by_day_once_the_segment_is_on(office: Office) -> None:
    row = predefined(OURS, library()[RISK], NOON)
    office.world.segments[OURS, RISK] = row
    assert overview(office)["churn_risk"] == {
        "series": None,
        "why": "The segment churn_risk is draft; it is told of while it is active.",
    }
    office.world.segments[OURS, RISK] = replace(row, state="active")
    counters = MemoryCounters(office.world)
    counters.add(OURS, f"segment:{RISK}", "000", "1".zfill(40), {"total": 4, "reachable": 2})
    counters.add(OURS, f"history:{RISK}", "2026-03-02#000", "1".zfill(40), {"entered|clock|1|and.0": 3})
    risk = overview(office, to="2026-03-05", **{"from": "2026-03-01"})["churn_risk"]
    assert risk == {
        "why": None,
        "series": [
            {"at": "2026-03-01", "size": 1, "entered": 0, "exited": 0},
            {"at": "2026-03-02", "size": 4, "entered": 3, "exited": 0},
        ],
    }
    assert overview(office, **{"from": "2026-04-01", "to": "2026-04-02"})["churn_risk"]["series"] == []


@pytest.mark.parametrize(
    ("query", "path"),
    [
        pytest.param({"from": "2026-03-02", "to": "2026-03-01"}, "from", id="backwards"),
        pytest.param({"from": "2025-03-01", "to": "2026-03-02"}, "from", id="367 days"),
        pytest.param({"by": "hour", "from": "2026-01-30", "to": "2026-03-02"}, "from", id="32 days by the hour"),
        pytest.param({"to": "tomorrow"}, "to", id="no date"),
        pytest.param({"by": "week"}, "by", id="no hour or day"),
    ],
)
def test_a_range_that_is_none_is_named(office: Office, query: dict[str, str], path: str) -> None:
    answer = office.manage("GET", PATH, query=query)
    assert (answer.status, [one for one, _ in answer.faults]) == (422, [path])


@pytest.mark.parametrize(
    ("query", "points"),
    [
        ({"from": "2025-03-02", "to": "2026-03-02"}, 366),
        ({"by": "hour", "from": "2026-01-31", "to": "2026-03-02"}, 30 * 24 + 12),
    ],
)
def test_the_longest_ranges_have_no_gaps(office: Office, query: dict[str, str], points: int) -> None:
    assert len(overview(office, **query)["series"]) == points
