"""The nightly pass: statistics and scores move memberships, and sizes are recounted."""

from dataclasses import replace

import pytest
from shopbell.app.nightly.work import read_night
from shopbell.app.tallying import turned
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, VisitorId
from shopbell.domain.membership import Change, Flip
from shopbell.domain.scores.ledgers import BUYERS
from shopbell.domain.segments.definition import StoredRules

from tests.unit.app.night import NightShop
from tests.unit.app.shop import STORE

RICH: Json = {
    "event": "purchase",
    "aggregate": "sum",
    "of": "total",
    "op": "gte",
    "value": {"stat": "aov", "times": 2},
}


@pytest.fixture
def shop() -> NightShop:
    return NightShop()


def test_statistics_are_those_of_the_buyers_and_reach_the_rules(shop: NightShop) -> None:
    shop.buys("ada", 40, 1_000)
    shop.buys("ada", 10, 3_000)
    shop.buys("bob", 5, 2_000)
    shop.visit("eve")

    counts = shop.night()
    assert counts["buyers_surveyed"] == 2
    assert counts["statistics_moved"] == 1
    found = shop.statistics.get(STORE)
    assert found is not None
    assert found.values == {
        "aov": 2_000.0,
        "spend_p90": 4_000.0,
        "repeat_gap_median": 30.0 * DAY,
        "long_gap": 30.0 * DAY,
    }
    assert shop.segments.rules(STORE).statistics == found.values


def test_the_day_of_the_store_is_that_of_its_buyers_on_their_own_clocks(shop: NightShop) -> None:
    shop.segment("visits", {"event": "session_started", "op": "gte", "value": 100, "window": {"last": "P90D"}})
    shop.buys("ada", 30)
    shop.buys("bob", 30)
    shop.fold(shop.event("bob", "traits_changed", shop.clock.now, {"traits": {"time_zone": "Asia/Tokyo"}}))
    hour = shop.clock.now // HOUR % 24

    shop.night()
    store = shop.stores.get(STORE)
    assert store is not None
    assert store.day is not None
    assert {place: weight for place, weight in enumerate(store.day) if weight} == {hour: 0.5, (hour + 9) % 24: 0.5}


def test_a_moved_statistic_turns_memberships_with_that_cause_and_fires_nothing(shop: NightShop) -> None:
    shop.segment("rich", RICH)
    shop.buys("ada", 10, 3_000)
    shop.buys("bob", 5, 1_000)
    assert shop.profile("ada") == {BUYERS}

    assert "entered_by_statistic" not in shop.night()
    shop.buys("cat", 4, 500)
    shop.clock.now += DAY
    shop.night()
    assert shop.profile("ada") == {BUYERS, "rich"}
    entered = shop.log("ada")[0].flip
    assert (entered.segment, entered.cause, entered.leaf) == ("rich", "statistic", "rule")
    assert not shop.world.candidates


def test_a_statistic_that_hardly_moved_leaves_the_rules_as_they_are(shop: NightShop) -> None:
    for number in range(20):
        shop.buys(f"v{number}", 5, 1_000)
    shop.night()
    version = shop.segments.rules_version(STORE)
    shop.buys("v20", 5, 1_050)
    shop.clock.now += DAY

    assert shop.night()["statistics_moved"] == 0
    assert shop.segments.rules_version(STORE) == version
    assert shop.segments.rules(STORE).statistics["aov"] == 1_000.0


def test_buyers_are_scored_and_members_of_a_group_follow(shop: NightShop) -> None:
    shop.segment("new", {"rfm": "new"})
    shop.segment("lost", {"rfm": "lost"})
    shop.buys("ada", 3)
    shop.buys("bob", 300)

    shop.night()
    assert shop.scores("ada")["group"] == "new"
    assert shop.profile("ada") == {BUYERS, "new"}
    assert shop.profile("bob") == {BUYERS, "lost"}
    assert shop.log("bob")[0].flip.cause == "statistic"


def test_a_second_night_writes_only_whose_numbers_moved(shop: NightShop) -> None:
    shop.buys("ada", 3)
    shop.buys("bob", 40)
    shop.buys("bob", 5)
    shop.night()
    versions = {who: shop.visitors.load(STORE, VisitorId(who)).version for who in ("ada", "bob")}

    counts = shop.night(shop.clock.now + HOUR)
    assert counts["buyers_looked_at"] == 2
    assert "buyers_written" not in counts
    assert versions == {who: shop.visitors.load(STORE, VisitorId(who)).version for who in versions}


def test_who_is_no_buyer_is_not_looked_at(shop: NightShop) -> None:
    shop.visit("eve")

    assert "buyers_looked_at" not in shop.night()
    assert shop.scores("eve") == {}


def test_a_store_without_the_segment_of_buyers_gets_it_and_scores_from_the_next_night_on(shop: NightShop) -> None:
    del shop.world.segments[STORE, BUYERS]
    shop.world.rules[STORE] = StoredRules(STORE, version=shop.segments.rules_version(STORE) + 1)
    shop.visit("eve")
    shop.fold(shop.event("ada", "purchase", None, {"order_id": "o1", "total": 1_000}))

    assert shop.night()["buyers_installed"] == 1
    shop.drain_builds()
    shop.clock.now += DAY
    assert shop.night()["buyers_surveyed"] == 1
    assert shop.scores("ada")["group"] == "new"


def test_a_pass_that_is_cut_short_goes_on_from_its_checkpoint(shop: NightShop) -> None:
    for number in range(150):
        shop.buys(f"v{number}", 5, 1_000)
    left = iter([90_000, 0])
    shop.start(shop.clock.now)
    (message,) = shop.night_queue.take()

    first = shop.nightly(read_night(message.body), lambda: next(left), shop.note)
    assert first.counts == {"buyers_surveyed": 100, "night_handed_on": 1}
    counts = shop.drain_night()
    assert counts["buyers_surveyed"] == 50
    assert counts["nights_done"] == 1
    found = shop.statistics.get(STORE)
    assert found is not None
    assert found.buyers == 150


def test_without_time_for_a_page_the_message_is_handed_on(shop: NightShop) -> None:
    shop.buys("ada", 3)
    shop.remaining = 89_999

    shop.start(shop.clock.now)
    (first,) = shop.night_queue.take()
    done = shop.nightly(read_night(first.body), shop.left, shop.note)
    assert done.counts == {"night_handed_on": 1}
    (second,) = shop.night_queue.take()
    assert second.body["hops"] == 1


def test_a_counter_that_says_what_is_so_is_verified(shop: NightShop) -> None:
    shop.buys("ada", 3)
    shop.tally_members()

    counts = shop.night()
    assert counts["sizes_verified"] == 1
    assert "size_drift" not in counts
    row = shop.segments.get(STORE, BUYERS)
    assert row is not None
    assert row.last_verified_at == shop.clock.now


def test_a_counter_that_drifted_is_corrected_logged_and_counts_on(shop: NightShop) -> None:
    shop.buys("ada", 3)
    shop.buys("bob", 3)
    shop.counters.add(STORE, f"segment:{BUYERS}", "000", "5".zfill(40), {"total": 7, "reachable": 1})

    counts = shop.night()
    assert (counts["size_drift"], counts["sizes_corrected"]) == (1, 1)
    assert shop.counters.total(STORE, f"segment:{BUYERS}") == {"total": 2, "reachable": 0}
    assert shop.looks == [1]
    assert shop.alarms == []  # nobody sees that segment
    assert ("a size had drifted", BUYERS) in [(words, fields.get("segment")) for words, fields in shop.said]
    assert shop.counters.add(STORE, f"segment:{BUYERS}", "000", "6".zfill(40), {"total": 1, "reachable": 0})
    assert shop.counters.total(STORE, f"segment:{BUYERS}")["total"] == 3


def test_a_counter_that_drifted_is_told_of_where_people_see_the_segment(shop: NightShop) -> None:
    shop.segment("viewers", {"event": "product_view"})
    shop.counters.add(STORE, "segment:viewers", "000", "5".zfill(40), {"total": 7, "reachable": 1})
    shop.night()
    (alarm,) = shop.alarms
    assert (alarm.name, alarm.subject) == ("segment_size_differs", "viewers")
    assert alarm.details == {"total": -7, "reachable": -1}


def test_a_counter_that_moves_between_the_looks_is_left_alone(shop: NightShop) -> None:
    shop.buys("ada", 3)
    late = lambda _: shop.tally_members()  # noqa: E731
    recount = shop.nightly.walks["recount"]
    walks = {**shop.nightly.walks, "recount": replace(recount, pause=late)}  # type: ignore[type-var]
    shop.nightly = replace(shop.nightly, walks=walks)

    counts = shop.night()
    assert "size_drift" not in counts
    assert shop.counters.total(STORE, f"segment:{BUYERS}") == {"total": 1, "reachable": 0}


def test_every_active_segment_says_when_it_was_verified(shop: NightShop) -> None:
    shop.segment("viewers", {"event": "product_view"})
    shop.night()

    row = shop.segments.get(STORE, SegmentId("viewers"))
    assert row is not None
    assert row.last_verified_at == shop.clock.now


def test_a_segment_that_fell_yesterday_is_told_once(shop: NightShop) -> None:
    shop.segment("viewers", {"event": "product_view"})
    yesterday = shop.clock.now - DAY
    for back in range(12):
        at = yesterday - back * DAY
        for number in range(90 if back == 0 else 10 + back % 2):
            change: Change = "exited" if back == 0 else "entered"
            flip = Flip(SegmentId("viewers"), 1, change, at, "clock", "rule")
            shop.tally([turned(STORE, f"p{number}", str(back), flip, "UTC")])

    counts = shop.night()
    assert counts["dips"] == 1
    (told,) = (fields for words, fields in shop.said if words == "a segment lost unusually many")
    assert (told["segment"], told["leaf"], told["outcomes"]) == ("viewers", "rule", {"fell": 90})
    (alarm,) = shop.alarms
    assert (alarm.name, alarm.subject, alarm.details["fell"]) == ("segment_dip", "viewers", 90)
    shop.night()
    assert len({one.id(STORE) for one in shop.alarms}) == 1
    shop.clock.now += DAY
    assert shop.night()["dips"] == 0
