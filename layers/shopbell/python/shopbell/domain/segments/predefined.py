"""The segments that every new store is given as editable drafts: the rows that the rule language can say today."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.domain.events import Json

_ENGAGED: Final[tuple[str, ...]] = (
    "page_view",
    "product_view",
    "category_view",
    "search",
    "cart_add",
    "push_clicked",
)


@dataclass(frozen=True, slots=True)
class Predefined:
    """A row of the table "Predefined segments"; `id` is its name in every store."""

    id: str
    name: str
    rule: Mapping[str, Json]


def _purchases(op: str, value: int) -> Mapping[str, Json]:
    return {"event": "purchase", "op": op, "value": value}


def _bought(window: str) -> Mapping[str, Json]:
    return {"event": "purchase", "window": {"last": window}}


def _engaged(window: str) -> Mapping[str, Json]:
    return {"or": [{"event": event, "window": {"last": window}} for event in _ENGAGED]}


PREDEFINED: Final = (
    Predefined("has_not_purchased", "Has not purchased", {"not": {"event": "purchase"}}),
    Predefined("one_time_buyer", "One-time buyers", _purchases("eq", 1)),
    Predefined("repeat_customers", "Repeat customers", _purchases("gte", 2)),
    Predefined(
        "prospective_buyers",
        "Prospective buyers",
        {
            "and": [
                {
                    "or": [
                        {"event": "product_view", "op": "gte", "value": 3, "window": {"last": "P90D"}},
                        {"event": "cart_add", "window": {"last": "P90D"}},
                    ]
                },
                {"not": {"event": "purchase"}},
            ]
        },
    ),
    Predefined(
        "winback_opportunities",
        "Winback opportunities",
        {"and": [{"event": "purchase"}, {"not": _bought("P120D")}, _engaged("P120D")]},
    ),
    Predefined("lapsed", "Lapsed", {"and": [{"event": "purchase"}, {"not": _bought("P365D")}]}),
    Predefined(
        "churn_risk",
        "Churn risk",
        {"and": [_bought("P365D"), {"not": _bought("P30D")}, {"not": _engaged("P30D")}]},
    ),
    Predefined(
        "active_2d_3views",
        "More than 3 products viewed in 2 days",
        {"event": "product_view", "op": "gt", "value": 3, "window": {"last": "P2D"}},
    ),
    Predefined("new_subscribers_14d", "New subscribers", {"event": "subscribed", "window": {"last": "P14D"}}),
    Predefined("push_clickers_30d", "Push clickers", {"event": "push_clicked", "window": {"last": "P30D"}}),
    Predefined(
        "frequent_buyers_90d",
        "Frequent buyers",
        {"event": "purchase", "op": "gte", "value": 10, "window": {"last": "P90D"}},
    ),
)
