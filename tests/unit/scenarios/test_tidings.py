"""What is told of a product, from the versions that stood there."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.scenarios.tidings import tidings
from shopbell.domain.segments.truth import FOREVER
from shopbell.domain.store import Store
from shopbell.domain.versions import Shelved, Version

SHOP = StoreId("shop")
NOON = 1_790_000_000_000 // DAY * DAY + 12 * HOUR
STORE = Store(SHOP, "Shop", 1, 0, "mailto:post@shop.example", time_zone="UTC")
BOOTS = Product(ProductId("boots"), "Boots", "https://x.example/b", "https://x.example/b.jpg", 1_000, "EUR")


def plan(name: str) -> Plan:
    return SCENARIOS[name].plan(ScenarioSettings(SHOP, name, enabled=True))


def history(*stood: tuple[Instant, Product | None]) -> Sequence[Version]:
    """Each from its instant to the next one's; None: there was no such product."""
    ends = [*(at for at, _ in stood[1:]), FOREVER]
    rows = zip(stood, ends, strict=False)
    return [Version(Shelved(one, at, at), end) for (at, one), end in rows if one is not None]


def told(name: str, past: Sequence[Version], until: Instant = NOON + 2 * DAY) -> list[tuple[int, int | None]]:
    """Minutes after noon, and the price that it is held against."""
    one = plan(name)
    assert one.awaits is not None
    return [((row.at - NOON) // MINUTE, row.reference) for row in tidings(past, one, one.awaits, STORE, until)]


def at(price: int) -> Product:
    return replace(BOOTS, price=price)


def left(stock: int) -> Product:
    return replace(BOOTS, stock=stock)


LONG_AGO = NOON - 5 * DAY
PRICES = [
    pytest.param([(LONG_AGO, BOOTS), (NOON, at(700))], [(30, 1_000)], id="it holds"),
    pytest.param([(LONG_AGO, BOOTS), (NOON, at(700)), (NOON + MINUTE, at(600))], [(31, 1_000)], id="twice in a row"),
    pytest.param([(LONG_AGO, BOOTS), (NOON, at(700)), (NOON + MINUTE, BOOTS)], [], id="up again"),
    pytest.param([(LONG_AGO, BOOTS), (NOON, at(700)), (NOON + HOUR, at(600))], [(30, 1_000), (90, 700)], id="twice"),
    pytest.param([(LONG_AGO, BOOTS), (NOON, None), (NOON + HOUR, at(700))], [], id="deleted, and new"),
    pytest.param([(LONG_AGO, BOOTS), (NOON, at(700)), (NOON + MINUTE, None)], [], id="deleted before it settled"),
    pytest.param([(LONG_AGO, BOOTS), (NOON, replace(at(700), currency="USD"))], [], id="another currency"),
    pytest.param([(NOON, at(700))], [], id="new"),
    pytest.param([], [], id="nothing ever stood there"),
]


@pytest.mark.parametrize(("stood", "wanted"), PRICES)
def test_a_lower_price_is_told_once_it_has_held(
    stood: Sequence[tuple[Instant, Product | None]], wanted: list[tuple[int, int]]
) -> None:
    assert told("price_drop", history(*stood)) == wanted


STOCKS = [
    pytest.param([(LONG_AGO, left(0)), (NOON, left(2))], [10], id="it is back"),
    pytest.param([(LONG_AGO, left(0)), (NOON, left(2)), (NOON + MINUTE, left(0))], [], id="gone before it settled"),
    pytest.param([(LONG_AGO, left(1)), (NOON, left(2))], [], id="never gone"),
    pytest.param([(LONG_AGO, left(0)), (NOON + 12 * HOUR, left(2))], [20 * 60], id="few, in the night"),
    pytest.param(
        [(LONG_AGO, replace(BOOTS, in_stock=False)), (NOON + 12 * HOUR, BOOTS)], [730], id="many, in the night"
    ),
]


@pytest.mark.parametrize(("stood", "wanted"), STOCKS)
def test_what_is_back_is_told_once_it_has_held_and_where_few_are_left_not_by_night(
    stood: Sequence[tuple[Instant, Product | None]], wanted: list[int]
) -> None:
    assert [minute for minute, _ in told("back_in_stock", history(*stood))] == wanted


def test_nothing_is_told_that_is_still_to_come() -> None:
    past = history((LONG_AGO, BOOTS), (NOON, at(700)))
    assert told("price_drop", past, NOON + 30 * MINUTE - 1) == []
    assert told("price_drop", past, NOON + 30 * MINUTE) == [(30, 1_000)]
