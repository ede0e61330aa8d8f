"""Products that changed while somebody was interested in them: cheaper than they saw them, or there again."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.events import Json
from shopbell.domain.goods import ALSO, SAW
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.discounts import lowest_price
from shopbell.domain.recommend.link import Asked, Link
from shopbell.domain.recommend.lists import Ranked, Shelf
from shopbell.domain.recommend.options import number_of
from shopbell.domain.recommend.taste import Taste
from shopbell.domain.recommend.visited import score_of

PRICE_DROPPED: Final = "price_dropped"
RESTOCKED: Final = "restocked"
GONE: Final[Mapping[str, str]] = {PRICE_DROPPED: "price_changed", RESTOCKED: "stock_gone"}
"""Why there is nothing to tell any more."""
_PER_CENT: Final = 100
_UNSEEN: Final = 0.1
"""The interest in what was not looked at itself."""


def price_dropped(asked: Asked, taste: Taste, level: int) -> Link:
    """Of those that were told of, what still costs less: by interest times how far the price fell.

    Who has seen one at a lower price since is not told of less than it fell below that.
    """
    options, now, told = asked.selection.options, asked.now, _told(asked)
    least, least_money = number_of(options, "min_percent", 0), number_of(options, "min_drop", 1)
    seen = taste.seen if options.get("reference", "seen") == "seen" else {}

    def rank(shelf: Shelf) -> Sequence[Ranked]:
        found = []
        for name, (before, saw) in told.items():
            product, was = shelf.open(name), min(before, seen.get(name, before))
            if product is None or was - product.price < max(least_money, 1):
                continue
            drop = (was - product.price) * _PER_CENT / was
            if drop >= least:
                interest = score_of(taste.visited[name], now) if name in taste.visited else _UNSEEN
                lowest = lowest_price(shelf.past[name], now, product) if name in shelf.past else None
                why = f"{drop:.0f} % below what {'you saw' if saw else 'it cost'}"
                found.append(Ranked(product, interest * drop / _PER_CENT, why, lowest))
        return sorted(found, key=lambda one: (-one.score, one.product.id))

    past = tuple if options.get("show_omnibus") is True else _nobody
    return Link(level, PRICE_DROPPED, rank, products=lambda _: tuple(told), past=past, fresh=True)


def restocked(asked: Asked, _: Taste, level: int) -> Link:
    """The product of the trigger, while there is enough of it."""
    names, least = tuple(_named(asked)), number_of(asked.selection.options, "min_stock", 1)

    def enough(product: Product) -> bool:
        return product.stock is None or product.stock >= least

    def rank(shelf: Shelf) -> Sequence[Ranked]:
        known = [product for name in names if (product := shelf.open(name)) is not None and enough(product)]
        return [Ranked(product, 1.0, "in stock again") for product in known]

    return Link(level, RESTOCKED, rank, products=lambda _: names, fresh=True)


def _nobody(_: Mapping[ProductId, Product]) -> Sequence[ProductId]:
    return ()


def _named(asked: Asked) -> Sequence[ProductId]:
    name = asked.facts.get("product_id")
    return [ProductId(name)] if isinstance(name, str) else []


def _told(asked: Asked) -> Mapping[ProductId, tuple[int, bool]]:
    """The product of the trigger and those that came with it: the price before, and whether the visitor saw it."""
    facts, found = asked.facts, dict[ProductId, tuple[int, bool]]()
    also = facts.get(ALSO)
    rows: dict[str, Json] = {name: [facts.get("was"), facts.get(SAW)] for name in _named(asked)}
    rows |= also if isinstance(also, Mapping) else {}
    for name, row in rows.items():
        match row:
            case [int(was), (bool() | None) as saw]:
                found[ProductId(name)] = was, saw is not False
            case _:
                pass
    return found


NEWS: Final[Mapping[str, Callable[[Asked, Taste, int], Link]]] = {PRICE_DROPPED: price_dropped, RESTOCKED: restocked}
