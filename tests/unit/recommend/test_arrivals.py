"""New arrivals: since the Monday of last week by the store's clock, for whom they may interest."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from shopbell.domain.clock import DAY, HOUR, Instant
from shopbell.domain.recommend.arrivals import new_since, without_imports
from shopbell.domain.recommend.lists import Arrival
from shopbell.domain.scenarios.plan import STATIC, Selection

from tests.unit.recommend.shop import NOW, Shop, deed, names, product, visitor

MONDAY = NOW - 7 * DAY - NOW % DAY
"""00:00 in UTC of the Monday before; NOW is a Monday itself."""
OWN = Selection("new_arrivals", count=4, fallback_max_level=0)


def at(text: str, zone: str) -> Instant:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata"])
@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ("2026-09-21T00:00:00", "2026-09-14T00:00:00"),
        ("2026-09-20T23:59:59", "2026-09-07T00:00:00"),
        ("2026-09-27T23:59:59", "2026-09-14T00:00:00"),
        ("2026-03-31T12:00:00", "2026-03-23T00:00:00"),
        ("2026-11-03T12:00:00", "2026-10-26T00:00:00"),
        ("2027-01-02T12:00:00", "2026-12-21T00:00:00"),
    ],
    ids=["monday", "sunday", "sunday after", "spring", "autumn", "new year"],
)
def test_the_pool_begins_on_the_monday_of_last_week_by_the_stores_clock(zone: str, now: str, wanted: str) -> None:
    assert new_since(at(now, zone), ZoneInfo(zone)) == at(wanted, zone)


def stocked() -> Shop:
    shop = Shop()
    shop.stock(
        [
            product("sunday", "Outdoor/Boots", created_at=MONDAY - 60_000),
            product("monday", "Outdoor/Boots", created_at=MONDAY),
            product("tent", "Outdoor/Tents", created_at=NOW - DAY),
            product("boot", "Outdoor/Boots", created_at=NOW - DAY, brand="Alp"),
            product("pump", "Outdoor/Boots", created_at=NOW - HOUR, price=90_000),
        ],
        {},
        {"tent": 3, "monday": 9, "sunday": 99},
    )
    return shop


def test_what_came_on_the_sunday_before_is_not_new_and_what_came_at_midnight_is() -> None:
    picked = stocked().pick(visitor(), OWN)

    assert names(picked) == ["monday", "tent", "boot", "pump"]
    assert (picked.level, picked.picks[0].reason) == (0, "new, 9 views in its first 2 days")


def test_who_has_a_past_gets_what_they_may_care_for_the_fresher_first() -> None:
    liked = product("old", "Outdoor/Boots", brand="Alp")
    picked = stocked().pick(visitor(deed("product_view", liked, 3), deed("product_view", liked, 30)), OWN)

    assert names(picked) == ["boot", "pump", "monday"]
    assert picked.picks[0].reason == "new, 2 views in Boots"


def test_what_nobody_could_care_for_is_not_shown() -> None:
    lamp = product("lamp", "Home/Lamps")
    picked = stocked().pick(visitor(deed("product_view", lamp, 3), deed("product_view", lamp, 30)), OWN)

    assert (picked.picks, picked.level) == ((), STATIC)


def test_a_week_with_too_little_new_is_skipped() -> None:
    assert names(stocked().pick(visitor(), Selection("new_arrivals", options={"min_pool": 4}))) == ["monday"]
    few = Selection("new_arrivals", options={"min_pool": 5}, fallback_max_level=0)
    assert stocked().pick(visitor(), few).level == STATIC


def test_a_catalogue_that_came_in_one_day_is_an_import_and_not_new() -> None:
    delivered = [Arrival(product(f"d{number}").id, NOW - 3 * DAY) for number in range(4)]
    imported = [Arrival(product(f"i{number}").id, NOW - DAY) for number in range(30)]

    assert without_imports([*imported, *delivered], 100) == delivered
    assert len(without_imports([*imported, *delivered], 200)) == 34
    assert len(without_imports(imported[:15], 15)) == 15
