"""Discounted products: what costs less than it did, as far as the visitor may care for it, and no fake ones."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.deeds import shallow
from shopbell.domain.recommend.filters import under
from shopbell.domain.recommend.lists import Ranked, Shelf
from shopbell.domain.recommend.offers import favourites, liked, smart_offers, why, worth
from shopbell.domain.recommend.taste import Taste
from shopbell.domain.versions import Version

LEAST: Final = 10
"""Per cent; less is no discount that anybody comes back for."""
LATELY: Final[Duration] = 30 * DAY
"""What a price is held against; an old price that was raised within it makes a discount fake."""
LOOKED_UP: Final = 40
"""Products whose past is read for one selection: the best of them that fell, then others in the lists' order."""
SEEN: Final = 100
"""Products that the visitor looked at, the latest first, that are read though they may stand in no list."""
_PER_CENT: Final = 100
Past = Mapping[ProductId, Sequence[Version]]


def discounted(taste: Taste, shelf: Shelf, window: int, most: int, least: float, now: Instant) -> Sequence[Ranked]:
    """Of the visitor's own `most` categories, by what the visitor cares for times how far the price fell."""
    found: list[Ranked] = []
    offered = list(smart_offers(taste, shelf, window, most, own=True))
    listed = {one.product.id for one in offered}
    for one in chain(offered, (one for one in _looked_at(taste, shelf, most) if one.product.id not in listed)):
        product, seen = one.product, taste.seen.get(one.product.id)
        drop = drop_of(product, reference(product, seen, shelf.past.get(product.id, ()), now))
        if drop >= least:
            against = "below what the visitor saw" if seen else "off"
            found.append(Ranked(product, one.score * drop / _PER_CENT, f"{drop:.0f} % {against}, {one.reason}"))
    return sorted(found, key=lambda one: (-one.score, one.product.id))


def seen_lately(taste: Taste) -> Sequence[ProductId]:
    """What was looked at and not bought since: it may have become cheaper, however few want it."""
    return sorted(taste.visited, key=lambda name: (-taste.visited[name].last, name))[:SEEN]


def _looked_at(taste: Taste, shelf: Shelf, most: int) -> Iterator[Ranked]:
    shares = dict(islice(liked(taste, shelf.overview, own=True).items(), most))
    shares |= favourites(taste, shelf, most, own=True)
    for product in filter(None, map(shelf.open, seen_lately(taste))):
        fitting = [path for path in shares if any(under(shallow(one), path) for one in product.categories)]
        if fitting:
            path = max(fitting, key=lambda one: shares[one])
            yield Ranked(product, worth(taste, product, shares[path]), why(taste, path))


def fallen(taste: Taste, products: Mapping[ProductId, Product]) -> Sequence[ProductId]:
    """Those that may be discounted and of which nobody but the past can say whether that is true.

    Of what has no list price nobody but the past knows that it ever cost more.
    """
    falls = {one.id: drop_of(one, one.list_price) for one in products.values() if not taste.seen.get(one.id)}
    first = sorted((name for name, drop in falls.items() if drop > 0), key=lambda name: (-falls[name], name))
    return [*first, *(name for name, drop in falls.items() if drop <= 0)][:LOOKED_UP]


def reference(product: Product, seen: int | None, past: Sequence[Version], now: Instant) -> int | None:
    """What the visitor saw it for last; else its median price of the last 30 days; else its list price.

    None: nothing to hold it against, or an old price that was raised within these days.
    """
    if seen:
        return seen
    if raised(product, past, now):
        return None
    return median_price(past, now, product) or product.list_price


def raised(product: Product, past: Sequence[Version], now: Instant) -> bool:
    """Whether a lower list price stood within the last 30 days, or a price beside none."""
    stood = [one.shelved.product for one in past if one.until > now - LATELY]
    now_said = product.list_price or 0
    return any((one.list_price or one.price) < now_said for one in stood)


def lowest_price(past: Sequence[Version], now: Instant, product: Product) -> int | None:
    """At which it stood within the last 30 days, before its present price; None: nothing is known of them.

    What a reduction is announced against in the European Union (Directive 98/6/EC, article 6a).
    """
    stood = [one.shelved.product for one in past if one.until > now - LATELY]
    return min((one.price for one in stood if one.currency == product.currency), default=None)


def median_price(past: Sequence[Version], now: Instant, product: Product) -> int | None:
    """Of the last 30 days, by how long each price stood; None while nothing is known of most of them."""
    start = now - LATELY
    rows = [(max(one.shelved.at, start), one.until, one.shelved.product.price) for one in past if one.until > start]
    latest = max((until for _, until, _ in rows), default=None)
    if latest is None:
        return None
    lengths = sorted([(price, until - at) for at, until, price in rows] + [(product.price, now - latest)])
    left = sum(length for _, length in lengths) / 2
    for price, length in lengths:
        left -= length
        if left <= 0:
            return price
    return None


def drop_of(product: Product, against: int | None) -> float:
    """Per cent below it; 0 for what is not."""
    if not against or against <= product.price:
        return 0.0
    return _PER_CENT * (against - product.price) / against
