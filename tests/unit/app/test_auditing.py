"""The nightly audit: what is stored of a sample must follow from the log, and member rows from what is stored."""

from dataclasses import replace

import pytest
from shopbell.app.nightly.audit import sampled
from shopbell.app.nightly.work import NightWork
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, VisitorId
from shopbell.domain.ledger import EMPTY
from shopbell.domain.membership import Flip
from shopbell.domain.scores.ledgers import BUYERS
from shopbell.domain.segments.auditing import member_drifts

from tests.unit.app.night import NightShop
from tests.unit.app.shop import STORE


@pytest.fixture
def shop() -> NightShop:
    return NightShop()


def settled_shop(shop: NightShop) -> None:
    shop.segment("viewers", {"event": "product_view", "op": "gte", "value": 2, "window": {"last": "P30D"}})
    shop.segment("turks", {"trait": "country", "op": "eq", "value": "TR"})
    for number in range(3):
        at = shop.clock.now - (number + 1) * DAY
        shop.fold(shop.event("ada", "product_view", at, {"product_id": "p1"}))
    shop.fold(shop.event("ada", "traits_changed", None, {"country": "TR"}))
    shop.buys("ada", 3)
    shop.clock.now += HOUR


def test_an_audit_of_what_is_right_finds_nothing(shop: NightShop) -> None:
    settled_shop(shop)

    counts = shop.night()
    assert counts["audited"] == 1
    assert "audit_drift" not in counts


def test_a_lost_element_is_found_with_its_leaf(shop: NightShop) -> None:
    settled_shop(shop)
    key = (STORE, VisitorId("ada"))
    shop.world.profiles[key] = replace(
        shop.world.profiles[key], ledger=replace(shop.world.profiles[key].ledger, v=EMPTY.v)
    )

    counts = shop.night()
    assert counts["audit_drift"] == 1
    assert (
        "a membership drifted from its log",
        {"store": STORE, "visitor": "ada", "segment": "viewers", "leaf": "rule"},
    ) in shop.said


def test_a_membership_that_follows_from_nothing_is_found(shop: NightShop) -> None:
    settled_shop(shop)
    key = (STORE, VisitorId("ada"))
    profile = shop.world.profiles[key]
    left = {name: at for name, at in profile.memberships.items() if name != "turks"}
    shop.world.profiles[key] = replace(profile, memberships=left)
    audit = shop.nightly.walks["audit"]
    store = shop.stores.get(STORE)
    assert store is not None
    audit.page(store, NightWork(STORE, shop.clock.now, "audit", 0), None, shop.note)
    told: dict[str, Json] = {"store": STORE, "visitor": "ada", "segment": "turks", "leaf": "membership"}
    assert ("a membership drifted from its log", told) in shop.said


def spoilt(shop: NightShop, fault: str) -> None:
    """A row of `turks` that is not as ada's profile has it."""
    rows = shop.world.members.setdefault((STORE, SegmentId("turks")), {})
    ada = VisitorId("ada")
    match fault:
        case "missing":
            del rows[ada]
        case "entered_at":
            rows[ada] = replace(rows[ada], entered_at=rows[ada].entered_at + 1)
        case "extra":
            shop.segment("others", {"trait": "country", "op": "eq", "value": "DE"})
            shop.fold(shop.event("ada", "traits_changed", None, {"city": "Izmir"}))
            shop.world.members[STORE, SegmentId("others")] = {ada: rows[ada]}
            shop.clock.now += HOUR


@pytest.mark.parametrize(("fault", "segment"), [("missing", "turks"), ("entered_at", "turks"), ("extra", "others")])
def test_a_member_row_that_is_not_as_the_profile_says_is_drift(shop: NightShop, fault: str, segment: str) -> None:
    settled_shop(shop)
    spoilt(shop, fault)

    counts = shop.night()
    assert (counts["audited"], counts["audit_drift"], counts["audit_member_drift"]) == (1, 1, 1)
    told = {"store": STORE, "visitor": "ada", "segment": segment, "kind": "members", "reason": fault}
    assert ("a member row drifted from its profile", told) in shop.said


def test_a_size_is_not_verified_in_the_night_in_which_a_row_was_found_missing(shop: NightShop) -> None:
    settled_shop(shop)
    spoilt(shop, "missing")
    before = shop.segments.get(STORE, SegmentId("turks"))
    assert before is not None

    counts = shop.night()
    assert (counts["segments_verified"], counts["segments_not_verified"]) == (2, 1)
    (alarm,) = (one for one in shop.alarms if one.name == "segment_members_differ")
    assert (alarm.subject, alarm.details) == ("turks", {"visitors": 1})
    rows = {name: shop.segments.get(STORE, SegmentId(name)) for name in ("turks", "viewers", BUYERS)}
    verified = {name: row.last_verified_at for name, row in rows.items() if row is not None}
    assert verified == {"turks": before.last_verified_at, "viewers": shop.clock.now, BUYERS: shop.clock.now}
    assert ("a size was not verified", {"store": STORE, "segment": "turks", "kind": "members"}) in shop.said


def test_a_row_whose_flip_is_still_to_be_written_is_not_missed(shop: NightShop) -> None:
    settled_shop(shop)
    ada, turks = shop.world.profiles[STORE, VisitorId("ada")], SegmentId("turks")
    waiting = (Flip(turks, 1, "entered", shop.clock.now, "clock"),)

    assert [row.fault for row in member_drifts(ada, {}, [turks])] == ["missing"]
    assert member_drifts(replace(ada, unsettled=waiting), {}, [turks]) == []


def test_who_did_something_just_now_is_left_for_another_night(shop: NightShop) -> None:
    settled_shop(shop)
    shop.event("ada", "product_view", shop.clock.now - MINUTE, {"product_id": "p2"})

    counts = shop.night()
    assert "audited" not in counts
    assert counts["audit_passed_over"] == 1


def test_what_the_log_no_longer_reaches_is_not_compared(shop: NightShop) -> None:
    shop.segment("ever", {"event": "product_view"})
    shop.fold(shop.event("ada", "product_view", None, {"product_id": "p1"}))
    del shop.world.events[STORE, VisitorId("ada")]
    shop.clock.now += 401 * DAY

    counts = shop.night()
    assert counts["audited"] == 1
    assert "audit_drift" not in counts


def test_a_hundred_nights_audit_everyone_once() -> None:
    nights = [[sampled(STORE, VisitorId(f"v{who}"), night * DAY, 100) for who in range(500)] for night in range(100)]
    assert [sum(column) for column in zip(*nights, strict=True)] == [1] * 500
    assert max(sum(row) for row in nights) < 20
