"""A buyer's scores from their orders and the store's statistics."""

from collections.abc import Mapping
from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.events import Json
from shopbell.domain.scores.buyers import Buyer
from shopbell.domain.scores.rfm import rfm
from shopbell.domain.scores.statistics import StoreStatistics, differs

SHRINK: Final = 2
"""How many of the store's median gaps a buyer's own gaps are averaged with."""
TOO_LONG: Final = 2
"""Median gaps without an order after which the plain rule gives a buyer up."""
PLACES: Final = 6
MODEL: Final = "bgnbd"
RULE: Final = "rule"


def score(one: Buyer, store: StoreStatistics, now: Instant) -> Mapping[str, Json]:
    """`rfm`, `group`, `churn_90d` (0 to 1), `next_order_at` (ms), `basis` and `at`; what is unknown is absent.

    `basis` says where churn_90d comes from: `bgnbd`, the fitted model, or `rule`, which knows 0 and 1 only.
    """
    scores = rfm(store.rfm, one.recency(now), one.orders, one.spend)
    found: dict[str, Json] = {"rfm": [scores.r, scores.f, scores.m], "group": scores.group, "at": now}
    gap = store.repeat_gap_median
    if store.survival is not None:
        churn = store.survival.churn(one.repeats, one.span, one.age(now))
        found |= {"churn_90d": round(churn, PLACES), "basis": MODEL}
    elif gap is not None:
        found |= {"churn_90d": float(one.recency(now) * DAY > TOO_LONG * gap), "basis": RULE}
    if gap is not None:
        found["next_order_at"] = one.last_at + _own_gap(one, gap)
    return found


def changed(old: Mapping[str, Json], new: Mapping[str, Json]) -> bool:
    """Whether a buyer's scores must be written: a word or a group turned, or a number moved by more than 1 %."""
    plain = ("rfm", "group", "basis")
    if old.keys() != new.keys() or any(old.get(name) != new.get(name) for name in plain):
        return True
    churn, due = (_pair(old, new, "churn_90d"), _pair(old, new, "next_order_at"))
    return differs(*churn) or abs(due[1] - due[0]) >= DAY


def _own_gap(one: Buyer, median: Duration) -> Duration:
    """The buyer's own mean gap, drawn to the store's median while there are few of them."""
    return round((one.span * DAY + SHRINK * median) / (one.repeats + SHRINK))


def _pair(old: Mapping[str, Json], new: Mapping[str, Json], name: str) -> tuple[float, float]:
    before, after = old.get(name), new.get(name)
    return (
        before if isinstance(before, int | float) else 0.0,
        after if isinstance(after, int | float) else 0.0,
    )
