"""The CDNOW data (Fader and Hardie): what 23,570 people ordered from a music shop, as buyers up to a day."""

import importlib.util
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from shopbell.domain.clock import DAY, Instant
from shopbell.domain.scores.buyers import Buyer, Order, buyer

CUT = date(1998, 3, 31)
HORIZON = 90


@dataclass(frozen=True, slots=True)
class Cdnow:
    now: Instant
    buyers: Mapping[str, Buyer]
    stayed_away: Mapping[str, bool]
    """Whether the customer ordered nothing in the 90 days after the cut."""


@cache
def orders() -> Mapping[str, Sequence[Order]]:
    """The file lies in a package that is installed for it alone and never imported."""
    found = importlib.util.find_spec("lifetimes")
    assert found is not None
    assert found.origin is not None
    text = (Path(found.origin).parent / "datasets" / "CDNOW_master.txt").read_text()
    known: dict[str, list[Order]] = defaultdict(list)
    for line in text.splitlines()[1:]:
        customer, day, _, dollars = line.split()
        at = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
        known[customer].append(Order(round(at.timestamp()) * 1_000, round(float(dollars) * 100)))
    return known


@cache
def cdnow(cut: date = CUT) -> Cdnow:
    midnight = round(datetime(cut.year, cut.month, cut.day, tzinfo=UTC).timestamp()) * 1_000
    now, end = midnight + DAY - 1, midnight + HORIZON * DAY
    buyers = {name: found for name, rows in orders().items() if (found := buyer(rows, now)) is not None}
    away = {name: not any(now < row.at <= end for row in orders()[name]) for name in buyers}
    return Cdnow(now, buyers, away)


def auc(rows: Sequence[tuple[float, bool]]) -> float:
    """Area under the ROC curve by ranks, ties shared (Mann and Whitney)."""
    ordered = sorted(rows)
    total, place = 0.0, 0
    while place < len(ordered):
        end = place
        while end < len(ordered) and ordered[end][0] == ordered[place][0]:
            end += 1
        total += (place + end + 1) / 2 * sum(truth for _, truth in ordered[place:end])
        place = end
    positive = sum(truth for _, truth in rows)
    return (total - positive * (positive + 1) / 2) / (positive * (len(rows) - positive))
