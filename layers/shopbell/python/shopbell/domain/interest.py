"""Who is told that a product costs less or is there again: those who showed interest, in the order of their turn."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    seen_at: Instant
    """The newest interest."""
    was: int | None = None
    """The price that the new one is held against; None: none is."""
    saw: bool = False
    """Whether that is what they saw themselves, of this very variant."""
    requested: bool = False


def interested(
    rows: Iterable[Watcher], product: Product, awaits: Awaits, reference: int | None, now: Instant
) -> Sequence[Told]:
    """Each person once, in the order in which they are told. `reference`: what the product itself cost before."""
    theirs: dict[VisitorId, list[Watcher]] = defaultdict(list)
    for row in rows:
        if not row.gone:
            theirs[row.visitor].append(row)
    found = (_told(mine, product, awaits, reference, now) for mine in theirs.values())
    return sorted((one for one in found if one is not None), key=lambda one: one.place)


def _told(
    rows: Sequence[Watcher], product: Product, awaits: Awaits, reference: int | None, now: Instant
) -> Told | None:
    """`rows`: of one person, of all variants. Interest in one of them ends with the purchase of another."""
    bought = max((row.seen_at for row in rows if row.source == "bought"), default=0)
    since = max(now - awaits.lookback, bought)
    lately = [row for row in rows if row.source in awaits.sources and row.seen_at > since]
    if awaits.news == PRICE_CHANGED:
        return _cheaper(rows, lately, product, awaits, reference)
    asked = [row for row in lately if _asked(row, product)]
    if not asked:
        return None
    first = min(asked, key=lambda row: (row.source != "request", -row.seen_at))
    requested = first.source == "request"
    return Told(_place(0 if requested else 1, first), first.visitor, _newest(asked).seen_at, requested=requested)


def _cheaper(
    rows: Sequence[Watcher], lately: Sequence[Watcher], product: Product, awaits: Awaits, reference: int | None
) -> Told | None:
    """Held against the price at which they saw this very variant last; who did not, against what it cost before."""
    own = [row for row in rows if row.product == product.id and row.price and row.currency == product.currency]
    saw = awaits.reference == "seen" and bool(own)
    was = _newest(own).price if saw else reference
    if not lately or was is None or was - product.price < max(awaits.min_drop, 1):
        return None
    if (was - product.price) * _PER_CENT < was * awaits.min_percent:
        return None
    newest = _newest(lately)
    return Told(_place(1, newest), newest.visitor, newest.seen_at, was, saw)


def _newest(rows: Sequence[Watcher]) -> Watcher:
    return max(rows, key=lambda row: (row.seen_at, row.source, row.product))


def _asked(row: Watcher, product: Product) -> bool:
    """Who asked to be told, and who looked at this very variant while it was sold out."""
    return row.product == product.id and (row.source == "request" or row.in_stock is False)


def _place(rank: int, row: Watcher) -> str:
    return f"{rank}#{10**15 - row.seen_at:015d}#{row.visitor}"
