"""Algorithms and seeds by name, as rows, the API and pages write them."""

from typing import Final, Literal, get_args

Algorithm = Literal[
    "smart_offers",
    "top_sellers",
    "new_arrivals",
    "last_visited",
    "last_purchased",
    "spotlights",
    "discounted",
    "predefined",
    "complementary",
    "alternatives",
    "random_from_cart",
]
ALGORITHMS: Final[tuple[Algorithm, ...]] = get_args(Algorithm)
Seed = Literal["event", "order", "cart", "last_added", "last_viewed", "most_viewed"]
"""Products that an algorithm starts from, the first one most.

`event`: those of the trigger (facts `products`, else `product_id`); `order`: those of a purchase that was the
trigger, else of the visitor's latest order; `cart`: those in the cart, the last added first; `last_added`: of them
the last added alone; `last_viewed`, `most_viewed`: of what was looked at and not bought since, the latest, and the
one that was looked at most (as `last_visited` ranks). Where the options name none, `complementary` and `predefined`
start from `order`, `alternatives` from `last_viewed`, `random_from_cart` from `cart`; products that the caller names
itself (facts `seeds`) come before all.
"""
SEEDS: Final[tuple[Seed, ...]] = get_args(Seed)
