"""The fallback chain: which algorithm is tried on which level, what it must read, and what it says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend import options as read
from shopbell.domain.recommend.arrivals import new_arrivals, new_since
from shopbell.domain.recommend.filters import upwards
from shopbell.domain.recommend.lists import STORE, WINDOWS, Overview, Ranked, Shelf
from shopbell.domain.recommend.offers import scopes_for, smart_offers
from shopbell.domain.recommend.sellers import spotlights, top_sellers
from shopbell.domain.recommend.taste import Taste, shallow
from shopbell.domain.recommend.visited import last_visited
from shopbell.domain.scenarios.plan import STATIC, Selection

ALGORITHMS: Final = ("smart_offers", "top_sellers", "new_arrivals", "last_visited", "spotlights")
PERSONAL: Final = frozenset({"smart_offers", "last_visited"})
"""Those that say nothing of a visitor without a past."""
OWN: Final = 0
SESSION: Final = 1
ENTRY: Final = 2
SHOP: Final = 3
BLEND: Final = 4
_OFFERS_WINDOW: Final = 30
_SELLERS_WINDOW: Final = 7
Rank = Callable[[Shelf], Sequence[Ranked]]
Scopes = Callable[[Overview], Sequence[str]]
Products = Callable[[Overview], Sequence[ProductId]]


def no_scopes(_: Overview) -> Sequence[str]:
    return ()


def no_products(_: Overview) -> Sequence[ProductId]:
    return ()


def recent(overview: Overview) -> Sequence[ProductId]:
    return overview.recent


def arrived(overview: Overview) -> Sequence[ProductId]:
    return [one.product for one in overview.arrivals]


def whole_store(_: Overview) -> Sequence[str]:
    return (STORE,)


@dataclass(frozen=True, slots=True)
class Link:
    """One level: the lists and products that it reads, and how it ranks what they hold."""

    level: int
    algorithm: str
    rank: Rank
    scopes: Scopes = no_scopes
    products: Products = no_products
    """Beside those of the lists."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One visitor's selection: the taste of all that is known, and of the latest session alone."""

    selection: Selection
    taste: Taste
    session: Taste
    entry: tuple[str, ...]
    """Categories that the trigger or the latest session began with, the first one most."""
    now: Instant
    zone: ZoneInfo


def chain(asked: Asked) -> Sequence[Link]:
    """The levels in order, down to the selection's `fallback_max_level`."""
    algorithm = asked.selection.algorithm
    if algorithm is None:
        return ()
    links = [_own(asked, algorithm, asked.taste, OWN)] if asked.taste.lasting or algorithm not in PERSONAL else []
    if algorithm in PERSONAL and asked.session.session:
        links.append(_own(asked, algorithm, asked.session, SESSION))
    links += [_own(asked, name, asked.taste, SESSION) for name in asked.selection.fallback]
    if asked.entry:
        scopes = _upward(asked.entry)
        links.append(_sellers(ENTRY, scopes, "orders", WINDOWS.index(30)))
    links.append(_sellers(SHOP, (STORE,), "orders", WINDOWS.index(30)))
    links.append(Link(BLEND, "spotlights", spotlights, whole_store, recent))
    return [one for one in links if one.level <= min(asked.selection.fallback_max_level, STATIC - 1)]


def entry_of(facts: Mapping[str, Json], taste: Taste) -> tuple[str, ...]:
    """What the trigger was about, else the category that the latest session began with."""
    category = facts.get("category")
    if isinstance(category, str) and category:
        return (category,)
    return taste.session[-1:]


def _own(asked: Asked, algorithm: str, taste: Taste, level: int) -> Link:
    options, now = asked.selection.options, asked.now
    match algorithm:
        case "smart_offers":
            window = read.window_of(options, _OFFERS_WINDOW)
            return Link(
                level, algorithm, lambda shelf: smart_offers(taste, shelf, window), partial(scopes_for, taste)
            )
        case "top_sellers":
            return _sellers(
                level, _scopes(asked, taste), read.measure_of(options), read.window_of(options, _SELLERS_WINDOW)
            )
        case "new_arrivals":
            since = int(read.number_of(options, "new_since", new_since(now, asked.zone)))
            return Link(
                level, algorithm, lambda shelf: new_arrivals(taste, shelf, since, now, options), products=arrived
            )
        case "last_visited":
            return Link(
                level,
                algorithm,
                lambda shelf: last_visited(taste, shelf, now),
                products=lambda _: tuple(taste.visited),
            )
        case "spotlights":
            return Link(level, algorithm, spotlights, whole_store, recent)
        case _:
            return Link(level, algorithm, lambda _: ())


def _sellers(level: int, scopes: Sequence[str], measure: read.Measure, window: int) -> Link:
    """What has no sales yet falls back on the newest of the shop, where the shop itself is asked."""
    return Link(
        level,
        "top_sellers",
        lambda shelf: top_sellers(shelf, scopes, measure, window),
        lambda _: scopes,
        recent if STORE in scopes else no_products,
    )


def _scopes(asked: Asked, taste: Taste) -> Sequence[str]:
    """The category of a scope, then what lies above it, then the store; a filter's categories before all."""
    wanted = asked.selection.filters.get("category")
    named = (wanted,) if isinstance(wanted, str) else wanted if isinstance(wanted, Sequence) else ()
    if texts := [one for one in named if isinstance(one, str)]:
        return [*_upward(texts[:1]), STORE]
    match read.scope_of(asked.selection.options):
        case "favourite_category":
            return [*_upward(list(taste.categories)[:1]), STORE]
        case "last_viewed_category":
            return [*_upward(taste.session[:1]), STORE]
        case "store":
            return (STORE,)


def _upward(paths: Sequence[str]) -> Sequence[str]:
    return [up for path in paths for up in upwards(shallow(path))]
