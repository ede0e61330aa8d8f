"""What a shop's server is served: traits of many visitors at once, and the latest events with what was refused."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.lately import MemoryLately
from shopbell.app.tracking.lately import NoteLately
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId
from shopbell.runtime.http.api import HttpApi

from tests.functions.http.world import MGMT, PUB, SRV, THEIR_SRV, Town


def login(name: str, who: str = "ann") -> dict[str, Any]:
    return {"id": name, "type": "login", "visitor_id": who}


def recent(town: Town, key: str = SRV) -> list[dict[str, Any]]:
    answer = town.call("GET", "/v1/events/recent", key=key)
    assert answer.status == 200, answer.text
    found: list[dict[str, Any]] = answer.json["items"]
    return found


def test_what_is_right_of_many_visitors_is_stored_and_what_is_wrong_is_named(town: Town) -> None:
    rows = [
        {"visitor_id": "ann", "traits": {"city": "Ulm"}},
        {"customer_id": "7", "traits": {"country": "DE", "custom": {"plan": "gold"}}},
        {"visitor_id": "bob", "traits": {"country": "Germany"}},
        {"visitor_id": "cid", "customer_id": "8", "traits": {}},
        {"traits": {}},
        {"visitor_id": "ann", "traits": {"city": "Bonn"}},
        "dan",
    ]
    answer = town.call("POST", "/v1/visitors", {"visitors": rows}, key=SRV)
    assert (answer.status, answer.json["accepted"]) == (202, 2)
    assert [(one["index"], one["path"]) for one in answer.json["rejected"]] == [
        (2, "traits.country"),
        (3, ""),
        (4, ""),
        (5, "visitor_id"),
        (6, ""),
    ]
    assert {(one.visitor, one.type) for one in town.stored} == {("ann", "traits_changed"), ("c:7", "traits_changed")}
    assert town.watch.counts["visitors_rejected"] == 5


def test_the_same_request_again_changes_nothing(town: Town) -> None:
    body = {"visitors": [{"visitor_id": "ann", "traits": {"city": "Ulm"}}]}
    for _ in range(2):
        town.call("POST", "/v1/visitors", body, key=SRV, headers={"idempotency-key": "night"})
        town.clock.now += 1
    assert len(town.stored) == 1


@pytest.mark.parametrize(("number", "status"), [(500, 202), (501, 422)])
def test_it_takes_five_hundred_visitors_and_no_more(town: Town, number: int, status: int) -> None:
    rows = [{"visitor_id": f"v{place}", "traits": {"city": "Ulm"}} for place in range(number)]
    assert town.call("POST", "/v1/visitors", {"visitors": rows}, key=SRV).status == status


def test_it_takes_a_server_key(town: Town) -> None:
    assert town.call("POST", "/v1/visitors", {"visitors": []}, key=PUB).status == 403
    assert town.call("GET", "/v1/events/recent", key=PUB).status == 403


def test_the_latest_events_are_shown_as_they_were_sent_with_what_was_refused(town: Town) -> None:
    town.call("POST", "/v1/events", {"events": [login("1"), {**login("2"), "type": "No"}]}, key=PUB)
    town.clock.now += 1
    town.call("POST", "/v1/events", {"events": [login("3")]}, key=SRV)
    found = recent(town)
    assert [one["event"]["id"] for one in found] == ["3", "2", "1"]
    assert [one["rejected"] and one["rejected"]["path"] for one in found] == [None, "type", None]
    assert recent(town, MGMT) == found
    assert recent(town, THEIR_SRV) == []


def test_a_store_that_nobody_watches_notes_only_what_is_refused(town: Town) -> None:
    town.clock.now += 8 * DAY
    town.call("POST", "/v1/events", {"events": [login("1"), 7]}, key=PUB)
    town.call("POST", "/v1/events", {"events": [login("2")]}, key=PUB)
    assert [one["event"] for one in recent(town)] == [7, login("1")]
    town.clock.now += HOUR - 1
    town.call("POST", "/v1/events", {"events": [login("3")]}, key=PUB)
    assert [one["event"]["id"] for one in recent(town)[:1]] == ["3"]


def test_of_a_long_event_the_beginning_is_shown_and_never_more_than_a_hundred(town: Town) -> None:
    long = {**login("long"), "properties": {"text": "x" * 2_000}}
    town.call("POST", "/v1/events", {"events": [long]}, key=PUB)
    (found,) = recent(town)
    assert found["event"].startswith('{"id":"long"')
    assert len(found["event"]) == 1_000
    for _ in range(3):
        town.clock.now += 1
        town.call("POST", "/v1/events", {"events": [login(str(n)) for n in range(60)]}, key=SRV)
    assert len(recent(town)) == 100


class BrokenNotes(MemoryLately):
    """Nothing can be noted."""

    def watched_until(self, store: StoreId) -> int:
        raise Unavailable(store)


def test_an_event_is_taken_though_it_could_not_be_noted(town: Town) -> None:
    broken = BrokenNotes(town.world)
    note = NoteLately(broken, broken.watched_until, town.clock)
    town.tracked = replace(town.tracked, server=replace(town.tracked.server, note=note))
    town.tracking = HttpApi(town.tracked.routes())
    answer = town.call("POST", "/v1/events", {"events": [login("1")]}, key=PUB)
    assert (answer.status, answer.json["accepted"]) == (202, 1)
    assert town.watch.counts["lately_lost"] == 1
