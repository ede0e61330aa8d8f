"""The permission prompt by its calls: what is set reaches the pages, and whom it is for is asked of the server."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.runs import MemoryCounters
from shopbell.app.tallying import Tally, prompts
from shopbell.domain.clock import HOUR
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import EventId, SegmentId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.table import SCENARIOS

from tests.functions.http.office import Office
from tests.functions.http.world import NOON, OURS, PUB, SRV

PATH = "/v1/scenarios/permission_prompt"
HIDDEN = SCENARIOS["permission_prompt"].segment


@pytest.fixture
def office() -> Office:
    return Office()


def put(office: Office, **given: Any) -> Any:
    answer = office.manage("PUT", PATH, {"enabled": True, **given})
    assert answer.status == 200, answer.text
    office.clock.now += 61_000  # a store is remembered for a minute
    return answer.json


def told(office: Office) -> Any:
    return office.call("GET", "/v1/config", key=PUB).json["prompt"]


def asked(office: Office, visitor: str, **more: Any) -> tuple[bool, str | None]:
    answer = office.call("POST", "/v1/prompt", {"visitor_id": visitor, "prompt": "soft", **more}, key=PUB)
    assert answer.status == 200, answer.text
    return answer.json["show"], answer.json["reason"]


def belongs(office: Office, visitor: str, *segments: SegmentId) -> None:
    profile = Profile(OURS, VisitorId(visitor), memberships=dict.fromkeys(segments, NOON))
    office.world.profiles[OURS, VisitorId(visitor)] = profile


def live(office: Office, segment: str) -> None:
    row = office.world.segments[OURS, SegmentId(segment)]
    office.world.segments[OURS, SegmentId(segment)] = replace(row, state="active")


def test_it_is_on_until_it_is_switched_off(office: Office) -> None:
    seen = office.manage("GET", PATH).json
    assert (seen["enabled"], seen["available"], seen["steps"], seen["content"]) == (True, True, [], None)
    assert seen["parameters"]["trigger"] == "page_view_n:2"
    assert told(office) == {}
    put(office, enabled=False)
    assert told(office)["enabled"] is False
    assert asked(office, "ann") == (False, "disabled")
    assert office.manage("GET", PATH).json["enabled"] is False


def test_what_is_set_reaches_the_pages(office: Office) -> None:
    put(office, parameters={"title": "News?", "frequency": {"lifetime": 2}, "translations": {"fr": {"later": "Non"}}})
    facts = told(office)
    assert (facts["title"], facts["frequency"]["lifetime"], facts["translations"]) == (
        "News?",
        2,
        {"fr": {"later": "Non"}},
    )
    assert "ask" not in facts
    assert office.manage("GET", "/v1/store").json["prompt"] == facts


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"parameters": {"title": ""}}, "parameters.title"),
        ({"parameters": {"frequency": {"per_day": 0}}}, "parameters.frequency.per_day"),
        ({"parameters": {"colour": "red"}}, "parameters.colour"),
        ({"content": {"title": "t", "body": "b", "url": "/"}}, "content"),
        ({"steps": [{"delay": "P1D"}]}, "steps"),
        ({"audience": {"include": ["nobody"]}}, "audience.include.0"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(office: Office, body: dict[str, Any], path: str) -> None:
    answer = office.manage("PUT", PATH, {"enabled": True, **body})
    assert (answer.status, [fault for fault, _ in answer.faults]) == (422, [path])
    assert office.manage("GET", PATH).json["revision"] == 0


def test_who_is_in_the_audience_is_shown_it(office: Office) -> None:
    segment = office.segment()
    live(office, segment)
    put(office, audience={"include": [segment]})
    assert told(office)["ask"] == "members"
    assert office.world.segments[OURS, HIDDEN].rule == {"in_segment": segment}
    belongs(office, "ann", HIDDEN)
    assert asked(office, "ann") == (True, None)
    assert asked(office, "bob") == (False, "audience")
    assert asked(office, "ann", page="https://shop.example.com/Checkout/2") == (False, "page")
    assert asked(office, "ann", page="http://[no-address/checkout") == (False, "page")
    assert asked(office, "ann", page="http://[no-address") == (True, None)
    put(office)
    assert "ask" not in told(office)
    assert office.world.segments[OURS, HIDDEN].state == "archived"
    assert asked(office, "bob") == (True, None)


def test_who_is_left_out_is_not_shown_it(office: Office) -> None:
    segment = office.segment()
    live(office, segment)
    put(office, audience={"exclude": [segment]})
    belongs(office, "ann", HIDDEN)
    assert asked(office, "ann") == (False, "audience")
    assert asked(office, "new") == (True, None)


def test_a_segment_that_the_prompt_uses_stays(office: Office) -> None:
    segment = office.segment()
    live(office, segment)
    put(office, audience={"include": [segment]})
    answer = office.manage("DELETE", f"/v1/segments/{segment}")
    assert answer.status == 409
    assert "permission_prompt" in answer.text


def test_two_who_set_it_at_once_do_not_overwrite_each_other(office: Office) -> None:
    tag = office.manage("GET", PATH).headers["etag"]
    assert office.manage("PUT", PATH, {"enabled": True}, headers={"if-match": tag}).status == 200
    assert office.manage("PUT", PATH, {"enabled": False}, headers={"if-match": tag}).status == 412


def test_a_question_without_a_visitor_is_refused(office: Office) -> None:
    answer = office.call("POST", "/v1/prompt", {"prompt": "soft"}, key=SRV)
    assert (answer.status, [path for path, _ in answer.faults]) == (422, ["visitor_id"])


def counted(office: Office, *events: tuple[str, str, dict[str, Json]]) -> None:
    """The events of visitors, as the stream tells of them, counted by tally."""
    tally = Tally(MemoryCounters(office.world))
    counts = [
        count
        for number, (visitor, kind, said) in enumerate(events, 1)
        for count in prompts(item(visitor, kind, said, number), f"{OURS}#{visitor}", str(number), lambda _: "UTC")
    ]
    tally(counts)
    tally(counts)  # a batch may come again


def item(visitor: str, kind: str, said: dict[str, Json], number: int) -> EventItem:
    event = Event(EventId(f"e{number}"), kind, VisitorId(visitor), NOON, NOON, said)
    return EventItem(OURS, VisitorId(visitor), "-", 0, (event,))


def test_the_way_from_the_prompt_to_a_subscription_is_reported(office: Office) -> None:
    short: dict[str, Json] = {"prompt": "soft", "variant": "short"}
    counted(
        office,
        ("ann", "prompt_shown", short),
        ("ann", "prompt_accepted", short),
        ("ann", "permission_granted", short),
        ("ann", "subscribed", short),
        ("bob", "prompt_shown", {"prompt": "soft"}),
        ("bob", "prompt_dismissed", {"prompt": "soft"}),
        ("eve", "prompt_shown", {"prompt": "another"}),
        ("eve", "prompt_shown", {"prompt": "no\tname"}),
        ("eve", "subscribed", {}),
    )
    report = office.manage("GET", "/v1/reports/prompt").json
    steps = ("shown", "accepted", "dismissed", "granted", "denied", "ignored", "subscribed")
    assert [report[step] for step in steps] == [2, 1, 1, 1, 0, 0, 1]
    assert (report["prompt"], report["accept_rate"], report["subscribe_rate"]) == ("soft", 0.5, 0.5)
    assert report["notes"] == {}
    assert (report["by_variant"]["short"]["shown"], report["by_variant"]["short"]["subscribed"]) == (1, 1)
    assert len(report["series"]) == 30
    assert {day["at"]: day["shown"] for day in report["series"] if day["shown"]} == {"2026-03-02": 2}
    assert office.manage("GET", "/v1/reports/prompt", query={"prompt": "another"}).json["shown"] == 1
    table = office.manage("GET", "/v1/reports/prompt", query={"format": "csv"}).text.splitlines()
    header, whole, variant, *days = (line.split(",") for line in table)
    assert (whole[:2], variant[:2], len(days)) == (["all", "soft"], ["variant", "short"], 30)
    assert [dict(zip(header, whole, strict=True))[step] for step in steps] == ["2", "1", "1", "1", "0", "0", "1"]
    assert sum(int(dict(zip(header, day, strict=True))["shown"]) for day in days) == 2


def test_the_way_is_reported_by_the_hour_too(office: Office) -> None:
    """What an earlier release counted has no hour: it is in the whole."""
    counted(office, ("ann", "prompt_shown", {"prompt": "soft"}), ("ann", "prompt_accepted", {"prompt": "soft"}))
    MemoryCounters(office.world).add(OURS, "prompt", "2026-03-02#earlier", "1", {"soft||shown": 4})
    office.clock.now += HOUR // 2
    report = office.manage("GET", "/v1/reports/prompt", query={"by": "hour"}).json
    assert (report["by"], report["since"], report["until"]) == ("hour", "2026-03-01", "2026-03-02")
    assert (report["shown"], report["accepted"], report["accept_rate"]) == (5, 1, 0.2)
    assert (report["series"][0]["at"], report["series"][-1]["at"]) == ("2026-03-01T00:00:00Z", "2026-03-02T12:00:00Z")
    assert [(one["shown"], one["accepted"]) for one in report["series"]] == [(0, 0)] * 36 + [(1, 1)]
    day = office.manage("GET", "/v1/reports/prompt", query={"by": "day", "from": "2026-03-02"}).json
    assert [(one["at"], one["shown"]) for one in day["series"]] == [("2026-03-02", 5)]


def test_the_way_to_the_home_screen_is_reported_beside_it(office: Office) -> None:
    home: dict[str, Json] = {"prompt": "soft", "home_screen": True}
    counted(office, ("ann", "prompt_shown", home), ("new", "prompt_accepted", home), ("bob", "prompt_shown", home))
    report = office.manage("GET", "/v1/reports/prompt").json
    assert (report["shown"], report["accepted"]) == (2, 0)
    assert (report["home_screen_shown"], report["home_screen_installed"]) == (2, 1)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"from": "2026-03-02", "to": "2026-03-01"}, "from"),
        ({"from": "2025-01-01", "to": "2026-03-01"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-02-16", "by": "hour"}, "from"),
        ({"by": "week"}, "by"),
    ],
)
def test_a_wrong_range_is_named(office: Office, query: dict[str, str], path: str) -> None:
    answer = office.manage("GET", "/v1/reports/prompt", query=query)
    assert (answer.status, [one for one, _ in answer.faults]) == (422, [path])


def test_an_empty_store_has_no_rates(office: Office) -> None:
    report = office.manage("GET", "/v1/reports/prompt").json
    assert (report["shown"], report["accept_rate"], report["subscribe_rate"]) == (0, None, None)
    words = "The prompt was shown to nobody in these days."
    assert report["notes"] == {"accept_rate": words, "subscribe_rate": words}
