"""What shops write of a product that means the same: one spelling of it is stored."""

import pytest
from shopbell.domain.categories import MAX_PATH, path_of
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.faults import validated
from shopbell.domain.incoming.product_lists import ProductListIn
from shopbell.domain.incoming.products import ProductIn
from shopbell.domain.incoming.recommendations import FiltersIn

BOOT = {
    "id": "boot",
    "title": "Boot",
    "url": "https://shop.example/boot",
    "image_url": "https://shop.example/boot.jpg",
    "price": 4_900,
    "currency": "EUR",
}
SPELLINGS = ["Outdoor/Boots", "/Outdoor/Boots", "Outdoor//Boots", "Outdoor/Boots/", " Outdoor / Boots "]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_category_has_one_spelling_wherever_it_is_named(spelling: str) -> None:
    target = {"product_ids": [], "target": {"kind": "category", "id": spelling}}
    made = validated(ProductListIn, target).list(StoreId("s"), "x", 1)

    assert validated(ProductIn, {**BOOT, "categories": [spelling]}).product.categories == ("Outdoor/Boots",)
    assert validated(FiltersIn, {"category": spelling}).said["category"] == "Outdoor/Boots"
    assert validated(FiltersIn, {"category": [spelling]}).said["category"] == ["Outdoor/Boots"]
    assert made.target is not None
    assert made.target.id == "Outdoor/Boots"


@pytest.mark.parametrize("spelling", ["/", " ", "//", " / "])
def test_slashes_alone_are_no_category(spelling: str) -> None:
    with pytest.raises(Rejected, match=r"categories\.0: must name a category"):
        validated(ProductIn, {**BOOT, "categories": [spelling]})


def test_of_a_path_that_is_too_long_the_upper_levels_stand() -> None:
    assert path_of("/".join(["Apparel and Accessories"] * 8)) == "/".join(["Apparel and Accessories"] * 5)
    assert path_of("x" * 200 + "/y") == "x" * MAX_PATH


def test_fewer_than_no_pieces_are_none() -> None:
    product = validated(ProductIn, {**BOOT, "stock": -3}).product

    assert (product.stock, product.available) == (0, False)
