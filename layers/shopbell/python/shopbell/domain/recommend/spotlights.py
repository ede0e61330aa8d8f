"""Spotlights: what stands out in the whole shop this week; now and then something that hardly anybody has seen."""

import hashlib
from collections.abc import Sequence
from math import log
from statistics import mean, pstdev
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, Instant
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.lists import STORE, WINDOWS, Demand, Popular, Ranked, Shelf, TopList
from shopbell.domain.recommend.sellers import newest

EXPLORED: Final = 0.05
"""In this share of selections a product that hardly anybody has seen comes first."""
UNSEEN: Final = 200
"""Views of 90 days below which nobody can say how good a product is."""
SHRINK: Final = 50
"""Views at the store's own rate that each product's conversion is averaged with."""
_ORDERS: Final = 2
_MARGIN: Final = 0.5
_WEEK, _MONTH, _QUARTER = range(len(WINDOWS))
_LOTS: Final = 2**32


def spotlights(shelf: Shelf, who: str, now: Instant) -> Sequence[Ranked]:
    """By how far views, orders (twice), conversion and margin (half) stand out, and how they rose on the month.

    Who is shown something unseen is drawn by lot, from the visitor and the UTC day: asked again, it is the same.
    """
    top = shelf.lists.get(STORE, TopList(STORE))
    rows = [(one, product) for one in top.products if (product := shelf.open(one.product)) is not None]
    if not rows:
        return newest(shelf)
    ranked = _ranked(rows, top)
    unseen = sorted(product.id for one, product in rows if one.windows[_QUARTER].views < UNSEEN)
    unseen += sorted(name for name in shelf.overview.recent if name not in unseen and _unknown(name, shelf, rows))
    return _explored(ranked, unseen, shelf, f"{who}\n{now // DAY}")


def _ranked(rows: Sequence[tuple[Popular, Product]], top: TopList) -> list[Ranked]:
    week = [one.windows[_WEEK] for one, _ in rows]
    views, orders = _standing([one.views for one in week]), _standing([one.orders for one in week])
    sure = _standing([_conversion(one.windows[_MONTH], top.totals[_MONTH]) for one, _ in rows])
    margins = _standing([product.margin or 0 for _, product in rows])
    trends = [_trend(one) for one, _ in rows]
    scores = [
        view + _ORDERS * order + conversion + _MARGIN * margin + trend
        for view, order, conversion, margin, trend in zip(views, orders, sure, margins, trends, strict=True)
    ]
    found = [
        Ranked(product, score, "among what stands out in the shop this week")
        for (_, product), score in zip(rows, scores, strict=True)
    ]
    return sorted(found, key=lambda one: (-one.score, one.product.id))


def _explored(ranked: list[Ranked], unseen: Sequence[ProductId], shelf: Shelf, lot: str) -> Sequence[Ranked]:
    drawn = int.from_bytes(hashlib.sha256(lot.encode()).digest()[:8], "big")
    if not unseen or drawn % _LOTS >= EXPLORED * _LOTS:
        return ranked
    product = shelf.products[unseen[(drawn // _LOTS) % len(unseen)]]
    best = Ranked(product, ranked[0].score, "hardly anybody has seen it yet")
    return [best, *(one for one in ranked if one.product.id != product.id)]


def _unknown(name: ProductId, shelf: Shelf, rows: Sequence[tuple[Popular, Product]]) -> bool:
    return shelf.open(name) is not None and all(product.id != name for _, product in rows)


def _conversion(one: Demand, total: Demand) -> float:
    """Orders for a view, drawn to the store's own rate while there are few."""
    rate = total.orders / max(total.views, total.orders, 1)
    return (one.orders + SHRINK * rate) / (max(one.views, one.orders) + SHRINK)


def _trend(one: Popular) -> float:
    """How much more a day of the week was looked at than one of the month: 0 for the same, 1 for e times as much."""
    week, month = one.windows[_WEEK].views / WINDOWS[_WEEK], one.windows[_MONTH].views / WINDOWS[_MONTH]
    return max(min(log((week + 1) / (month + 1)), 1.0), -1.0)


def _standing(counts: Sequence[float]) -> Sequence[float]:
    """How many standard deviations each lies above the mean."""
    spread = pstdev(counts)
    return [(count - mean(counts)) / spread if spread else 0.0 for count in counts]
