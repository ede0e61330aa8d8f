"""The algorithms that there are: what each reads, and how it ranks."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Final

from shopbell.domain.recommend import options as read
from shopbell.domain.recommend.arrivals import new_arrivals, new_since
from shopbell.domain.recommend.deeds import shallow
from shopbell.domain.recommend.discounts import LEAST, discounted, fallen, seen_lately
from shopbell.domain.recommend.filters import texts, upwards
from shopbell.domain.recommend.link import Asked, Link, nothing, recent
from shopbell.domain.recommend.lists import STORE
from shopbell.domain.recommend.news import NEWS
from shopbell.domain.recommend.offers import CATEGORIES, scopes_for, smart_offers
from shopbell.domain.recommend.replenishing import due_again, replenished
from shopbell.domain.recommend.seeded import SEEDED
from shopbell.domain.recommend.sellers import top_sellers
from shopbell.domain.recommend.spotlights import spotlights
from shopbell.domain.recommend.taste import Taste
from shopbell.domain.recommend.visited import last_purchased, last_visited
from shopbell.domain.scenarios.plan import Selection

_OFFERS_WINDOW: Final = 30
_SELLERS_WINDOW: Final = 7


def own(asked: Asked, algorithm: str, taste: Taste, level: int) -> Link:
    """The algorithm over that taste; one that there is not has nothing to say."""
    build = BUILDERS.get(algorithm)
    return Link(level, algorithm, lambda _: ()) if build is None else build(asked, taste, level)


def offers(asked: Asked, taste: Taste, level: int) -> Link:
    options = asked.selection.options
    window, most = read.window_of(options, _OFFERS_WINDOW), int(read.number_of(options, "categories", CATEGORIES))
    due = due_again(taste, asked.now) if options.get("due_first") else ()
    alone = options.get("own_categories") is True
    return Link(
        level,
        "smart_offers",
        lambda shelf: chain(replenished(due, shelf), smart_offers(taste, shelf, window, most, own=alone)),
        lambda known: scopes_for(taste, known.overview, own=alone),
        lambda _: due,
    )


def discounts(asked: Asked, taste: Taste, level: int) -> Link:
    options = asked.selection.options
    window, least = read.window_of(options, _OFFERS_WINDOW), read.number_of(options, "min_discount", LEAST)
    most = int(read.number_of(options, "categories", CATEGORIES))
    return Link(
        level,
        "discounted",
        lambda shelf: discounted(taste, shelf, window, most, least, asked.now),
        lambda known: scopes_for(taste, known.overview, own=True),
        lambda _: seen_lately(taste),
        past=lambda products: fallen(taste, products),
    )


def sellers(level: int, scopes: Sequence[str], measure: read.Measure, window: int) -> Link:
    """What has no sales yet falls back on the newest of the shop, where the shop itself is asked."""
    return Link(
        level,
        "top_sellers",
        lambda shelf: top_sellers(shelf, scopes, measure, window),
        lambda _: scopes,
        recent if STORE in scopes else nothing,
    )


def upward(paths: Sequence[str]) -> Sequence[str]:
    return [up for path in paths for up in upwards(shallow(path))]


def shop_scopes(selection: Selection) -> Sequence[str]:
    """With a filter its categories first."""
    return [*sorted(texts(selection.filters.get("category"))), STORE]


def _sellers(asked: Asked, taste: Taste, level: int) -> Link:
    options = asked.selection.options
    return sellers(level, _scopes(asked, taste), read.measure_of(options), read.window_of(options, _SELLERS_WINDOW))


def _arrivals(asked: Asked, taste: Taste, level: int) -> Link:
    options, now = asked.selection.options, asked.now
    since = int(read.number_of(options, "new_since", new_since(now, asked.zone)))
    return Link(
        level,
        "new_arrivals",
        lambda shelf: new_arrivals(taste, shelf, since, now, options),
        products=lambda known: [one.product for one in known.overview.arrivals],
    )


def _purchased(_: Asked, taste: Taste, level: int) -> Link:
    return Link(level, "last_purchased", lambda shelf: last_purchased(taste, shelf), products=lambda _: taste.ordered)


def _visited(asked: Asked, taste: Taste, level: int) -> Link:
    least = read.number_of(asked.selection.options, "min_view_seconds", 0)
    return Link(
        level,
        "last_visited",
        lambda shelf: last_visited(taste, shelf, asked.now, least),
        products=lambda _: tuple(taste.visited),
    )


def blend(asked: Asked, level: int) -> Link:
    return Link(
        level, "spotlights", lambda shelf: spotlights(shelf, asked.visitor, asked.now), lambda _: (STORE,), recent
    )


def _scopes(asked: Asked, taste: Taste) -> Sequence[str]:
    """The category of a scope, then what lies above it, then the store; with a filter, its categories alone."""
    if texts(asked.selection.filters.get("category")):
        return shop_scopes(asked.selection)
    match read.scope_of(asked.selection.options):
        case "favourite_category":
            return [*upward(list(taste.categories)[:1]), STORE]
        case "last_viewed_category":
            return [*upward(taste.last_viewed), STORE]
        case "store":
            return (STORE,)


BUILDERS: Final[Mapping[str, Callable[[Asked, Taste, int], Link]]] = {
    "smart_offers": offers,
    "top_sellers": _sellers,
    "new_arrivals": _arrivals,
    "last_visited": _visited,
    "spotlights": lambda asked, _taste, level: blend(asked, level),
    "discounted": discounts,
    "last_purchased": _purchased,
    **SEEDED,
    **NEWS,
}
"""The algorithms that there are, by name."""
