"""Who is in no sample still counts: nobody goes past the threshold by being few among many."""

from collections.abc import Sequence
from typing import Any

import pytest
from shopbell.adapters.memory.runs import MemoryCounters
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.domain.ids import SegmentId, VisitorId, visitor_hash

from tests.functions.http.office import MARKETER, VIEWER, Office
from tests.functions.http.test_campaign_agreeing import plan
from tests.functions.http.test_campaign_sizes import built
from tests.functions.http.world import OURS, Answered

SWEDES: dict[str, Any] = {"trait": "country", "op": "eq", "value": "SE"}


def unseen(people: int) -> list[str]:
    """Visitors of a store of so many, those whom no sample takes first."""
    names = [f"v{number}" for number in range(people)]
    return sorted(names, key=lambda name: visitor_hash(OURS, VisitorId(name)), reverse=True)


def store_of(office: Office, people: int, *, swedes: Sequence[str] = (), approval: str = "second_person") -> None:
    for name in unseen(people):
        if name in swedes:
            office.visit(name, subscribed=True, country="SE")
        else:
            office.visit(name, subscribed=True)
    body = {"approve_over": 10, "approval": approval}
    assert office.manage("PATCH", "/v1/store", body).status == 200


def members(office: Office, names: Sequence[str]) -> str:
    """A segment, counted as the stream counts it."""
    before = set(office.world.profiles)
    segment = office.active(rule={"event": "search"})
    built(office, segment)
    fill(office, segment, names)
    office.clock.now += 120_000
    assert set(office.world.profiles) == before
    return segment


def fill(office: Office, segment: str, names: Sequence[str]) -> None:
    for name in names:
        office.enter(segment, name)
    counted = {"total": len(names), "reachable": len(names)}
    MemoryCounters(office.world).add(OURS, f"segment:{segment}", "000", "1".zfill(40), counted)


def send(office: Office, name: str, expected: int | None = None, key: str = MARKETER) -> Answered:
    body = None if expected is None else {"expected_audience": expected}
    return office.manage("POST", f"/v1/campaigns/{name}/send", body, key=key)


@pytest.mark.parametrize("kind", ["union", "exclusion", "rule"])
def test_more_than_the_threshold_wait_however_few_they_are_among_many(office: Office, kind: str) -> None:
    names = unseen(1_000)
    store_of(office, 1_000, swedes=names[:15])
    if kind == "union":
        audience: dict[str, Any] = {"include": [members(office, names[:8]), members(office, names[7:15])]}
    elif kind == "exclusion":
        audience = {"include": [members(office, names[:20])], "exclude": [members(office, names[15:20])]}
    else:
        audience = {"rule": SWEDES}
    name = office.campaign(audience=audience)

    silent = send(office, name)
    assert (silent.status, "It would reach 15 people" in silent.json["detail"]) == (409, True)
    assert send(office, name, 20).status == 409
    asked = send(office, name, 15)

    assert (asked.status, asked.json["status"]) == (202, "draft")
    assert (asked.json["approval"]["recipients"], asked.json["approval"]["at_most"]) == (15, None)
    assert office.plan.take() == []


@pytest.mark.parametrize("kind", ["union", "exclusion", "rule"])
def test_a_small_campaign_of_a_large_store_asks_nobody(office: Office, kind: str) -> None:
    names = unseen(1_000)
    store_of(office, 1_000, swedes=names[:5])
    if kind == "union":
        audience: dict[str, Any] = {"include": [members(office, names[:4]), members(office, names[3:6])]}
    elif kind == "exclusion":
        audience = {"include": [members(office, names[:12])], "exclude": [members(office, names[6:20])]}
    else:
        audience = {"rule": SWEDES}
    assert send(office, office.campaign(audience=audience)).json["status"] == "sending"


def test_what_a_sample_leaves_open_says_both_ends(office: Office) -> None:
    store_of(office, 4_000, swedes=[name for place, name in enumerate(unseen(4_000)) if place % 400 == 0])
    name = office.campaign(audience={"rule": SWEDES})
    silent = send(office, name)
    assert silent.status == 409
    told = silent.json["detail"]
    assert "about " in told
    assert "as a sample says" in told
    asked = send(office, name, 10).json["approval"]
    assert asked["recipients"] < asked["at_most"]
    assert f"or up to {asked['at_most']}" in asked["message"]
    agreed = office.manage("POST", f"/v1/campaigns/{name}/approve")
    assert (agreed.status, agreed.json["status"]) == (202, "sending")


def test_a_rule_that_the_sample_missed_is_counted_once_it_is_built(office: Office) -> None:
    names = unseen(3_000)
    store_of(office, 3_000, swedes=names[:12])
    name = office.campaign(audience={"rule": SWEDES})
    assert send(office, name).json["status"] == "sending", "fewer than eleven, as far as a sample can tell"
    hidden = f"campaign-{name}-2"
    fill(office, hidden, names[:12])
    row = MemorySegments(office.world).get(OURS, SegmentId(hidden))
    assert row is not None
    built(office, hidden)
    (message,) = office.plan.messages

    assert plan(office) == [{"approval_asked": 1}]

    shown = office.manage("GET", f"/v1/campaigns/{name}", key=VIEWER).json
    assert (shown["status"], shown["approval"]["recipients"], shown["approval"]["at_most"]) == ("sending", 12, None)
    assert "12 people" in shown["approval"]["message"]
    office.plan.send([message])
    assert plan(office) == [{"approval_awaited": 1}], "the message came twice"
    path = f"/v1/campaigns/{name}/approve"
    assert office.manage("POST", path, key=MARKETER).status == 403, "who sent it"
    assert office.manage("POST", path).status == 202
    assert plan(office) == [{"runs_planned": 1}]


def test_a_small_segment_of_a_large_store_is_foretold_as_it_is(office: Office) -> None:
    names = unseen(1_000)
    store_of(office, 1_000)
    segment = members(office, names[:12])
    answer = office.manage(
        "POST",
        f"/v1/campaigns/{office.campaign(audience={'include': [segment]}, delivery={'per_minute': 2})}/estimate",
    )
    found = answer.json
    told = ("audience", "low", "high", "reachable", "reachable_low", "reachable_high")
    assert {found[one] for one in told} == {12}
    assert (found["by_service"], found["seconds"]) == ({"mozilla": 12}, 360)
    assert found["by_time_zone"] == {"UTC": {"estimate": 12, "low": 12, "high": 12}}


@pytest.mark.parametrize("sampled", [31, 20])
def test_what_a_sample_says_beside_its_bounds_is_not_exact(office: Office, sampled: int) -> None:
    """Of 31 in two segments, most of whom the sample takes, one is excluded."""
    last = unseen(1_000)
    both = [*last[-sampled:], *last[: 31 - sampled]]
    sides = {"a": both[:16], "b": both[16:], "c": both[-1:]}
    for name in last:
        traits: dict[str, Any] = {f"custom__{side}": "y" for side, names in sides.items() if name in names}
        office.visit(name, subscribed=True, **traits)
    segments = {}
    for side, names in sides.items():
        segments[side] = office.active(rule={"trait": f"custom.{side}", "op": "eq", "value": "y"})
        built(office, segments[side])
        fill(office, segments[side], names)
    office.clock.now += 120_000
    rule = {"or": [{"in_segment": segments[side]} for side in "ab"]}
    name = office.campaign(audience={"rule": rule, "exclude": [segments["c"]]})
    found = office.manage("POST", f"/v1/campaigns/{name}/estimate").json
    assert found["low"] <= 30 <= found["high"]
    assert found["reachable_low"] <= 30 <= found["reachable_high"] <= 31


def test_what_takes_too_long_is_refused_though_no_sample_meets_it(office: Office) -> None:
    names = unseen(1_000)
    store_of(office, 1_000, approval="none")
    segments = [members(office, names[:4]), members(office, names[4:8])]
    slow = office.campaign(audience={"include": segments}, delivery={"ttl": "PT1M", "per_minute": 1})
    assert send(office, slow).status == 202
    crowd = members(office, names[:90])
    slow = office.campaign(audience={"include": [crowd, *segments]}, delivery={"ttl": "PT1M", "per_minute": 1})
    refused = send(office, slow, 90)
    assert (refused.status, refused.json["errors"][0]["path"]) == (422, "delivery.ttl")
