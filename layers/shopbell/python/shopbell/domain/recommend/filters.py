"""Which products may be shown at all, and which of them the marketer wants."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.events import Json

Wanted = Callable[[Product], bool]
FILTERS: Final = ("category", "brand", "label", "price", "in_stock", "min_discount")
_PER_CENT: Final = 100


def presentable(product: Product) -> bool:
    """Active, in stock now, and with everything that a message needs."""
    shown = bool(product.title and product.url and product.image_url)
    return product.active and product.available and shown and product.price > 0


def discount(product: Product) -> float:
    """Per cent below the list price; 0 where there is none."""
    if not product.list_price or product.list_price <= product.price:
        return 0.0
    return _PER_CENT * (product.list_price - product.price) / product.list_price


def wanted(filters: Mapping[str, Json]) -> Wanted:
    """All of them must hold; a list of values: any. Categories hold for what lies under them.

    `category`, `brand`, `label`: text or a list; `price`: {"min", "max"} in minor units, both included;
    `min_discount`: per cent. `in_stock` is true always: nothing else is ever shown.
    """
    categories, brands, labels = (texts(filters.get(name)) for name in ("category", "brand", "label"))
    low, high = _price(filters.get("price"))
    least = _number(filters.get("min_discount"), 0)

    def holds(product: Product) -> bool:
        return (
            (not categories or any(under(path, one) for path in product.categories for one in categories))
            and (not brands or product.brand in brands)
            and (not labels or not labels.isdisjoint(product.tags))
            and low <= product.price <= high
            and discount(product) >= least
        )

    return holds


def under(path: str, category: str) -> bool:
    return path == category or path.startswith(category + "/")


def upwards(path: str) -> Sequence[str]:
    """`Outdoor/Boots`, then `Outdoor`."""
    found = []
    while path:
        found.append(path)
        path = path.rpartition("/")[0]
    return found


def texts(value: Json) -> frozenset[str]:
    """One or several, as they were given."""
    if isinstance(value, str):
        return frozenset({value})
    return frozenset(one for one in value if isinstance(one, str)) if isinstance(value, Sequence) else frozenset()


def _price(value: Json) -> tuple[float, float]:
    asked = value if isinstance(value, Mapping) else {}
    return _number(asked.get("min"), 0), _number(asked.get("max"), float("inf"))


def _number(value: Json, otherwise: float) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else otherwise
