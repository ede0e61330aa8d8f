"""Scenarios that wait for products: who is interested in which, and what a change of one means to them."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import MINUTE, Duration, Instant
from shopbell.domain.ids import ProductId, StoreId, VisitorId
from shopbell.domain.versions import Change
from shopbell.domain.watchers import WatchSource

Reference = Literal["seen", "last", "lowest"]
PRICE_CHANGED: Final = "product_price_changed"
BACK_IN_STOCK: Final = "product_back_in_stock"
REQUESTED: Final = "requested"
"""Of the event that tells somebody of a product: they had asked for it."""
SAW: Final = "saw"
"""Of the same: it is held against a price that they saw themselves."""
ALSO: Final = "also"
"""Of a message that waits: further products, each with the price it is held against and whether they saw that."""
SEEN_AT: Final = "seen_at"
"""Of the same: when they last showed interest; what they bought before that is no reason to be silent."""


@dataclass(frozen=True, slots=True)
class Awaits:
    """What a scenario waits for: a price that falls or stock that comes back, and for whom."""

    news: str
    """PRICE_CHANGED or BACK_IN_STOCK."""
    sources: frozenset[WatchSource]
    lookback: Duration
    settle: Duration
    """For so long it must hold."""
    wave: int
    """How many are told at once; of stock, for each piece that there is."""
    every: Duration = MINUTE
    """Between two waves."""
    min_percent: int = 0
    min_drop: int = 0
    """Minor units."""
    reference: Reference = "seen"
    min_stock: int = 1


@dataclass(frozen=True, slots=True)
class Timer:
    """How far a scenario is with the changes of one product. `due` None: it rests.

    `revision` is the product's at the latest change that moved it: an older one, told again, moves nothing.
    """

    store: StoreId
    product: ProductId
    scenario: str
    revision: int = 0
    due: Instant | None = None
    base: int | None = None
    """The price before the first change since it rested."""
    news: str = ""
    """Names what is told, the same in all waves of it."""
    after: str = ""
    """The place of the last one who was told; "": nobody was."""
    gone: bool = False
    """It was sold out, and not everybody has been told yet that it is back."""
    version: int = 0


_MARK: Final = "\x1f"
"""No id of a visitor holds it: they are printable."""


def timer_name(product: ProductId, scenario: str) -> VisitorId:
    """What a timer is called among the visitors that fall due."""
    return VisitorId(f"{_MARK}{scenario}{_MARK}{product}")


def timer_of(name: VisitorId) -> tuple[ProductId, str] | None:
    """None: it is a visitor."""
    match name.split(_MARK):
        case ["", scenario, product]:
            return ProductId(product), scenario
        case _:
            return None


def moved(timer: Timer, change: Change, awaits: Awaits) -> Timer | None:
    """The timer after that change; None: it moves nothing. The same change, told again, moves nothing."""
    after = change.after
    if after is None or after.revision <= timer.revision:
        return None
    new = after.product
    old = None if change.before is None else change.before.product
    known = replace(timer, revision=after.revision)
    match awaits.news:
        case "product_price_changed":
            return None if old is None or not change.price_changed else _priced(known, old, new, change.at, awaits)
        case _:
            return None if old is None else _stocked(known, old, new, change.at, awaits)


def _priced(timer: Timer, old: Product, new: Product, at: Instant, awaits: Awaits) -> Timer | None:
    """Prices of two currencies do not compare: whatever waited is over."""
    if old.currency != new.currency:
        return replace(timer, due=None, base=None, after="")
    base = old.price if timer.due is None or timer.base is None else timer.base
    if new.price >= base:
        return replace(timer, due=None, base=None, after="")
    name = f"{timer.product}@{timer.revision}"
    return replace(timer, due=at + awaits.settle, base=base, news=name, after="")


def _stocked(timer: Timer, old: Product, new: Product, at: Instant, awaits: Awaits) -> Timer | None:
    """Back is what was gone: fewer than enough are not back yet, and enough again are back only if all were gone."""
    if _at_least(old, awaits.min_stock) and _at_least(new, awaits.min_stock):
        return None
    gone = timer.gone or not _at_least(old, 1) or not _at_least(new, 1)
    if gone and _at_least(new, awaits.min_stock):
        news = f"{timer.product}@{timer.revision}"
        return replace(timer, due=at + awaits.settle, news=news, after="", gone=True)
    rests = replace(timer, due=None, after="", gone=gone)
    return None if rests == timer else rests


def _at_least(product: Product, pieces: int) -> bool:
    return product.active and product.available and (product.stock is None or product.stock >= pieces)


def holds(product: Product, timer: Timer, awaits: Awaits) -> bool:
    """Whether what the timer waited for is still so."""
    if awaits.news == PRICE_CHANGED:
        return product.active and product.available and timer.base is not None and product.price < timer.base
    return _at_least(product, awaits.min_stock)


def is_scarce(awaits: Awaits, product: Product) -> bool:
    """Whether there may be fewer pieces than people who want one."""
    return awaits.news == BACK_IN_STOCK and product.stock is not None


def people(awaits: Awaits, product: Product) -> int | None:
    """How many are told at once; None: everybody."""
    if awaits.news == PRICE_CHANGED:
        return awaits.wave
    return None if product.stock is None else awaits.wave * product.stock
