"""Identified visitors: what becomes of memberships, orders, wake-ups and later events, and of a merge cut off."""

from dataclasses import replace

import pytest
from shopbell.domain.clock import DAY, HOUR, SECOND
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId

from tests.unit.app.merging import ANNA, PEOPLE, check, say, shop_with_rules, view
from tests.unit.app.shop import NOON, STORE, Shop


def test_what_an_anonymous_visitor_did_counts_for_the_customer() -> None:
    shop = shop_with_rules()
    phone, laptop, _ = PEOPLE
    shop.fold(view(shop, phone), view(shop, laptop, NOON - HOUR))
    assert "viewers" not in shop.profile(phone)

    shop.fold(say(shop, phone), say(shop, laptop))

    assert "viewers" in shop.profile(ANNA)
    check(shop, {phone, laptop})


def test_memberships_that_end_or_begin_are_logged_with_the_cause_merge() -> None:
    shop = shop_with_rules()
    phone = PEOPLE[0]
    shop.fold(view(shop, phone), view(shop, phone, NOON - HOUR))
    shop.fold(shop.event(ANNA, "purchase", None, {"order_id": "o1"}))
    assert "viewers" in shop.profile(phone)

    shop.clock.now += SECOND
    shop.fold(say(shop, phone))

    ended = {(line.flip.segment, line.flip.change, line.flip.cause) for line in shop.log(phone)[:2]}
    assert ended == {("viewers", "exited", "merge"), ("quiet", "exited", "merge")}
    begun = {line.flip.segment: line.flip for line in shop.log(ANNA) if line.flip.cause == "merge"}
    assert begun.keys() == {"viewers", "viewing-buyers"}
    assert begun[SegmentId("viewers")].leaf is not None
    assert shop.log(ANNA)[0].flip.at == shop.clock.now
    check(shop, {phone})


def test_an_alias_leaves_a_segment_before_those_that_name_it() -> None:
    shop, phone = Shop(), PEOPLE[0]
    shop.segment("z-child", {"event": "purchase"})
    shop.segment("a-parent", {"in_segment": "z-child"})
    shop.fold(shop.event(phone, "purchase", None, {"order_id": "o1"}))
    shop.fold(say(shop, phone))
    flips = shop.world.log[STORE, phone]
    assert [line.flip.segment for line, _ in flips if line.flip.change == "exited"] == ["z-child", "a-parent"]


def test_an_order_that_both_know_counts_once() -> None:
    shop = shop_with_rules()
    phone = PEOPLE[0]
    shop.fold(shop.event(phone, "purchase", None, {"order_id": "o1"}))
    shop.fold(shop.event(ANNA, "purchase", NOON - SECOND, {"order_id": "o1"}))
    shop.fold(say(shop, phone))
    assert "buyers" in shop.profile(ANNA)
    assert "two-orders" not in shop.profile(ANNA)
    check(shop, {phone})


def test_events_that_come_later_go_straight_to_the_customer() -> None:
    shop = shop_with_rules()
    phone = PEOPLE[0]
    shop.fold(say(shop, phone))
    before = shop.visitors.load(STORE, phone)
    shop.fold(view(shop, phone), view(shop, phone, NOON - HOUR))
    assert shop.visitors.load(STORE, phone) == before
    assert "viewers" in shop.profile(ANNA)
    check(shop, {phone})


def test_a_visitor_never_seen_before_may_be_identified() -> None:
    shop = shop_with_rules()
    shop.fold(say(shop, PEOPLE[0]))
    assert shop.profile(ANNA) == {"quiet"}
    check(shop, {PEOPLE[0]})


def test_the_clock_of_an_alias_moves_the_customer() -> None:
    shop = shop_with_rules()
    phone = PEOPLE[0]
    shop.fold(view(shop, phone, NOON - 29 * DAY), view(shop, phone, NOON - 28 * DAY), say(shop, phone))
    assert "viewers" in shop.profile(ANNA)
    shop.clock.now = NOON + DAY
    assert shop.evaluate.touch(STORE, [phone])["exited_by_clock"] == 1
    assert "viewers" not in shop.profile(ANNA)


def test_a_rule_that_comes_after_the_merge_is_answered_from_the_logs_of_all_aliases() -> None:
    shop = shop_with_rules()
    phone, laptop, _ = PEOPLE
    shop.fold(shop.event(phone, "search", None, {"query": "boots"}), say(shop, phone), say(shop, laptop))
    shop.fold(shop.event(laptop, "search", None, {"query": "boots"}))
    shop.segment("searchers", {"event": "search", "value": 2})
    assert "searchers" in shop.profile(ANNA)
    check(shop, {phone, laptop})


def test_a_rule_that_comes_between_alias_and_join_is_answered_from_the_log_too() -> None:
    shop = shop_with_rules()
    phone = PEOPLE[0]
    shop.fold(shop.event(phone, "search", None, {"query": "boots"}))
    item = say(shop, phone)
    shop.segment("searchers", {"event": "search"}, state="building")
    shop.fold(item)
    assert "searchers" in shop.profile(ANNA)
    check(shop, {phone})


def test_more_memberships_than_a_transaction_holds_all_move_to_the_customer() -> None:
    shop, phone = Shop(), PEOPLE[0]
    for number in range(60):
        where: Json = [{"field": "product_id", "op": "ne", "value": f"other{number}"}]
        shop.segment(f"s{number:02d}", {"event": "product_view", "where": where})
    shop.fold(view(shop, phone))
    shop.fold(say(shop, phone))
    assert len(shop.profile(ANNA)) == 60
    check(shop, {phone})


@pytest.mark.parametrize("parts", [1, 2, 3, 4])
def test_a_merge_cut_off_anywhere_is_finished_by_whoever_comes_next(parts: int) -> None:
    shop, phone = Shop(), PEOPLE[0]
    for number in range(60):
        where: Json = [{"field": "product_id", "op": "ne", "value": f"other{number}"}]
        shop.segment(f"s{number:02d}", {"event": "product_view", "where": where})
    shop.fold(view(shop, phone))
    item = say(shop, phone)

    class Dying(type(shop.visitors)):  # type: ignore[misc]
        left = parts

        def commit(self, commit: object) -> bool:
            if not Dying.left:
                raise Unavailable("killed")
            Dying.left -= 1
            return bool(super().commit(commit))

    assert replace(shop.evaluate, visitors=Dying(shop.world))([item]).failed == 0
    shop.fold(item)
    check(shop, {phone})


def test_a_membership_of_a_paused_segment_moves_as_well() -> None:
    shop = shop_with_rules()
    phone = PEOPLE[0]
    shop.fold(shop.event(phone, "purchase", None, {"order_id": "o1"}))
    for name in ("viewing-buyers", "buyers"):  # whoever leans on it first
        row = next(row for row in shop.segments.all(STORE) if row.id == name)
        assert shop.segments.save(replace(row, state="paused", revision=row.revision + 1), expected=row.revision)
    shop.fold(say(shop, phone))
    assert "buyers" in shop.profile(ANNA)
    assert shop.profile(phone) == set()
