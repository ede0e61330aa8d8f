"""Products that changed while somebody was interested in them: cheaper than they saw them, or there again."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY
from shopbell.domain.goods import SAW
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
_LOOKBACK: Final = 60 * DAY
_PER_CENT: Final = 100
_UNSEEN: Final = 0.1
"""The interest in what is known from the trigger alone."""


def price_dropped(asked: Asked, taste: Taste, level: int) -> Link:
    """Those that cost less now than the visitor saw: by interest times how far the price fell."""
    options, now = asked.selection.options, asked.now
    least, least_money = number_of(options, "min_percent", 0), number_of(options, "min_drop", 1)
    since = now - number_of(options, "lookback", _LOOKBACK)
    seen = {name: price for name, price in taste.seen.items() if name in taste.visited}
    lately = {name: price for name, price in seen.items() if taste.visited[name].last > since}
    told = _trigger(asked)
    references = {**told, **lately} if options.get("reference", "seen") == "seen" else {**lately, **told}

    def against(name: ProductId) -> str:
        return "it cost" if name in told and asked.facts.get(SAW) is False else "you saw"

    def rank(shelf: Shelf) -> Sequence[Ranked]:
        found = []
        for name, was in references.items():
            product = shelf.open(name)
            if product is None or was - product.price < max(least_money, 1):
                continue
            drop = (was - product.price) * _PER_CENT / was
            if drop >= least:
                interest = score_of(taste.visited[name], now) if name in taste.visited else _UNSEEN
                lowest = lowest_price(shelf.past[name], now, product) if name in shelf.past else None
                why = f"{drop:.0f} % below what {against(name)}"
                found.append(Ranked(product, interest * drop / _PER_CENT, why, lowest))
        return sorted(found, key=lambda one: (-one.score, one.product.id))

    past = tuple if options.get("show_omnibus") is True else _nobody
    return Link(level, PRICE_DROPPED, rank, products=lambda _: tuple(references), past=past, fresh=True)


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


def _trigger(asked: Asked) -> Mapping[ProductId, int]:
    was = asked.facts.get("was")
    return dict.fromkeys(_named(asked), was) if isinstance(was, int) else {}


NEWS: Final[Mapping[str, Callable[[Asked, Taste, int], Link]]] = {PRICE_DROPPED: price_dropped, RESTOCKED: restocked}
