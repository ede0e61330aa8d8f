"""Who is told that a product costs less or is there again: those who showed interest, in the order of their turn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.goods import PRICE_CHANGED, Awaits
from shopbell.domain.ids import VisitorId
from shopbell.domain.watchers import Watcher

_PER_CENT: Final = 100


@dataclass(frozen=True, slots=True)
class Told:
    """One person who is told; `place` orders them: requests first, then the newest interest."""

    place: str
    visitor: VisitorId
    was: int | None
    """The price that the new one is held against; None: none is."""
    seen_at: Instant
    """The newest interest."""
    requested: bool = False


def interested(
    rows: Iterable[Watcher], product: Product, awaits: Awaits, reference: int | None, now: Instant
) -> Sequence[Told]:
    """Each person once, in the order in which they are told. `reference`: the price before, where all have one."""
    best: dict[VisitorId, Told] = {}
    for row in rows:
        if row.source not in awaits.sources or row.seen_at <= now - awaits.lookback:
            continue
        told = _priced_for(row, product, awaits, reference) if awaits.news == PRICE_CHANGED else _asked(row, product)
        if told is not None:
            known = best.get(row.visitor, told)
            seen_at = max(known.seen_at, told.seen_at)
            best[row.visitor] = replace(min(known, told, key=_turn), seen_at=seen_at)
    return sorted(best.values(), key=_turn)


def _turn(told: Told) -> str:
    return told.place


def _priced_for(row: Watcher, product: Product, awaits: Awaits, reference: int | None) -> Told | None:
    was = reference
    if awaits.reference == "seen":
        was = row.price if row.currency == product.currency else None
    if was is None or was - product.price < max(awaits.min_drop, 1):
        return None
    if (was - product.price) * _PER_CENT < was * awaits.min_percent:
        return None
    return Told(_place(1, row), row.visitor, was, row.seen_at)


def _asked(row: Watcher, product: Product) -> Told | None:
    """Who asked to be told, and who looked at this very variant while it was sold out."""
    if row.product != product.id or (row.source != "request" and row.in_stock is not False):
        return None
    requested = row.source == "request"
    return Told(_place(0 if requested else 1, row), row.visitor, None, row.seen_at, requested)


def _place(rank: int, row: Watcher) -> str:
    return f"{rank}#{10**15 - row.seen_at:015d}#{row.visitor}"
