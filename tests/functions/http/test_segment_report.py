"""What the members of a segment were worth, and what segments have in common, against counts made by hand."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.runs import MemoryCounters
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.app.tracking.items import system_item
from shopbell.domain.clock import DAY, HOUR, Instant, format_instant
from shopbell.domain.events import Event
from shopbell.domain.ids import EventId, SegmentId, VisitorId, customer, visitor_shard
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Alias, Commit
from shopbell.domain.sampling import wilson
from shopbell.runtime.http.segment_overlap_calls import OverlapCalls
from shopbell.runtime.http.segment_report_calls import SegmentReportCalls

from tests.functions.http.office import THEIR_ADMIN, Office
from tests.functions.http.world import NOON, OURS, SRV

TODAY, YESTERDAY = "2026-03-02", "2026-03-01"


def leave(office: Office, segment: str, visitor: str, at: Instant) -> None:
    name, visitors = SegmentId(segment), MemoryVisitors(office.world)
    before = visitors.load(OURS, VisitorId(visitor))
    left = {one: since for one, since in before.memberships.items() if one != name}
    after = replace(before, version=before.version + 1, memberships=left)
    after = replace(after, rules_version=MemorySegments(office.world).rules_version(OURS))
    assert visitors.commit(Commit(before, after, flips=(Flip(name, 1, "exited", at, "event:e2", "rule"),)))


def told(office: Office, visitor: str, kind: str, at: Instant, **properties: Any) -> None:
    number = sum(len(items) for items in office.world.events.values())
    event = {"id": f"e-{number}", "type": kind, "visitor_id": visitor, "occurred_at": format_instant(at)}
    if visitor.startswith("c:"):
        del event["visitor_id"]
        event["customer_id"] = visitor[2:]
    sent = {"events": [{**event, "properties": properties}]}
    said = office.call("POST", "/v1/events", sent, key=SRV).json
    assert said == {"accepted": 1, "rejected": []}, said


def bought(office: Office, visitor: str, order: str, at: Instant, total: int, currency: str = "EUR") -> None:
    items = [{"product_id": "boots", "quantity": 1, "price": total}]
    told(office, visitor, "purchase", at, order_id=order, total=total, currency=currency, items=items)


def sized(office: Office, segment: str) -> None:
    """As the streams are counted."""
    counters = MemoryCounters(office.world)
    members = office.world.members.get((OURS, SegmentId(segment)), {})
    said = {"total": len(members), "reachable": sum(row.reachable for row in members.values())}
    counters.add(OURS, f"segment:{segment}", "0", "1".zfill(40), said)
    for lines in office.world.log.values():
        for line, _ in lines:
            if line.flip.segment == segment:
                place = f"{format_instant(line.flip.at)[:10]}#{line.visitor}"
                known = counters.position(OURS, f"history:{segment}", place) or "0"
                turn = {f"{line.flip.change}|event|1|rule": 1}
                counters.add(OURS, f"history:{segment}", place, str(int(known) + 1).zfill(40), turn)


def report(office: Office, segment: str, **query: str) -> Any:
    answer = office.manage("GET", f"/v1/segments/{segment}/report", query=query)
    assert answer.status == 200, answer.text
    return answer.json


def test_a_segment_without_anybody_has_zeros(office: Office) -> None:
    found = report(office, office.segment())
    assert (found["exact"], found["members"], found["buyers"], found["orders"]) == (True, 0, 0, 0)
    assert (found["buyer_share"], found["revenue"], found["revenue_per_member"]) == (None, {}, {})
    assert (len(found["series"]), found["since"], found["until"]) == (30, "2026-02-01", TODAY)


def test_orders_count_while_who_ordered_was_a_member(office: Office) -> None:
    segment = office.active()
    for who in ("ann", "ben", "eve", "kim"):
        office.visit(who, subscribed=who == "ann")
    for who in ("ann", "ben", "eve"):
        office.enter(segment, who, NOON - 3 * DAY)
    bought(office, "ann", "o1", NOON - 2 * DAY, 1_000)
    bought(office, "ann", "o2", NOON - 4 * DAY, 7_777)  # before she came
    bought(office, "ben", "o3", NOON - DAY, 3_000)
    leave(office, segment, "ben", NOON - DAY)  # by that very order
    bought(office, "ben", "o4", NOON - HOUR, 9_999)
    bought(office, "kim", "o5", NOON - HOUR, 9_999)
    told(office, "ann", "refund", NOON - HOUR, order_id="o1", amount=400)
    bought(office, "eve", "o6", NOON - DAY, 500, "USD")
    told(office, "eve", "order_status", NOON, order_id="o6", status="cancelled")
    sized(office, segment)

    found = report(office, segment)
    assert (found["exact"], found["members"], found["looked_at"]) == (True, 3, 3)
    assert (found["buyers"], found["buyer_share"]["value"]) == (3, 1.0)
    assert (found["orders"], found["refunded_orders"]) == (3, 1)
    assert found["revenue"] == {"EUR": 3_600}
    assert found["refunded"] == {"EUR": 400, "USD": 500}
    assert found["revenue_per_member"]["EUR"] == {"value": 1_200, "low": 1_200, "high": 1_200}
    assert (found["size"]["total"], found["entered"], found["exited"]) == (2, 3, 1)
    days = {one["at"]: one for one in found["series"]}
    assert (days[YESTERDAY]["orders"], days[YESTERDAY]["revenue"]) == (2, {"EUR": 3_000})
    assert (days[YESTERDAY]["size"], days[YESTERDAY]["exited"], days[TODAY]["orders"]) == (2, 1, 0)
    assert sum(one["orders"] for one in days.values()) == found["orders"]

    one_day = report(office, segment, **{"from": TODAY, "to": TODAY})
    assert (one_day["members"], one_day["orders"], one_day["buyer_share"]["value"]) == (2, 0, 0.0)


def test_what_a_guest_ordered_is_the_customers_and_an_order_told_twice_is_one(office: Office) -> None:
    segment, anna = office.active(), customer("anna")
    for who in ("guest", anna):
        office.visit(who)
    office.enter(segment, "guest", NOON - 3 * DAY)
    bought(office, "guest", "o1", NOON - 2 * DAY, 1_000)
    bought(office, anna, "o1", NOON - 2 * DAY, 1_100)
    leave(office, segment, "guest", NOON - DAY)
    office.enter(segment, anna, NOON - DAY, cause="merge")
    bought(office, anna, "o2", NOON - HOUR, 500)
    key = (OURS, VisitorId("guest"))
    office.world.profiles[key] = replace(office.world.profiles[key], alias=Alias(anna, NOON - DAY, joined=True))
    found = report(office, segment)
    assert (found["members"], found["buyers"], found["orders"]) == (1, 1, 2)
    assert found["revenue"]["EUR"] in {1_500, 1_600}


def test_opt_outs_are_those_of_members(office: Office) -> None:
    segment = office.active()
    for who in ("ann", "ben"):
        office.visit(who)
    office.enter(segment, "ann", NOON - DAY)

    for place, who in enumerate(("ann", "ben")):
        left = Event(
            EventId(f"u{place}"), "unsubscribed", VisitorId(who), NOON, NOON, {"reason": "left"}, trusted=True
        )
        MemoryEvents(office.world).append([system_item(OURS, left)])
    assert report(office, segment)["opt_outs"] == 1


def test_of_many_some_are_looked_at_and_the_rest_is_said_by_them(office: Office) -> None:
    segment, chance = office.active(), Random(7)  # noqa: S311
    crowd = [f"v{number}" for number in range(120)]
    for who in crowd:
        office.visit(who)
        office.enter(segment, who, NOON - 2 * DAY)
    buyers = chance.sample(crowd, 60)
    for place, who in enumerate(buyers):
        bought(office, who, f"o{place}", NOON - HOUR, 1_000)
    sized(office, segment)
    calls = SegmentReportCalls.over(office.ports())
    few = replace(calls.read, people=replace(calls.read.people, people=40))
    office.managing = replace(office.managing, segment_report=replace(calls, read=few))
    office.swap()

    found = report(office, segment)
    assert (found["exact"], found["members"], found["looked_at"]) == (False, 120, 40)
    low, high = (found["buyer_share"][end] for end in ("low", "high"))
    assert low <= 0.5 <= high
    assert (low, high) == tuple(round(end, 4) for end in wilson(round(found["buyer_share"]["value"] * 40), 40))
    assert found["buyers"] == round(found["buyer_share"]["value"] * 120)
    per = found["revenue_per_member"]["EUR"]
    assert per["low"] < per["value"] < per["high"]
    assert found["notes"]["exact"].startswith("Orders, money, buyers and opt-outs as 40 of about 120")


@pytest.mark.parametrize(
    ("query", "path"),
    [({"by": "hour"}, "by"), ({"from": "2026-03-03"}, "from"), ({"from": "2024-01-01"}, "from"), ({"to": "x"}, "to")],
    ids=["by the hour", "back to front", "too long", "no date"],
)
def test_what_cannot_be_told_is_refused_by_its_path(office: Office, query: dict[str, str], path: str) -> None:
    answer = office.manage("GET", f"/v1/segments/{office.segment()}/report", query=query)
    assert answer.status == 422
    assert [one["path"] for one in answer.json["errors"]] == [path]


def test_as_a_table_it_says_the_same(office: Office) -> None:
    segment = office.active()
    office.visit("ann")
    office.enter(segment, "ann", NOON - DAY)
    bought(office, "ann", "o1", NOON - HOUR, 1_000)
    answer = office.manage("GET", f"/v1/segments/{segment}/report", query={"format": "csv", "from": TODAY})
    header, whole, day = (line.split(",") for line in answer.text.strip().splitlines())
    assert (whole[:2], day[:2]) == (["all", ""], ["at", TODAY])
    said = dict(zip(header, whole, strict=True))
    assert (said["members"], said["orders"], said["revenue:EUR"]) == ("1", "1", "1000")
    assert float(said["revenue_per_member:EUR"]) == 1_000


# overlap


def overlap(office: Office, *segments: str, **query: str) -> Any:
    return office.manage("GET", "/v1/reports/segment-overlap", query={"segments": ",".join(segments), **query})


def three(office: Office, chance: Random, people: int) -> dict[str, set[str]]:
    lists: dict[str, set[str]] = {}
    for place in range(3):
        segment = office.active(name=f"S{place}", rule={"event": f"custom_{place}"})
        lists[segment] = {f"v{number}" for number in range(people) if chance.random() < 0.5}
    for number in range(people):
        office.visit(f"v{number}")
        for segment, members in lists.items():
            if f"v{number}" in members:
                office.enter(segment, f"v{number}", NOON - DAY)
    for segment in lists:
        sized(office, segment)
    return lists


def test_every_choice_of_segments_is_counted_exactly(office: Office) -> None:
    lists = three(office, Random(3), 40)  # noqa: S311
    found = overlap(office, *lists).json
    assert (found["exact"], len(found["common"]), len(found["pairs"])) == (True, 7, 3)
    assert [one["size"] for one in found["segments"]] == [len(members) for members in lists.values()]
    assert found["looked_at"] == len(set().union(*lists.values()))
    for one in found["common"]:
        inside = set.intersection(*(lists[name] for name in one["segments"]))
        others = set().union(*(lists[name] for name in lists if name not in one["segments"]))
        assert (one["members"], one["low"], one["high"]) == (len(inside),) * 3
        assert one["only"] == len(inside - others)
    for pair in found["pairs"]:
        one, other = (lists[name] for name in pair["segments"])
        assert pair["jaccard"] == round(len(one & other) / len(one | other), 4)


def test_of_many_some_shards_are_read_and_the_interval_is_said(office: Office) -> None:
    office.world.stores[OURS] = replace(office.world.stores[OURS], shards=64)
    lists = three(office, Random(5), 300)  # noqa: S311
    calls = SegmentReportCalls.over(office.ports())
    few = replace(calls.overlap.read, rows=200)
    office.managing = replace(office.managing, segment_report=replace(calls, overlap=OverlapCalls(few)))
    office.swap()

    found = overlap(office, *lists).json
    shards = 64 * 200 // sum(len(members) for members in lists.values())
    there = {who for who in set().union(*lists.values()) if visitor_shard(OURS, VisitorId(who), 64) < shards}
    assert (found["exact"], found["looked_at"]) == (False, len(there))
    for one in found["common"]:
        truth = len(set.intersection(*(lists[name] for name in one["segments"])))
        assert one["low"] <= truth <= one["high"], one
        assert one["low"] <= one["members"] <= one["high"]
    assert found["notes"]["members"].endswith("of the visitors.")


@pytest.mark.parametrize("count", [0, 1, 6])
def test_fewer_than_two_and_more_than_five_are_refused(office: Office, count: int) -> None:
    names = [office.segment(name=f"S{place}", rule={"event": f"custom_{place}"}) for place in range(count)]
    answer = overlap(office, *names)
    assert (answer.status, answer.json["errors"][0]["path"]) == (422, "segments")


def test_segments_of_another_store_are_not_there(office: Office) -> None:
    names = [office.segment(name=f"S{place}", rule={"event": f"custom_{place}"}) for place in range(2)]
    query = {"segments": ",".join(names)}
    assert office.manage("GET", "/v1/reports/segment-overlap", query=query, key=THEIR_ADMIN).status == 404
    assert office.manage("GET", f"/v1/segments/{names[0]}/report", key=THEIR_ADMIN).status == 404


def test_nobody_in_two_segments_is_like_nothing(office: Office) -> None:
    names = [office.segment(name=f"S{place}", rule={"event": f"custom_{place}"}) for place in range(2)]
    assert overlap(office, *names).json["pairs"][0]["jaccard"] is None
    lines = overlap(office, *names, format="csv").text.splitlines()
    assert lines[0] == "part,segments,members,low,high,only,jaccard"
    assert len(lines) == 5
