"""The predefined segments over the sample, folded and settled as any event is, hold exactly who the raw file says."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from pydantic import JsonValue
from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.app.tracking.track import Batch, Track
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, SECOND, Instant
from shopbell.domain.ids import ProductId, SegmentId
from shopbell.domain.predefined.library import predefined
from shopbell.domain.predefined.render import render
from shopbell.domain.segments.codec import dump
from shopbell.domain.segments.definition import Segment
from shopbell.domain.store import Principal
from shopbell.local.sample.baskets import household_ids, households, products

from tests.unit.app.night import NightShop
from tests.unit.app.shop import NOON, STORE
from tests.unit.sample import raw

SHOP = Principal(STORE, "srv")
MOST_BOUGHT = ("1082185", "981760")
"""Bananas, and more of them."""
CATEGORY = "Grocery"
CHOICES: Mapping[str, dict[str, JsonValue]] = {
    "viewed_category": {"category": CATEGORY},
    "viewed_not_bought": {"category": CATEGORY},
    "bought_any_of": {"products": list(MOST_BOUGHT)},
    "subscribed_form": {"form": "newsletter"},
    "seasonal": {"from": 11, "to": 12},
}
KB = 1_024


@dataclass(frozen=True)
class Sampled:
    """A shop that lived through the sample, and the same asked of the raw file."""

    shop: NightShop
    expected: Mapping[str, raw.Who]


def live(shop: NightShop) -> None:
    """Every predefined segment, live before the first event."""
    for row in predefined().values():
        rendered = render(row, CHOICES.get(row.id))
        made = Segment(STORE, SegmentId(row.id), row.name, rendered.rule, "active", 1, 1, NOON, NOON)
        assert shop.segments.save(made, expected=None)


def replay(count: int, now: Instant, last_line: Instant) -> Sampled:
    """`last_line`: when the newest line of the file is moved to; `now` is when everything is asked."""
    shop = NightShop()
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], currency="USD")
    shop.clock.now = now
    live(shop)
    catalogue = MemoryCatalogue(shop.world)
    known = list(products(count, 1_000, "https://shop.example.com"))
    catalogue.put(STORE, [_product(row) for row in known])
    track = Track(shop.events, catalogue, shop.clock)
    for household in households(count, last_line):
        for start in range(0, len(household.events), 500):
            answer = track(SHOP, Batch(household.events[start : start + 500], backfill=True))
            assert not answer.rejected
    for theirs in list(shop.world.events.values()):
        shop.fold(*theirs.values())
    shop.night(now)
    categories = {str(row["id"]): str(row["categories"][0]) for row in known if row["categories"]}  # type: ignore[index]
    return Sampled(shop, _expected(shop, count, now, last_line, categories))


def _product(row: Mapping[str, object]) -> Product:
    categories = row["categories"]
    assert isinstance(categories, list)
    return Product(
        id=ProductId(str(row["id"])),
        title=str(row["title"]),
        url=str(row["url"]),
        image_url=str(row["image_url"]),
        price=int(str(row["price"])),
        currency="USD",
        categories=tuple(categories),
    )


def _expected(
    shop: NightShop, count: int, now: Instant, last_line: Instant, categories: Mapping[str, str]
) -> Mapping[str, raw.Who]:
    moved_by = last_line - raw.newest()
    table = raw.load(list(household_ids(count)), moved_by, now, categories)
    statistics = shop.statistics.get(STORE)
    assert statistics is not None
    wanted = {"aov": table.aov, "spend_p90": table.spend_p90, "repeat_gap_median": table.gap}
    assert {name: statistics.values[name] for name in wanted} == pytest.approx(wanted, rel=1e-9)
    fitted = statistics.survival
    model = None if fitted is None else raw.Model(fitted.r, fitted.alpha, fitted.a, fitted.b)
    return raw.segments(table, model, list(MOST_BOUGHT), CATEGORY)


def compare(sampled: Sampled) -> dict[str, int]:
    """Sizes, once every segment holds exactly whom it must."""
    sizes: dict[str, int] = {}
    for name in predefined():
        held = frozenset(sampled.shop.world.members.get((STORE, SegmentId(name)), {}))
        wanted = sampled.expected.get(name, frozenset())
        assert held == wanted, f"{name}: {sorted(held ^ wanted)[:5]} of {len(held)} held, {len(wanted)} wanted"
        sizes[name] = len(held)
    return sizes


def part_sizes(shop: NightShop) -> dict[str, list[int]]:
    """Bytes of each visitor's stored parts, smallest first (ruling 4)."""
    stored = [dump(profile) for profile in shop.world.profiles.values()]
    return {part: sorted(len(getattr(row, part)) for row in stored) for part in ("p", "l", "v")}


def p99(ordered: list[int]) -> int:
    return ordered[math.ceil(len(ordered) * 0.99) - 1]


@pytest.fixture(scope="module")
def year() -> Sampled:
    """200 households, asked at the last line of the file."""
    return replay(200, NOON, NOON)


def test_at_the_end_of_the_year_everyone_is_where_the_raw_file_says(year: Sampled) -> None:
    sizes = compare(year)
    print({name: size for name, size in sizes.items() if size})

    assert sum(size > 0 for size in sizes.values()) >= 20


def test_the_hot_parts_of_a_visitor_stay_small_with_every_predefined_segment_live(year: Sampled) -> None:
    sizes = part_sizes(year.shop)

    assert p99(sizes["p"]) <= 8 * KB
    assert sizes["v"][-1] <= 12 * KB


def test_the_orders_of_a_visitor_stay_small_with_every_predefined_segment_live(year: Sampled) -> None:
    assert p99(part_sizes(year.shop)["l"]) <= 16 * KB


def test_two_months_later_too() -> None:
    now = NOON + 60 * DAY
    sizes = compare(replay(50, now, NOON))
    print({name: size for name, size in sizes.items() if size})

    assert sizes["churn_risk"] > 0
    assert sizes["inactive_repeat"] > 0


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_of_all_households() -> None:
    now = NOON + SECOND
    sampled = replay(10_000, now, now)
    sizes = compare(sampled)
    print({name: size for name, size in sizes.items() if size})
    print({part: (p99(found), found[-1]) for part, found in part_sizes(sampled.shop).items()})
    assert len(sampled.shop.world.profiles) > 2_400
