"""Segments and the people in them: made, read, edited, put away."""

from typing import Any

from shopbell.adapters.memory.runs import MemoryCounters
from shopbell.domain.clock import HOUR, MINUTE

from tests.functions.http.crowds import fold
from tests.functions.http.story.opening import ANNA, BEN, SITE
from tests.functions.http.story.teller import OTHER, Teller
from tests.functions.http.world import OURS

VIEWED: dict[str, Any] = {
    "event": "product_view",
    "where": [{"field": "product.category", "op": "under", "value": "Outdoor"}],
    "window": {"last": "P7D"},
}
UNDECIDED: dict[str, Any] = {"and": [VIEWED, {"not": {"event": "purchase", "window": {"last": "P30D"}}}]}
WRONG: dict[str, Any] = {"and": [VIEWED, {"event": "purchase", "op": "at_least", "value": 2}]}


def segments(teller: Teller) -> str:
    """The id of an active one, which everybody who comes later is weighed for."""
    made: str = teller.tell("createSegment", {"name": "Undecided", "rule": UNDECIDED, "tags": ["outdoor"]})["id"]
    teller.tell("createSegment", {"name": "Loyal", "rule": WRONG}, status=422)
    teller.tell("activateSegment", segment_id=made)
    teller.tell("editSegment", {"description": "Looked at outdoor goods, bought nothing"}, segment_id=made)
    teller.tell("editSegment", {"rule": WRONG}, segment_id=made, status=422)
    teller.tell("suggestSegments")
    return made


def visits(teller: Teller) -> None:
    def viewed(number: int, visitor: str, product: str) -> dict[str, Any]:
        properties = {"product_id": product, "price": 11_900, "seconds": 40}
        return {"id": f"e-{number}", "type": "product_view", "visitor_id": visitor, "properties": properties}

    teller.tell("sendEvents", {"events": [viewed(1, ANNA, "boot-7")]}, says="From a page")
    teller.office.clock.now += MINUTE
    order = {
        "order_id": "o-5001",
        "total": 11_900,
        "currency": "EUR",
        "items": [{"product_id": "boot-7", "quantity": 1, "price": 11_900}],
    }
    bought = {"id": "e-3", "type": "purchase", "customer_id": "1001", "properties": order}
    sent = {"events": [bought, {"id": "e-4", "type": "order_status", "customer_id": "1001", "properties": {}}]}
    teller.tell("sendEvents", sent, key=teller.server, says="From the shop's server, with one that is wrong")
    teller.tell("sendEvents", {"events": "e-1"}, status=422)
    teller.office.call("POST", "/v1/events", {"events": [viewed(5, BEN, "lamp-2")]}, key=teller.server)
    teller.tell("listRecentEvents", key=teller.server)
    traits = {"country": "DE", "city": "Ulm", "birthday": "1990-05-17", "custom": {"first_name": "Anna"}}
    teller.tell("changeTraits", {"traits": traits}, visitor_id=ANNA)
    teller.tell("changeTraits", {"traits": {"country": "Germany"}}, visitor_id=ANNA, status=422)
    gold = {"customer_id": "1001", "traits": {"custom": {"tier": "gold"}}}
    teller.tell("changeVisitors", {"visitors": [gold, {"visitor_id": BEN, "traits": {"language": "de"}}, gold]})
    teller.tell("changeVisitors", {"visitors": {}}, status=422)
    teller.tell("askPrompt", {"visitor_id": BEN, "prompt": "soft", "page": f"{SITE}/p/lamp-2"})
    teller.tell("askPrompt", {"page": f"{SITE}/"}, status=422)
    teller.tell("getConfig")
    fold(teller.office)


def tallied(teller: Teller, segment: str) -> None:
    """What the streams of members and visitors are counted to."""
    counters = MemoryCounters(teller.office.world)
    counters.add(OURS, f"segment:{segment}", "000", "1".zfill(40), {"total": 2, "reachable": 2})
    counters.add(OURS, f"history:{segment}", "2026-03-02#000", "1".zfill(40), {"entered|event|1|and.0": 2})


def members(teller: Teller, segment: str) -> None:
    teller.office.clock.now += MINUTE
    teller.tell("listSegments", query={"state": "active", "sort": "name"})
    teller.tell("listSegments", query={"state": "live"}, status=422)
    teller.tell("getSegment", segment_id=segment)
    teller.tell("previewSegment", {"rule": UNDECIDED})
    teller.tell("previewSegment", {"rule": WRONG}, status=422)
    teller.tell("weighEdit", {"rule": VIEWED}, segment_id=segment)
    teller.tell("weighEdit", {"rule": WRONG}, segment_id=segment, status=422)
    teller.tell("listMembers", query={"why": "true"}, segment_id=segment)
    teller.tell("listMembers", query={"format": "csv"}, segment_id=segment, status=202, says="All of them, as a file")
    teller.tell("listMembers", query={"limit": "500"}, segment_id=segment, status=422)
    teller.tell("listLog", segment_id=segment)
    teller.tell("listLog", query={"kind": "moods"}, segment_id=segment, status=422)
    teller.tell("getHistory", query={"from": "2026-03-01", "to": "2026-03-02"}, segment_id=segment)
    teller.tell("getHistory", query={"from": "yesterday"}, segment_id=segment, status=422)
    days = {"from": "2026-03-02", "to": "2026-03-02"}
    teller.tell("getSegmentReport", query=days, segment_id=segment)
    teller.tell("getSegmentReport", query={**days, "format": "csv"}, segment_id=segment, says="As a table")
    teller.tell("getSegmentReport", query={"by": "hour"}, segment_id=segment, status=422)
    other = teller.office.active(name="Looked around", rule=VIEWED)
    both = {"segments": f"{segment},{other}"}
    teller.tell("getSegmentOverlap", query=both)
    teller.tell("getSegmentOverlap", query={**both, "format": "csv"}, says="As a table")
    teller.tell("getSegmentOverlap", query={"segments": segment}, status=422)
    for method, path in (("POST", "/pause"), ("DELETE", "")):
        teller.office.manage(method, f"/v1/segments/{other}{path}")
    teller.tell("listVersions", segment_id=segment)
    teller.tell("listVersions", query={"limit": "0"}, segment_id=segment, status=422)


def used(teller: Teller, segment: str) -> None:
    """After a campaign was written for it."""
    teller.tell("getUsage", segment_id=segment)
    teller.tell("getUsage", query={"cursor": OTHER}, segment_id=segment, status=422)
    teller.tell("archiveSegment", segment_id=segment, status=409, says="Something uses it")


def put_away(teller: Teller, segment: str) -> None:
    teller.tell("pauseSegment", segment_id=segment)
    teller.tell("editSegment", {"rule": VIEWED}, segment_id=segment, says="Another rule")
    teller.tell("restoreVersion", {"version": 1}, segment_id=segment)
    teller.tell("restoreVersion", {"version": 70}, segment_id=segment, status=422)
    spare = teller.office.segment(name="Spare")
    teller.tags[f"/v1/segments/{spare}"] = '"1"'
    teller.tell("archiveSegment", segment_id=spare)


def lists(teller: Teller) -> None:
    teller.tell("createList", {"id": "vip", "name": "VIP", "description": "Invited to the club"})
    teller.tell("createList", {"id": "VIP list", "name": "VIP"}, status=422)
    teller.tell("createList", {"id": "vip", "name": "Another"}, status=409)
    teller.tell("putListMembers", {"visitor_ids": [ANNA, BEN]}, list_id="vip")
    many = {"visitor_ids": [f"v-{each:012}" for each in range(2_001)]}
    answer = teller.tell("putListMembers", many, list_id="vip", status=202, says="More than 2,000: a job")
    teller.shorten("putListMembers", "visitor_ids", 2)
    teller.tell("putListMembers", {"visitor_ids": "everybody"}, list_id="vip", status=422)
    teller.tell("getJob", job_id=answer["job_id"])
    teller.tell("cancelJob", job_id=answer["job_id"])
    teller.tell("getList", list_id="vip")
    teller.tell("listLists")
    teller.tell("listLists", query={"cursor": OTHER}, status=422)
    invited = teller.office.active(name="Invited", rule={"list": "vip"})
    teller.tell("deleteList", list_id="vip", status=409, says="A segment asks for it")
    for method, path in (("POST", "/pause"), ("DELETE", "")):
        teller.office.manage(method, f"/v1/segments/{invited}{path}")
    teller.tell("deleteList", list_id="vip")


def visitors(teller: Teller, campaign: str) -> None:
    teller.office.clock.now += HOUR
    teller.tell("getVisitor", visitor_id=ANNA)
    teller.tell("listTimeline", visitor_id=BEN, query={"limit": "2"})
    teller.tell("listTimeline", visitor_id=BEN, query={"kind": "moods"}, status=422)
    teller.tell("listVisitorLog", visitor_id=BEN)
    teller.tell("listVisitorLog", visitor_id=BEN, query={"limit": "0"}, status=422)
    teller.tell("explainVisitor", visitor_id=ANNA, query={"campaign": campaign})
    teller.tell("explainVisitor", visitor_id=ANNA, status=422)
    content = {"title": "Hi {{ visitor.custom.first_name }}", "body": "News from {{ store.name }}", "url": "/new"}
    teller.tell("renderMessage", {"content": content}, visitor_id=ANNA)
    teller.tell(
        "renderMessage", {"content": {"title": "{{ visitor", "body": "b", "url": "/"}}, visitor_id=ANNA, status=422
    )
    teller.tell("suppressVisitor", {"suppressed": True, "reason": "asked by telephone"}, visitor_id=BEN)
    teller.tell("suppressVisitor", {"suppressed": "yes"}, visitor_id=BEN, status=422)
    teller.tell("unsuppressVisitor", visitor_id=BEN)
    teller.tell("exportVisitor", visitor_id=ANNA)
    job = teller.tell("eraseVisitor", visitor_id=BEN)["job_id"]
    teller.tell("cancelJob", job_id=job, status=409, says="An erasure cannot be called off")
