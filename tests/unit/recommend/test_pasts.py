"""Discounts are held against what the visitor saw, else against what stood there; fake ones are none."""

from collections.abc import Sequence

import pytest
from shopbell.domain.clock import DAY
from shopbell.domain.recommend.discounts import drop_of, median_price, raised, reference
from shopbell.domain.versions import Shelved, Version

from tests.unit.recommend.shop import NOW, product


def stood(price: int, since: float, until: float, list_price: int | None = None) -> Version:
    """Days ago."""
    boot = product("boot", price=price, list_price=list_price)
    return Version(Shelved(boot, 1, NOW - int(since * DAY)), NOW - int(until * DAY))


NOW_AT = product("boot", price=4_000, list_price=8_000)
ROWS: dict[str, tuple[int | None, Sequence[Version], int | None]] = {
    "seen by the visitor": (4_600, [stood(9_000, 60, 1)], 4_600),
    "nothing known: the list price": (None, [], 8_000),
    "the price that stood longest": (None, [stood(5_000, 60, 8, 8_000), stood(9_000, 90, 60, 8_000)], 5_000),
    "on sale for most of the month": (None, [stood(5_000, 60, 20, 8_000)], 4_000),
    "list price raised within the month": (None, [stood(4_000, 60, 20, 5_000)], None),
    "price raised, then called a discount": (None, [stood(4_500, 60, 5), stood(4_500, 90, 60)], None),
    "raised longer ago": (None, [stood(4_000, 90, 31, 5_000)], 8_000),
    "raised, but the visitor saw it dearer": (5_000, [stood(4_000, 60, 20, 5_000)], 5_000),
}


@pytest.mark.parametrize(("seen", "past", "against"), ROWS.values(), ids=ROWS.keys())
def test_a_price_is_held_against_one_that_was_true(
    seen: int | None, past: Sequence[Version], against: int | None
) -> None:
    assert reference(NOW_AT, seen, past, NOW) == against


@pytest.mark.parametrize(
    ("against", "drop"), [(None, 0), (0, 0), (4_000, 0), (3_000, 0), (5_000, 20), (8_000, 50)], ids=str
)
def test_a_drop_is_in_per_cent_of_what_it_is_held_against(against: int | None, drop: float) -> None:
    assert drop_of(NOW_AT, against) == drop


def test_the_past_before_the_month_says_nothing() -> None:
    old = [stood(9_000, 90, 31, 5_000)]
    assert median_price(old, NOW, NOW_AT) is None
    assert not raised(NOW_AT, old, NOW)
