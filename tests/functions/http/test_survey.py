"""Rules that are not saved yet over HTTP: how many, who, who only just not, and what the data itself suggests."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.domain.clock import DAY, HOUR, Instant, format_instant
from shopbell.domain.events import EVENT_TTL, Event, EventItem, Json, ProductFacts
from shopbell.domain.ids import EventId, ProductId, SegmentId, StoreId, VisitorId
from shopbell.domain.profile import Profile, Trait
from shopbell.domain.segments.features import compile_rules
from shopbell.domain.segments.settle import settle

from tests.functions.http.office import BUYERS, VIEWER, Office
from tests.functions.http.world import NOON, OURS, PUB, THEIRS

VIEWED: dict[str, Any] = {"event": "product_view"}
BOOTS = ProductFacts(("Outdoor/Boots",), "Peak", 9_900, True)
HATS = ProductFacts(("Fashion/Hats",), "Brim", 1_900, True)


def did(
    office: Office,
    visitor: str,
    kind: str,
    at: Instant = NOON - HOUR,
    store: StoreId = OURS,
    facts: ProductFacts | None = None,
    **properties: Json,
) -> None:
    """One event in the log, not folded yet."""
    who, number = VisitorId(visitor), len(office.world.events.get((store, VisitorId(visitor)), {}))
    product = ProductId("p1")
    about: dict[str, Json] = {"product_id": product} if kind == "product_view" else {}
    if kind == "purchase":
        about = {"order_id": f"{visitor}-{number}", "items": [{"product_id": product}]}
    event = Event(
        EventId(f"{visitor}-{number}"),
        kind,
        who,
        at,
        NOON,
        {**about, **properties},
        products={product: facts} if facts else {},
    )
    MemoryEvents(office.world).append([EventItem(store, who, f"{number}", 0, (event,))])


def fold(office: Office, store: StoreId = OURS) -> None:
    """Everybody brought up to their log and the live rules, as evaluating and building leave them."""
    rules, visitors = compile_rules(MemorySegments(office.world).rules(store)), MemoryVisitors(office.world)
    for owner, who in list(office.world.events):
        if owner == store:
            log = [event for item in MemoryEvents(office.world).of(store, who) for event in item.events]
            settled = settle(visitors.load(store, who), log, rules, office.clock.now)
            assert settled.commit is None or visitors.commit(settled.commit)


def preview(office: Office, rule: Any) -> Any:
    answer = office.manage("POST", "/v1/segments/preview", {"rule": rule}, key=VIEWER)
    assert answer.status == 200, answer.text
    return answer.json


def ids(rows: Any) -> set[str]:
    return {row["visitor_id"] for row in rows}


@pytest.fixture
def crowd(office: Office) -> Office:
    """Ann bought boots that she viewed; Ben viewed boots; Cem bought a hat; Dee only searched."""
    did(office, "ann", "product_view", facts=BOOTS)
    did(office, "ann", "purchase", facts=BOOTS)
    did(office, "ben", "product_view", NOON - 2 * DAY, facts=BOOTS)
    did(office, "cem", "purchase", NOON - 20 * DAY, facts=HATS)
    did(office, "dee", "search")
    did(office, "eve", "purchase", store=THEIRS)
    fold(office)
    return office


def test_a_small_store_is_counted_exactly_and_shows_whom(crowd: Office) -> None:
    found = preview(crowd, BUYERS)

    assert (found["estimate"], found["low"], found["high"], found["exact"]) == (2, 2, 2, True)
    assert ids(found["sample"]) == {"ann", "cem"}
    assert found["visitors"] == {"estimate": 4, "low": 4, "high": 4, "exact": True}
    assert found["sampled"] == 4
    assert found["sentence"] == "Visitors who made a purchase."


def test_a_near_miss_names_the_one_leaf_that_keeps_the_visitor_out(crowd: Office) -> None:
    found = preview(crowd, {"and": [VIEWED, BUYERS]})

    assert ids(found["sample"]) == {"ann"}
    misses = {row["visitor_id"]: (row["failing"], row["sentence"]) for row in found["near_misses"]}
    assert misses == {
        "ben": ("and.1", "Visitors who made a purchase."),
        "cem": ("and.0", "Visitors who viewed a product."),
    }


def test_a_leaf_below_a_not_is_told_as_the_rule_wants_it(crowd: Office) -> None:
    found = preview(crowd, {"and": [VIEWED, {"not": BUYERS}]})

    misses = {row["visitor_id"]: (row["failing"], row["sentence"]) for row in found["near_misses"]}
    assert misses["ann"] == ("and.1.not", "Visitors who did not make a purchase.")


def test_where_several_leaves_would_do_nobody_is_a_near_miss(crowd: Office) -> None:
    found = preview(crowd, {"or": [{"event": "wishlist_add"}, {"event": "cart_add"}]})

    assert (found["estimate"], found["near_misses"]) == (0, [])


RULES: tuple[Any, ...] = (
    BUYERS,
    {"event": "purchase", "where": [{"field": "product.category", "op": "under", "value": "Outdoor"}]},
    {"event": "product_view", "where": [{"field": "product.brand", "op": "eq", "value": "Peak"}]},
    {"event": "product_view", "window": {"last": "P1D"}},
    {"last": "purchase", "ago": {"op": "gte", "value": "P7D"}},
    {"and": [{"not": {"event": "purchase", "window": {"last": "P7D"}}}, {"not": {"event": "search"}}]},
)


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("live", [False, True], ids=["from the log", "from the profile"])
def test_the_preview_says_who_would_be_in_once_it_is_built(crowd: Office, rule: Any, live: bool) -> None:
    if live:
        crowd.active(rule=rule, name="other")
        fold(crowd)
    found = preview(crowd, rule)

    segment = crowd.active(rule=rule)
    fold(crowd)
    members = {who for (_, who), row in crowd.world.profiles.items() if SegmentId(segment) in row.memberships}
    assert ids(found["sample"]) == members
    assert found["estimate"] == len(members)


def test_a_profile_that_live_rules_did_not_fold_yet_is_asked_by_its_log(crowd: Office) -> None:
    rule = {"event": "search"}
    crowd.active(rule=rule)  # the build has not touched anybody

    assert ids(preview(crowd, rule)["sample"]) == {"dee"}


def test_a_preview_changes_nothing(crowd: Office) -> None:
    before = (dict(crowd.world.profiles), dict(crowd.world.segments), dict(crowd.world.rules), dict(crowd.world.log))

    preview(crowd, {"and": [BUYERS, {"event": "search"}]})

    assert before == (crowd.world.profiles, crowd.world.segments, crowd.world.rules, crowd.world.log)


def test_a_sample_member_shows_when_time_alone_takes_them_out_again(crowd: Office) -> None:
    (ben,) = preview(crowd, {"and": [{"event": "product_view", "window": {"last": "P3D"}}, {"not": BUYERS}]})[
        "sample"
    ]

    assert ben["expires_at"] == format_instant(NOON + DAY)
    assert ben["entered_at"] == format_instant(NOON)
    assert [row["expires_at"] for row in preview(crowd, BUYERS)["sample"]] == [None, None]


def test_a_draft_that_the_rule_names_counts_by_its_rule(crowd: Office) -> None:
    draft = crowd.segment(rule=BUYERS)

    assert ids(preview(crowd, {"and": [{"in_segment": draft}, VIEWED]})["sample"]) == {"ann"}


@pytest.mark.parametrize("path", ["/v1/segments/preview", "/v1/segments/SEGMENT/impact"])
def test_what_is_wrong_with_the_rule_is_named_below_rule(office: Office, path: str) -> None:
    path = path.replace("SEGMENT", office.segment())

    bad = office.manage("POST", path, {"rule": {"and": [BUYERS, {"event": "search", "op": "hm"}]}})
    foreign = office.manage("POST", path, {"rule": {"in_segment": "seg-x"}})
    nothing = office.manage("POST", path, {})

    assert [path for path, _ in bad.faults] == ["rule.and.1.op"]
    assert foreign.faults == [("rule.in_segment", "is no segment of this store")]
    assert nothing.faults == [("rule", "is required")]


def test_a_browser_key_may_not_ask(office: Office) -> None:
    assert office.manage("POST", "/v1/segments/preview", {"rule": BUYERS}, key=PUB).status == 403
    assert office.manage("GET", "/v1/segments/suggestions", key=PUB).status == 403


def people(office: Office, count: int) -> Iterator[bool]:
    """Visitors of whom every seventh comes from Turkey; whether each of them does."""
    for number in range(count):
        who, turk = VisitorId(f"v{number}"), number % 7 == 0
        country = {"country": Trait(NOON, "r", "TR" if turk else "DE")}
        office.world.profiles[OURS, who] = Profile(OURS, who, version=1, traits=country)
        yield turk


@pytest.mark.parametrize("shards", [1, 64], ids=["one shard", "64 shards"])
def test_a_large_store_is_estimated_from_384_visitors(office: Office, shards: int) -> None:
    office.world.stores[OURS] = replace(office.world.stores[OURS], shards=shards)
    truth = sum(people(office, 5_000))

    found = preview(office, {"trait": "country", "op": "eq", "value": "TR"})

    assert found["sampled"] == 384
    assert found["low"] <= truth <= found["high"]
    assert found["low"] < found["estimate"] < found["high"] < 2 * truth
    assert found["visitors"]["low"] <= 5_000 <= found["visitors"]["high"]
    assert len(found["sample"]) == len(found["near_misses"]) == 20
    assert found == preview(office, {"trait": "country", "op": "eq", "value": "TR"})


def test_the_size_of_a_store_with_few_thousand_visitors_is_exact(office: Office) -> None:
    list(people(office, 1_500))

    found = preview(office, {"trait": "country", "op": "exists"})

    assert found["visitors"] == {"estimate": 1_500, "low": 1_500, "high": 1_500, "exact": True}
    assert (found["sampled"], found["estimate"], found["high"]) == (384, 1_500, 1_500)


def test_how_far_the_log_reaches_is_said_when_the_rule_asks_for_more(crowd: Office) -> None:
    crowd.clock.now = NOON + 2 * EVENT_TTL

    assert preview(crowd, {"event": "search"})["history_from"] == format_instant(NOON + EVENT_TTL)
    assert preview(crowd, {"event": "search", "window": {"last": "P30D"}})["history_from"] is None
    assert preview(crowd, BUYERS)["history_from"] is None


def test_an_edit_shows_who_would_come_and_who_would_go(crowd: Office) -> None:
    segment = crowd.active(rule=BUYERS)
    fold(crowd)

    answer = crowd.manage("POST", f"/v1/segments/{segment}/impact", {"rule": VIEWED}, key=VIEWER)

    found = answer.json
    assert answer.status == 200
    assert (ids(found["entering"]["sample"]), ids(found["leaving"]["sample"])) == ({"ben"}, {"cem"})
    assert (found["entering"]["estimate"], found["leaving"]["estimate"]) == (1, 1)
    assert (found["before"]["estimate"], found["after"]["estimate"]) == (2, 2)
    assert found["sentence"] == "Visitors who viewed a product."
    assert crowd.manage("GET", f"/v1/segments/{segment}").json["rule"] == BUYERS


def test_an_edit_that_says_the_same_changes_nobody(crowd: Office) -> None:
    segment = crowd.segment(rule=BUYERS)

    found = crowd.manage("POST", f"/v1/segments/{segment}/impact", {"rule": BUYERS}).json

    assert (found["entering"]["estimate"], found["leaving"]["estimate"], found["after"]["estimate"]) == (0, 0, 2)


def test_an_edit_that_could_not_be_saved_is_not_weighed(crowd: Office) -> None:
    inner = crowd.segment(rule=BUYERS)
    outer = crowd.segment(rule={"in_segment": inner})
    gone = crowd.segment()
    crowd.manage("DELETE", f"/v1/segments/{gone}")

    circle = crowd.manage("POST", f"/v1/segments/{inner}/impact", {"rule": {"in_segment": outer}})

    assert circle.status == 422
    assert "→" in circle.text
    assert crowd.manage("POST", "/v1/segments/none/impact", {"rule": BUYERS}).status == 404
    assert crowd.manage("POST", f"/v1/segments/{gone}/impact", {"rule": BUYERS}).status == 409


def suggested(office: Office) -> Any:
    answer = office.manage("GET", "/v1/segments/suggestions", key=VIEWER)
    assert answer.status == 200, answer.text
    return answer.json


def test_an_empty_store_is_told_why_nothing_is_suggested(office: Office) -> None:
    found = suggested(office)

    assert found["items"] == []
    assert "Nobody has visited" in found["why"]


def test_suggestions_come_from_what_the_visitors_of_this_store_did(crowd: Office) -> None:
    found = suggested(crowd)

    sizes = {row["sentence"]: row["size"]["estimate"] for row in found["items"]}
    assert 0 < len(sizes) == len(found["items"]) <= 10
    assert found["why"] is None
    assert all(0 < size < 4 for size in sizes.values())
    first = found["items"][0]
    assert first["rule"]["and"][0]["where"] == [
        {"field": "product.category", "op": "under", "value": "Outdoor/Boots"}
    ]
    assert ids(first["size"]["sample"]) == {"ben"}


def test_what_a_segment_says_already_is_not_suggested(crowd: Office) -> None:
    first = suggested(crowd)["items"][0]["rule"]
    segment = crowd.active(rule=first)

    assert first not in [row["rule"] for row in suggested(crowd)["items"]]
    crowd.manage("POST", f"/v1/segments/{segment}/pause")
    assert crowd.manage("DELETE", f"/v1/segments/{segment}").status == 204
    assert first in [row["rule"] for row in suggested(crowd)["items"]]


def test_every_suggestion_is_a_rule_that_can_be_saved_as_it_is(crowd: Office) -> None:
    for row in suggested(crowd)["items"]:
        made = crowd.manage("POST", "/v1/segments", {"rule": row["rule"]})
        assert (made.status, made.json["sentence"]) == (201, row["sentence"])
        assert preview(crowd, row["rule"])["estimate"] == row["size"]["estimate"]
