"""The merchant's own lists: products in their order, for whoever names the list, or for a product or category."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.recommend.filters import upwards
from shopbell.domain.recommend.lists import Ranked, Shelf

TargetKind = Literal["product", "category", "segment"]
LIST_NAME: Final = r"^[a-z0-9][a-z0-9_-]{0,63}$"
NAME_FORM: Final = "must have 1 to 64 small letters, digits, - or _"
"""What is said of any other."""


def is_list_name(text: str) -> bool:
    """Whether a product list may be called so."""
    return re.fullmatch(LIST_NAME, text) is not None


@dataclass(frozen=True, slots=True)
class Target:
    """What a list is for; `id` is a product's, a segment's, or the path of a category with all that lies under it."""

    kind: TargetKind
    id: str


@dataclass(frozen=True, slots=True)
class ProductList:
    """`starts_at` and `ends_at`: outside of them it shows nothing."""

    store: StoreId
    name: str
    products: tuple[ProductId, ...]
    target: Target | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    revision: int = 0

    def holds_at(self, now: Instant) -> bool:
        return (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or now < self.ends_at)


def predefined(shelf: Shelf) -> Sequence[Ranked]:
    """In the merchant's order; what is sold out is passed over."""
    rows = [product for name in shelf.known.named if (product := shelf.open(name)) is not None]
    return [Ranked(product, 1.0 / (place + 1), "on the shop's own list") for place, product in enumerate(rows)]


def named_for(
    lists: Iterable[ProductList],
    name: str | None,
    seeds: Mapping[ProductId, Product],
    segments: Iterable[str],
    now: Instant,
) -> tuple[ProductId, ...]:
    """Of the list of that name; without a name of those of the seeds, then of their categories, then of segments.

    What a product itself says it is related to counts as a list for it, after those that are.
    """
    live = [one for one in lists if one.holds_at(now)]
    if name is not None:
        return tuple(dict.fromkeys(product for one in live if one.name == name for product in one.products))
    mine = {(one.target.kind, one.target.id): one.products for one in live if one.target is not None}
    found: list[ProductId] = []
    for seed, product in seeds.items():
        found += [*mine.get(("product", seed), ()), *product.related]
    for path in (up for product in seeds.values() for one in product.categories for up in upwards(one)):
        found += mine.get(("category", path), ())
    for segment in sorted(segments):
        found += mine.get(("segment", segment), ())
    return tuple(one for one in dict.fromkeys(found) if one not in seeds)
