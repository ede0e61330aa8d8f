"""The sixteen scenarios, one row each: what starts them and, once built, whom they mean and what they say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import HOUR, MINUTE, Duration, Instant
from shopbell.domain.content import Content
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId
from shopbell.domain.runs import DeliveryOptions
from shopbell.domain.scenarios import we_missed_you
from shopbell.domain.scenarios.parameters import Parameter, Values

RELEVANCE: Final[Duration] = 24 * HOUR
"""A step that could not be sent for so long is not sent at all: `skipped:expired`."""


@dataclass(frozen=True, slots=True)
class Winback:
    """How a clock scenario is built: entering its hidden segment by the clock makes a candidate (ruling 14)."""

    parameters: tuple[Parameter, ...]
    content: Content
    rule: Callable[[Values], Json]
    delivery: Callable[[Values], DeliveryOptions]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row. `every`: how often its schedule fires; None: something else starts it."""

    name: str
    title: str
    every: Duration | None = None
    built: Winback | None = None
    """None: this release cannot run it yet, and no store can switch it on."""

    @property
    def segment(self) -> SegmentId:
        """Its hidden segment, the same in every store (ruling 19)."""
        return SegmentId(f"scenario-{self.name}")

    def next_run(self, now: Instant) -> Instant | None:
        """The next firing of its schedule after `now`."""
        return None if self.every is None else (now // self.every + 1) * self.every


_OFTEN: Final[Duration] = 5 * MINUTE
_SELDOM: Final[Duration] = 15 * MINUTE

_ROWS: Final = (
    Scenario("permission_prompt", "Permission prompt"),
    Scenario("push_recommendation", "Push recommendation", _SELDOM),
    Scenario("bulk", "Bulk and segmented push"),
    Scenario("fly_mode", "Fly mode"),
    Scenario(
        we_missed_you.NAME,
        "Winback: we missed you",
        _OFTEN,
        Winback(we_missed_you.PARAMETERS, we_missed_you.CONTENT, we_missed_you.rule, we_missed_you.delivery),
    ),
    Scenario("churn", "Winback: churn", _OFTEN),
    Scenario("price_drop", "Price drop"),
    Scenario("back_in_stock", "Back in stock"),
    Scenario("order_follow_up", "Order follow-up"),
    Scenario("new_arrivals", "New arrivals", _SELDOM),
    Scenario("birthday", "Birthday", _SELDOM),
    Scenario("top_sellers", "Top sellers", _SELDOM),
    Scenario("nice_to_meet_you", "Nice to meet you"),
    Scenario("abandoned_cart", "Abandoned cart"),
    Scenario("last_visit_reminder", "Last visit reminder"),
    Scenario("last_visit_alternatives", "Last visit alternatives"),
)
SCENARIOS: Final[Mapping[str, Scenario]] = {row.name: row for row in _ROWS}
SCHEDULED: Final[Mapping[str, str]] = {
    row.name: f"cron(0/{row.every // MINUTE} * * * ? *)" for row in _ROWS if row.every is not None
}
"""Scenario to the expression of its schedule; the template holds exactly these (ruling 14)."""
