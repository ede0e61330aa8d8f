"""The fallback chain: which algorithm is tried on which level, until one has something to show."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from shopbell.domain.events import Json
from shopbell.domain.recommend.filters import texts, under
from shopbell.domain.recommend.link import Asked, Link
from shopbell.domain.recommend.links import blend, own, sellers, shop_scopes, upward
from shopbell.domain.recommend.lists import WINDOWS
from shopbell.domain.recommend.seeded import BESIDE, SEEDED, beside_seeds, co_sellers, unlike_seeds
from shopbell.domain.recommend.taste import Taste
from shopbell.domain.scenarios.plan import STATIC

PERSONAL: Final = frozenset({"smart_offers", "last_visited", "discounted"})
"""Those that have nothing to say of a visitor without a past."""
OWN: Final = 0
SESSION: Final = 1
ENTRY: Final = 2
SHOP: Final = 3
BLEND: Final = 4
_WINDOW: Final = WINDOWS.index(30)


def chain(asked: Asked) -> Sequence[Link]:
    """The levels in order, down to the selection's `fallback_max_level`; none where no product is asked for.

    A visitor of whom only one session is known begins on level 1. The selection's own fallbacks are tried after its
    algorithm and count as that level too; those that take the place of the chain have a level each.
    """
    algorithm = asked.selection.algorithm
    if algorithm is None:
        return ()
    links = _shipped(asked, algorithm) if asked.selection.instead is None else _chosen(asked, algorithm)
    return [one for one in links if one.level <= min(asked.selection.fallback_max_level, STATIC - 1)]


def _chosen(asked: Asked, algorithm: str) -> list[Link]:
    """The marketer's own order. Of a visitor of whom one session is known the algorithm is asked on that alone."""
    taste = asked.taste if asked.taste.lasting or algorithm not in PERSONAL else asked.session
    names = (algorithm, *(asked.selection.instead or ()))
    return [own(asked, name, taste, level) for level, name in enumerate(names)]


def _shipped(asked: Asked, algorithm: str) -> list[Link]:
    links = [own(asked, algorithm, asked.taste, OWN)] if asked.taste.lasting or algorithm not in PERSONAL else []
    if algorithm in PERSONAL and (asked.session.session or asked.session.visited):
        links.append(own(asked, algorithm, asked.session, SESSION))
    links += [_fallback(asked, algorithm, name) for name in asked.selection.fallback]
    if algorithm in SEEDED:
        links.append(beside_seeds(asked, algorithm, ENTRY))
    elif asked.entry:
        links.append(sellers(ENTRY, upward(asked.entry), "orders", _WINDOW))
    shop = [sellers(SHOP, shop_scopes(asked.selection), "orders", _WINDOW), blend(asked, BLEND)]
    return [*links, *(unlike_seeds(asked, algorithm, one) if algorithm in BESIDE else one for one in shop)]


def _fallback(asked: Asked, algorithm: str, name: str) -> Link:
    """Top sellers that follow on something that started from products are those of their categories.

    Of what goes with an order, they are those of what is bought with such things.
    """
    if algorithm == "complementary" and name == "top_sellers":
        return co_sellers(asked, SESSION)
    started = next((one for one in (algorithm, *asked.selection.fallback) if one in SEEDED), None)
    if started is not None and name == "top_sellers":
        return beside_seeds(asked, started, SESSION)
    return own(asked, name, asked.taste, SESSION)


def narrowed(taste: Taste, filters: Mapping[str, Json]) -> Taste:
    """With no categories but those that the filter lets through."""
    wanted = texts(filters.get("category"))
    if not wanted:
        return taste
    shares = {
        path: share
        for path, share in taste.categories.items()
        if any(under(path, one) or under(one, path) for one in wanted)
    }
    return replace(taste, categories=shares)


def entry_of(facts: Mapping[str, Json], taste: Taste) -> tuple[str, ...]:
    """What the trigger was about, else the category that the latest session began with."""
    category = facts.get("category")
    if isinstance(category, str) and category:
        return (category,)
    return taste.entry
