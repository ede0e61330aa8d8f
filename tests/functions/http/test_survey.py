"""Rules that are not saved yet over HTTP: how many they would hold, whom, and who only just not."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from shopbell.domain.clock import DAY, format_instant
from shopbell.domain.events import EVENT_TTL
from shopbell.domain.ids import SegmentId, VisitorId
from shopbell.domain.profile import Profile, Trait

from tests.functions.http.crowds import VIEWED, crowded, fold, ids, preview
from tests.functions.http.office import BUYERS, Office
from tests.functions.http.world import NOON, OURS, PUB


@pytest.fixture
def crowd(office: Office) -> Office:
    return crowded(office)


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
