"""A buyer's stored scores as people read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json

Band = Literal["low", "medium", "high"]
MEDIUM_FROM: Final = 0.33
HIGH_FROM: Final = 0.66


@dataclass(frozen=True, slots=True)
class Scores:
    """Of one night. Forecasts are there only with their `basis`, which says what gave them."""

    r: int
    f: int
    m: int
    group: str
    at: Instant
    churn_90d: float | None = None
    next_order_at: Instant | None = None
    basis: str | None = None
    next_order_from: Instant | None = None
    next_order_to: Instant | None = None
    clv_12m: int | None = None
    """Minor units of the store's currency."""

    @property
    def churn_band(self) -> Band | None:
        return None if self.churn_90d is None else band(self.churn_90d)


def band(churn: float) -> Band:
    if churn < MEDIUM_FROM:
        return "low"
    return "medium" if churn < HIGH_FROM else "high"


def shown(stored: Mapping[str, Json]) -> Scores | None:
    """None for who has none, and for what does not say of which night it is."""
    match stored:
        case {"rfm": [int(r), int(f), int(m)], "group": str(group), "at": int(at)}:
            plain = Scores(r, f, m, group, at)
        case _:
            return None
    basis, churn = stored.get("basis"), stored.get("churn_90d")
    if not isinstance(basis, str):
        return plain
    known = float(churn) if isinstance(churn, int | float) else None
    names = ("next_order_at", "next_order_from", "next_order_to", "clv_12m")
    due, first, last, worth = (value if isinstance(value, int) else None for value in map(stored.get, names))
    return Scores(r, f, m, group, at, known, due, basis, first, last, worth)
