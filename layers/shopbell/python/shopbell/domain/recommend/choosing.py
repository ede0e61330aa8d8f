"""Out of a ranking, what one message shows: no two of a kind, and not all of one brand."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.recommend.lists import Ranked

MANY: Final = 4
"""Products from which on at most PER_BRAND of one brand are shown."""
PER_BRAND: Final = 2


def chosen(ranked: Iterable[Ranked], count: int, per_brand: int = 0, spare: int = 0) -> Sequence[Ranked]:
    """The first `count` in their order: one of each variant group, at most two of a brand where four are shown.

    `per_brand`: at most so many, however few are shown; 0: that rule alone. `spare`: so many more by the same rule.
    """
    most = per_brand or (PER_BRAND if count >= MANY else count + spare)
    taken: list[Ranked] = []
    groups: set[str] = set()
    brands: Counter[str] = Counter()
    for one in ranked:
        group, brand = _group(one.product), one.product.brand or ""
        if group in groups or (brand and brands[brand] >= most):
            continue
        groups.add(group)
        brands[brand] += 1
        taken.append(one)
        if len(taken) == count + spare:
            break
    return taken


def _group(product: Product) -> str:
    """A product without variants is its own; no group can be called like one."""
    return f"group {product.group_id}" if product.group_id else f"product {product.id}"
