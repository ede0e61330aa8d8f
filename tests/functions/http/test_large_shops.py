"""What is picked where many products compete, variants were bought and lists are a minute old."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.domain.clock import DAY
from shopbell.domain.ids import VisitorId
from shopbell.domain.visits.interactions import fold_interactions

from tests.functions.http.office import Office
from tests.functions.http.test_products import stock
from tests.functions.http.world import NOON, OURS
from tests.unit.recommend.shop import deed, product

BIG = [
    product(f"a{place:03}", "Out/Boots" if place % 2 else "Out/Tents", brand="Big", created_at=NOON - 20 * DAY)
    for place in range(300)
]
SMALL = [
    product(f"b{place}", "Out/Boots", brand="Small", tags=("winter",), created_at=NOON - 200 * DAY)
    for place in range(5)
]


def picked(office: Office, **asked: Any) -> list[str]:
    answer = office.manage("POST", "/v1/recommendations", {"count": 3, **asked})
    return [one["product"]["id"] for one in answer.json["items"]]


@pytest.mark.parametrize("filters", [{"brand": "Small"}, {"label": "winter"}], ids=["brand", "label"])
@pytest.mark.parametrize("algorithm", ["top_sellers", "spotlights"])
def test_a_small_brand_is_found_in_a_large_shop(filters: dict[str, str], algorithm: str) -> None:
    office = Office()
    sold: dict[str, Any] = {one.id: 3 if one in SMALL else 9 for one in (*BIG, *SMALL)}
    stock(office, *BIG, *SMALL, **sold)
    found = picked(office, algorithm=algorithm, filters=filters)
    assert len(found) == 3
    assert all(name.startswith("b") for name in found)


def test_no_other_size_of_what_was_bought_is_shown() -> None:
    office = Office()
    sizes = [product(f"boot-{size}", "Out/Boots", group_id="boot") for size in (42, 43)]
    other = product("tent", "Out/Tents")
    sold: dict[str, Any] = {"boot-42": 9, "boot-43": 9, "tent": 2}
    stock(office, *sizes, other, **sold)
    office.visit("ann")
    known = office.world.profiles[OURS, VisitorId("ann")]
    bought = fold_interactions(b"", [deed("purchase", sizes[0], 2)])
    office.world.profiles[OURS, VisitorId("ann")] = replace(known, interactions=bought)
    assert picked(office, algorithm="top_sellers", visitor_id="ann") == ["tent"]
