"""Sales that are not on yet, or no more, have no price."""

import pytest
from shopbell.domain.clock import parse_instant
from shopbell.domain.feeds.fields import entry_of

NOW = parse_instant("2026-11-22T12:00:00Z")[0]
BOOT = {
    "id": "boot",
    "title": "Boot",
    "link": "https://shop.example/boot",
    "image_link": "https://shop.example/boot.jpg",
    "price": "49.00 EUR",
    "sale_price": "39.00 EUR",
}
WINDOWS = {
    "2026-11-01T00:00+0100/2026-11-30T23:59+0100": (3_900, 4_900),
    "2026-11-22T12:00Z / 2026-11-22T12:01Z": (3_900, 4_900),
    "2099-11-01T00:00+0100/2099-11-30T23:59+0100": (4_900, None),
    "2019-11-01T00:00+0100/2019-11-30T23:59+0100": (4_900, None),
    "2026-11-22T12:00+0100/2026-11-22T13:00+0100": (4_900, None),
    "2026-11-01/2026-12-01": (3_900, 4_900),
}


@pytest.mark.parametrize("window", WINDOWS)
def test_a_sales_price_holds_while_the_sale_lasts(window: str) -> None:
    product = entry_of(2, {**BOOT, "sale_price_effective_date": window}, "EUR", NOW).product

    assert product is not None
    assert (product.price, product.list_price) == WINDOWS[window]


@pytest.mark.parametrize("window", ["soon", "2026-11-01", "x/y"])
def test_a_window_that_cannot_be_read_is_a_fault(window: str) -> None:
    entry = entry_of(2, {**BOOT, "sale_price_effective_date": window}, "EUR", NOW)

    assert (entry.product, entry.fault[:39]) == (None, "sale_price_effective_date must be two i")


def test_without_a_window_the_sale_lasts() -> None:
    product = entry_of(2, BOOT, "EUR", NOW).product

    assert product is not None
    assert product.price == 3_900
