"""The segments of the simulated store: every kind of leaf, rules to edit them with, and what its products are."""

from collections.abc import Mapping
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json, ProductFacts
from shopbell.domain.ids import ProductId

from tests.sim.oracle_fields import Home

START: Final[Instant] = 1_790_000_000_000
"""2026-09-21T14:13:20Z."""
HOME: Final = Home("Europe/Vienna", "EUR")
FACTS: Final = {
    ProductId("boot"): ProductFacts(("Outdoor/Boots",), "Alp", 5_000, in_stock=True),
    ProductId("pan"): ProductFacts(("Kitchen",), "Pan", 900, in_stock=False),
}
STATISTICS: Final[tuple[Mapping[str, float], ...]] = (
    {"aov": 400.0, "spend_p90": 1_500.0, "repeat_gap_median": 864_000_000.0},
    {"aov": 900.0, "spend_p90": 1_000.0, "repeat_gap_median": 172_800_000.0},
    {"aov": 100.0, "spend_p90": 5_000.0, "repeat_gap_median": 2_592_000_000.0},
)
SCORES: Final[tuple[Mapping[str, Json], ...]] = (
    {"rfm": [5, 4, 4], "group": "champions", "churn_90d": 0.1, "next_order_at": START + 1_000_000_000},
    {"rfm": [1, 2, 3], "group": "hibernating", "churn_90d": 0.9, "next_order_at": START + 90_000_000},
)
VIEWED: Final[Json] = {"event": "product_view", "window": {"last": "P30D"}}
OUTDOOR: Final[Json] = {"field": "product.category", "op": "under", "value": "Outdoor"}
BOOTS: Final[Json] = {"field": "items.product_id", "op": "eq", "value": "boot"}
PLAIN: Final[Mapping[str, Json]] = {
    "viewed": VIEWED,
    "viewed_thrice": {"event": "product_view", "op": "gte", "value": 3, "window": {"last": "P2D"}},
    "outdoor": {"event": "product_view", "where": [OUTDOOR], "op": "eq", "value": 1, "window": {"last": "P7D"}},
    "long_ago": {"event": "product_view", "window": {"from": "P60D", "to": "P30D"}},
    "in_autumn": {"event": "product_view", "window": {"between": ["2026-09-15T00:00:00Z", "2026-09-30T00:00:00Z"]}},
    "one_time": {"event": "purchase", "op": "eq", "value": 1},
    "big_order": {"event": "purchase", "where": [{"field": "total", "op": "gte", "value": 500}]},
    "asleep": {"and": [{"event": "purchase"}, {"last": "product_view", "ago": {"op": "gte", "value": "P30D"}}]},
    "newcomer": {"first": "product_view", "ago": {"op": "lte", "value": "P2D"}},
    "clicking": {"message": "clicked", "op": "gte", "value": 2, "window": {"last": "P14D"}},
}
VALUES: Final[Mapping[str, Json]] = {
    "spent": {"event": "purchase", "aggregate": "sum", "of": "total", "op": "gte", "value": 1_000},
    "spent_lately": {
        "event": "purchase",
        "aggregate": "avg",
        "of": "total",
        "op": "lt",
        "value": 600,
        "window": {"last": "P20D"},
    },
    "cheapest": {
        "event": "product_view",
        "aggregate": "min",
        "of": "seconds",
        "op": "lte",
        "value": 3,
        "window": {"last": "P7D"},
    },
    "longest": {
        "event": "product_view",
        "aggregate": "max",
        "of": "seconds",
        "op": "between",
        "value": [5, 8],
        "window": {"last": "P2D"},
    },
    "curious": {
        "event": "product_view",
        "aggregate": "distinct",
        "of": "seconds",
        "op": "gte",
        "value": 3,
        "window": {"last": "P7D"},
    },
    "boots_bought": {
        "event": "purchase",
        "where": [BOOTS],
        "aggregate": "sum",
        "of": "items.price",
        "op": "gte",
        "value": 500,
        "window": {"last": "P30D"},
    },
    "clicks_most": {
        "ratio": {
            "of": {"event": "push_clicked", "window": {"last": "P30D"}},
            "to": {"event": "push_shown", "window": {"last": "P30D"}},
        },
        "op": "gte",
        "value": 0.5,
    },
    "back_again": {"event": "product_view", "value": 2, "window": {"since_event": {"last": "cart_add"}}},
    "above_usual": {
        "event": "purchase",
        "aggregate": "sum",
        "of": "total",
        "op": "gte",
        "value": {"stat": "aov", "times": 2},
    },
    "overdue": {"last": "purchase", "ago": {"op": "gte", "value": {"stat": "repeat_gap_median", "times": 1.5}}},
}
STANDING: Final[Mapping[str, Json]] = {
    "german": {"trait": "country", "op": "eq", "value": "DE"},
    "birthday_soon": {"trait": "birthday", "op": "anniversary_within", "value": "P7D"},
    "birthday_was": {"trait": "birthday", "op": "anniversary_ago", "value": "P3D"},
    "of_age": {"trait": "age", "op": "gte", "value": 36},
    "renews": {"trait": "custom.renewal", "op": "within_next", "value": "P20D"},
    "renewed": {"trait": "custom.renewal", "op": "within_last", "value": "P5D"},
    "on_list": {"list": "vip"},
    "reachable": {"subscription": "active"},
    "wants_sales": {"subscription": "topic", "op": "eq", "value": "sale"},
    "subscribed_long": {"subscription": "age", "op": "gte", "value": "P3D"},
    "champion": {"rfm": "champions"},
    "recent_buyers": {"rfm": {"r": [4, 5]}},
    "leaving": {"score": "churn_90d", "op": "gte", "value": 0.5},
    "expected": {"score": "next_order_at", "op": "within_next", "value": "P10D"},
    "half": {"and": [{"bucket": "test", "from": 0, "to": 50}, {"event": "search", "window": {"last": "P1D"}}]},
}
VISITS: Final[Mapping[str, Json]] = {
    "comes_often": {"event": "session_ended", "value": 2, "window": {"last": "P7D"}},
    "left_cart": {"event": "cart_abandoned", "window": {"last": "P2D"}},
    "left_much": {
        "event": "cart_abandoned",
        "where": [{"field": "value", "op": "gte", "value": 2_000}],
        "window": {"last": "P7D"},
    },
    "full_cart": {"cart": "count", "op": "gte", "value": 2},
    "dear_cart": {"cart": "value", "op": "gte", "value": 6_000},
    "old_cart": {"cart": "age", "op": "gte", "value": "PT2H"},
    "boots_in_cart": {"cart": "contains", "field": "category", "op": "under", "value": "Outdoor"},
    "likes_alp": {"affinity": "brand", "op": "eq", "value": "Alp", "top": 1},
    "viewed_then_added": {
        "sequence": {
            "steps": [{"event": "product_view"}, {"event": "cart_add"}],
            "within": "P2D",
            "same": "product_id",
            "window": "P7D",
        }
    },
    "viewed_not_added": {
        "sequence": {
            "steps": [{"event": "product_view"}, {"event": "cart_add", "negate": True}],
            "within": "PT2H",
            "same": "product_id",
            "window": "P3D",
        }
    },
}
NESTED: Final[Mapping[str, Json]] = {
    "a_parent": {"and": [{"in_segment": "viewed"}, {"not": {"in_segment": "one_time"}}]},
    "a_grandparent": {"or": [{"in_segment": "a_parent"}, {"in_segment": "german"}]},
    "a_lasting": {"in_segment": "viewed", "for_at_least": "P3D"},
    "a_fresh": {"in_segment": "one_time", "entered_within": "P1D"},
}
CROWD: Final[Mapping[str, Json]] = {f"crowd{n:02}": {"event": "login", "window": {"last": "P1D"}} for n in range(46)}
"""More memberships than one transaction holds, turned by one event."""
RULES: Final[Mapping[str, Json]] = {**PLAIN, **VALUES, **STANDING, **VISITS, **NESTED, **CROWD}
EDITS: Final[Mapping[str, tuple[Json, ...]]] = {
    "edited": (
        {"event": "page_view", "op": "gte", "value": 1, "window": {"last": "P3D"}},
        {"event": "page_view", "op": "gte", "value": 3, "window": {"last": "P40D"}},
        {
            "event": "page_view",
            "aggregate": "sum",
            "of": "seconds",
            "op": "gte",
            "value": 9,
            "window": {"last": "P9D"},
        },
        {"event": "page_view", "window": {"from": "P10D", "to": "P3D"}},
    ),
    "visiting": (
        {"event": "session_ended", "op": "lt", "value": 2, "window": {"last": "P40D"}},
        {"affinity": "category", "op": "under", "value": "Kitchen", "top": 2},
        {"event": "cart_abandoned", "value": 2},
        {"event": "session_ended", "value": 3, "window": {"last": "P10D"}},
    ),
    "viewed": (VIEWED, {"event": "product_view", "op": "gte", "value": 2, "window": {"last": "P50D"}}),
}
"""`viewed` is named by others, so that it can only be edited."""
TRAITS: Final[tuple[Mapping[str, Json], ...]] = (
    {"country": "DE", "birthday": "1990-09-28"},
    {"country": None, "time_zone": "Pacific/Auckland"},
    {"custom.renewal": "2026-10-10", "birthday": "1988-02-29"},
    {"custom.renewal": "2026-10-05T08:00:00Z", "list.vip": True},
    {"time_zone": None, "list.vip": None, "country": "TR"},
)
