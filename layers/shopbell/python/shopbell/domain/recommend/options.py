"""What algorithms take beside filters, read out of a selection's options; odd values are the defaults.

All that start from products: `seed` (`names.Seed`). `complementary`: `bundle_first` (true: the shop's own bundle of
the seeds comes before what was counted); `alternatives`: `price_band` (0.3: within 30 % of the seed's price),
`exclude_viewed` (true: nothing that the visitor looked at); `keep_in_cart` (true: what is in the cart is no
alternative, and its source may tell of it again); `predefined`: `list` (its name; without it the lists of
the seeds); top sellers: `window`, `measure`, `scope`; new arrivals: `new_since`, `min_pool`, `min_affinity`; smart
offers: `window`, `categories`, `purchase_weight`, `due_first`, `own_categories` (true: none beside those that the
visitor did anything in); last visited: `min_view_seconds`; discounted: `window`, `categories`, `min_discount`; all:
`max_per_brand`.
"""

from collections.abc import Mapping
from typing import Final, Literal, cast, get_args

from shopbell.domain.clock import DAY, parse_duration
from shopbell.domain.events import Json
from shopbell.domain.recommend.lists import WINDOWS

Measure = Literal["orders", "units", "revenue", "views"]
Scope = Literal["store", "favourite_category", "last_viewed_category"]
MEASURES: Final = get_args(Measure)
SCOPES: Final = get_args(Scope)


def window_of(options: Mapping[str, Json], otherwise: int) -> int:
    """Place in WINDOWS of the shortest that is at least as long as `window` (`P7D`, or milliseconds)."""
    asked = options.get("window")
    try:
        length = parse_duration(asked) if isinstance(asked, str) else asked
    except ValueError:
        length = None
    if not isinstance(length, int) or isinstance(length, bool):
        return WINDOWS.index(otherwise)
    return next((place for place, days in enumerate(WINDOWS) if days * DAY >= length), len(WINDOWS) - 1)


def measure_of(options: Mapping[str, Json]) -> Measure:
    asked = options.get("measure")
    return cast("Measure", asked) if asked in MEASURES else "orders"


def scope_of(options: Mapping[str, Json]) -> Scope:
    asked = options.get("scope")
    return cast("Scope", asked) if asked in SCOPES else "store"


def number_of(options: Mapping[str, Json], name: str, otherwise: float) -> float:
    asked = options.get(name)
    return asked if isinstance(asked, int | float) and not isinstance(asked, bool) else otherwise
