"""The sixteen scenarios, one row each: what starts them and, once built, whom they mean and what they say."""

from collections.abc import Mapping
from typing import Final

from shopbell.domain.clock import MINUTE, Duration
from shopbell.domain.scenarios import (
    abandoned_cart,
    back_in_stock,
    birthday,
    churn,
    last_visit_alternatives,
    last_visit_reminder,
    new_arrivals,
    nice_to_meet_you,
    order_follow_up,
    price_drop,
    push_recommendation,
    top_sellers,
    we_missed_you,
)
from shopbell.domain.scenarios.scenario import Scenario

__all__ = ["FLY_MODE", "SCENARIOS", "SCHEDULED", "Scenario"]

FLY_MODE: Final = "fly_mode"
"""The marketer's own rules: each is a plan of its own."""
_OFTEN: Final[Duration] = 5 * MINUTE
_SELDOM: Final[Duration] = 15 * MINUTE

_ROWS: Final = (
    Scenario("permission_prompt", "Permission prompt"),
    Scenario(push_recommendation.NAME, "Push recommendation", _SELDOM, push_recommendation.ROW),
    Scenario("bulk", "Bulk and segmented push"),
    Scenario(FLY_MODE, "Fly mode"),
    Scenario(we_missed_you.NAME, "Winback: we missed you", _OFTEN, we_missed_you.ROW),
    Scenario(churn.NAME, "Winback: churn", _OFTEN, churn.ROW),
    Scenario(price_drop.NAME, "Price drop", None, price_drop.ROW),
    Scenario(back_in_stock.NAME, "Back in stock", None, back_in_stock.ROW),
    Scenario(order_follow_up.NAME, "Order follow-up", None, order_follow_up.ROW),
    Scenario(new_arrivals.NAME, "New arrivals", _SELDOM, new_arrivals.ROW),
    Scenario(birthday.NAME, "Birthday", _OFTEN, birthday.ROW),
    Scenario(top_sellers.NAME, "Top sellers", _SELDOM, top_sellers.ROW),
    Scenario(nice_to_meet_you.NAME, "Nice to meet you", None, nice_to_meet_you.ROW),
    Scenario(abandoned_cart.NAME, "Abandoned cart", None, abandoned_cart.ROW),
    Scenario(last_visit_reminder.NAME, "Last visit reminder", None, last_visit_reminder.ROW),
    Scenario(last_visit_alternatives.NAME, "Last visit alternatives", None, last_visit_alternatives.ROW),
)
SCENARIOS: Final[Mapping[str, Scenario]] = {row.name: row for row in _ROWS}
SCHEDULED: Final[Mapping[str, str]] = {
    row.name: f"cron(0/{row.every // MINUTE} * * * ? *)" for row in _ROWS if row.every is not None
}
"""Scenario to the expression of its schedule; the template holds exactly these (ruling 14)."""
