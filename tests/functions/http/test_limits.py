"""A key may make so many calls a minute: every answer says how many are left, and one too many is asked to wait."""

import re
from dataclasses import replace
from typing import Any

import pytest
from shopbell.domain.clock import MINUTE, SECOND, Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.limits import Limit
from shopbell.runtime.http.api import HttpApi
from shopbell.runtime.http.limiting import gateway
from shopbell.runtime.http.management_uses import management

from tests.functions.http.office import MARKETER, THEIR_ADMIN, VIEWER, Office
from tests.functions.http.world import NOON, PUB, SHOP, Answered, context, gateway_event

THREE = Limit("management", 3, MINUTE)


@pytest.fixture
def office() -> Office:
    return Office(limit=THREE)


def told(answer: Answered) -> tuple[int, int]:
    """(calls that are left, seconds)."""
    assert answer.headers["ratelimit-policy"] == '"management";q=3;w=60'
    found = re.fullmatch(r'"management";r=(\d+);t=(\d+)', answer.headers["ratelimit"])
    assert found is not None
    return int(found[1]), int(found[2])


def test_every_answer_says_what_is_left_and_the_fourth_waits(office: Office) -> None:
    office.clock.now = NOON + 18 * SECOND
    assert [told(office.manage("GET", "/v1/store")) for _ in range(3)] == [(2, 42), (1, 42), (0, 42)]
    answer = office.manage("GET", "/v1/store")
    assert (answer.status, told(answer), answer.headers["retry-after"]) == (429, (0, 42), "42")
    assert (answer.headers["Content-Type"], answer.json["title"]) == ("application/problem+json", "Too many calls")
    assert "begins in 42 s" in answer.json["detail"]
    assert office.watch.counts["calls_over_limit"] == 1


def test_what_is_refused_does_nothing(office: Office) -> None:
    body = {"name": "Buyers", "rule": {"event": "purchase"}}
    assert [office.manage("POST", "/v1/segments", body).status for _ in range(5)] == [201, 201, 201, 429, 429]
    assert len(office.world.segments) == 3
    assert len(office.world.audit) == 3


def test_the_next_minute_begins_anew(office: Office) -> None:
    for _ in range(4):
        office.manage("GET", "/v1/store")
    office.clock.now += MINUTE
    assert told(office.manage("GET", "/v1/store")) == (2, 60)


def test_each_key_has_calls_of_its_own(office: Office) -> None:
    for _ in range(4):
        office.manage("GET", "/v1/store", key=MARKETER)
    assert office.manage("GET", "/v1/store", key=VIEWER).status == 200
    assert office.manage("GET", "/v1/store", key=THEIR_ADMIN).status == 200


def test_problems_say_it_too_and_count(office: Office) -> None:
    assert told(office.manage("GET", "/v1/segments/none")) == (2, 60)
    assert told(office.manage("POST", "/v1/segments", {"rule": 1})) == (1, 60)
    assert told(office.manage("PATCH", "/v1/store", {"name": "x"}, key=VIEWER)) == (2, 60)


def test_who_has_no_key_is_counted_nowhere(office: Office) -> None:
    answer = office.manage("GET", "/v1/store", key=None)
    assert (answer.status, "ratelimit" in answer.headers) == (401, False)
    assert office.world.calls == {}


def test_a_page_may_read_it(office: Office) -> None:
    exposed = office.manage("GET", "/v1/store", headers={"origin": SHOP}).headers["access-control-expose-headers"]
    assert {"ratelimit", "ratelimit-policy", "retry-after"} <= set(exposed.split(", "))


def test_while_nobody_can_count_nobody_waits(office: Office) -> None:
    class Busy:
        def count(self, store: StoreId, key: str, window: Instant, until: Instant) -> int:
            raise Unavailable(f"{store} {key} {window} {until}")

    ports = office.ports()
    office.management = HttpApi(management(replace(ports, keys=replace(ports.keys, calls=Busy()))).routes())
    answers = [office.manage("GET", "/v1/store") for _ in range(5)]
    assert {one.status for one in answers} == {200}
    assert {"ratelimit" in one.headers for one in answers} == {False}
    assert office.watch.counts["calls_not_counted"] == 5


@pytest.mark.parametrize(
    ("rate", "headers"),
    [
        pytest.param("500", {"ratelimit-policy": '"gateway";q=500;w=1'}, id="as the stage says"),
        pytest.param("", {}, id="not said"),
    ],
)
def test_tracking_calls_tell_what_the_gateway_lets_through(
    office: Office, rate: str, headers: dict[str, Any]
) -> None:
    api = HttpApi(office.routes, always=gateway(rate))
    event = gateway_event("GET", "/v1/config", headers={"authorization": f"Bearer {PUB}"})
    answered = api(event, context(), office.watch)["headers"]
    assert {name: value for name, value in answered.items() if name.startswith("ratelimit")} == headers
