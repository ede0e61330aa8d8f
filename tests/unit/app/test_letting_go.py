"""What is no longer wanted leaves the profiles: members of segments put away, and what other settings let in."""

from dataclasses import replace

import pytest
from shopbell.app.management.store import EditStore
from shopbell.domain.clock import DAY
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, VisitorId
from shopbell.domain.incoming.stores import StorePatchIn
from shopbell.domain.segments.definition import SegmentState

from tests.unit.app.shop import STORE, Shop

VISITED: Json = {"event": "page_view"}
ORDER: dict[str, Json] = {"order_id": "o", "total": 900, "currency": "EUR", "items": []}


def turn(shop: Shop, name: str, state: SegmentState) -> None:
    row = shop.segments.get(STORE, SegmentId(name))
    assert row is not None
    assert shop.segments.save(replace(row, state=state, revision=row.revision + 1), expected=row.revision)


def edit(shop: Shop) -> EditStore:
    return EditStore(shop.stores, shop.segments, shop.segments, shop.build, lambda _: None, shop.clock)


def patch(**settings: object) -> StorePatchIn:
    return StorePatchIn.model_validate(settings)


def test_who_is_in_a_segment_that_was_put_away_is_let_go_when_next_seen() -> None:
    shop = Shop()
    shop.segment("visited", VISITED)
    shop.visit("ann")
    turn(shop, "visited", "paused")
    shop.visit("ann")
    assert shop.profile("ann") == {"visited"}, "a paused segment keeps its members"

    turn(shop, "visited", "archived")
    shop.visit("ann")

    assert shop.profile("ann") == set()
    assert shop.world.members[STORE, SegmentId("visited")] == {}
    assert shop.visitors.load(STORE, VisitorId("ann")).left == {"visited": shop.clock.now}
    left = shop.log("ann")[0].flip
    assert (left.segment, left.change, left.cause, left.leaf) == ("visited", "exited", "definition", None)


def test_a_segment_that_comes_back_dates_nothing_before_what_its_log_says() -> None:
    shop = Shop()
    shop.segment("visited", VISITED)
    shop.visit("ann")
    turn(shop, "visited", "archived")
    shop.clock.now += DAY
    shop.visit("ann")
    row = shop.segments.get(STORE, SegmentId("visited"))
    assert row is not None
    other = replace(row, rule={"event": "search"}, version=2, revision=row.revision + 1, state="active")
    assert shop.segments.save(other, expected=row.revision)
    shop.visit("ann")

    shop.fold(shop.event("ann", "search", shop.clock.now - DAY // 2, {"query": "boots"}))

    newest, before, *_ = (line.flip for line in shop.log("ann"))
    assert (newest.change, before.change) == ("entered", "exited")
    assert newest.at == before.at == shop.clock.now


def test_what_was_put_away_is_forgotten_once_no_event_can_be_so_late() -> None:
    shop = Shop()
    shop.segment("visited", VISITED)
    shop.visit("ann")
    turn(shop, "visited", "archived")
    shop.visit("ann")
    shop.clock.now += 2 * 365 * DAY + 1
    shop.segment("searched", {"event": "search"})
    assert shop.visitors.load(STORE, VisitorId("ann")).left == {}


def test_whoever_was_paused_at_first_is_back_after_the_build() -> None:
    shop = Shop()
    shop.segment("visited", VISITED)
    shop.visit("ann")
    turn(shop, "visited", "paused")
    shop.visit("ben")
    turn(shop, "visited", "building")
    shop.build(STORE)
    shop.drain_builds()
    assert shop.profile("ann") == shop.profile("ben") == {"visited"}


@pytest.mark.parametrize(
    ("rule", "settings"),
    [
        pytest.param({"event": "purchase"}, {"revenue_source": "server"}, id="revenue source"),
        pytest.param(
            {"event": "purchase", "where": [{"field": "total", "op": "gte", "value": 500}]},
            {"currency": "TRY"},
            id="currency",
        ),
        pytest.param(
            {"event": "purchase", "where": [{"field": "at.hour", "op": "eq", "value": 12}]},
            {"time_zone": "Asia/Tokyo"},
            id="time zone",
        ),
    ],
)
def test_what_other_settings_let_in_does_not_stay(rule: Json, settings: dict[str, str]) -> None:
    """A browser's purchase of 9.00 EUR at noon UTC."""
    shop = Shop()
    shop.segment("buyers", rule)
    shop.fold(shop.event("ann", "purchase", properties=ORDER))
    assert shop.profile("ann") == {"buyers"}
    was = shop.stores.get(STORE)
    assert was is not None

    edit(shop)(STORE, patch(**settings))
    shop.drain_builds()

    assert shop.profile("ann") == set()
    assert shop.log("ann")[0].flip.cause == "definition"
    back = {name: getattr(was, name) for name in settings}
    edit(shop)(STORE, patch(**back))
    shop.drain_builds()
    assert shop.profile("ann") == {"buyers"}


def test_a_change_of_settings_that_broke_off_is_finished_by_who_repeats_it() -> None:
    shop = Shop()
    shop.segment("buyers", {"event": "purchase"})
    shop.fold(shop.event("ann", "purchase", properties=ORDER))

    def broken(_: object) -> object:
        raise Unavailable("the queue is away")

    with pytest.raises(Unavailable):
        replace(edit(shop), build=broken)(STORE, patch(revenue_source="server"))
    edit(shop)(STORE, patch(revenue_source="server"))
    shop.drain_builds()
    assert shop.profile("ann") == set()


def test_other_settings_leave_the_rules_alone() -> None:
    shop = Shop()
    shop.segment("buyers", {"event": "purchase"})
    before = shop.segments.rules(STORE)
    edit(shop)(STORE, patch(name="Other", language="de", sending="paused"))
    edit(shop)(STORE, patch(time_zone="UTC"))
    assert shop.segments.rules(STORE) == before
    assert shop.rebuild_queue.messages == []
