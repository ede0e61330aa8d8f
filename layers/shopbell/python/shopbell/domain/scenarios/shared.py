"""The parameters that all scenarios share, each row with its own defaults."""

from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import DAY, MINUTE, Duration
from shopbell.domain.recommend.names import ALGORITHMS
from shopbell.domain.scenarios.due import ClickWindow
from shopbell.domain.scenarios.filters import Filters
from shopbell.domain.scenarios.kinds import Choice, Flag, ListName, Topic, Urgency, Whole
from shopbell.domain.scenarios.landing import ListPage
from shopbell.domain.scenarios.moments import BEST_HOUR, IMMEDIATE, Length, Lengths, Quota, TimeOfDay
from shopbell.domain.scenarios.ordered import Ordered
from shopbell.domain.scenarios.parameters import Parameter
from shopbell.domain.scenarios.plan import STATIC, MessageClass, Reentry

URGENCIES: Final = ("very-low", "low", "normal", "high")
REENTRIES: Final = ("always", "never", "after")
CLASSES: Final = ("triggered", "promo")
NO_PRODUCT: Final = "none"
MAX_PRODUCTS: Final = 4
MAX_PRIORITY: Final = 100
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAILY: Final = "daily"
STORE, VISITOR = "store", "visitor"
NEXT_RUN: Final[Duration] = 10 * MINUTE
"""The shortest relevance of what waits for the next run, at most 5 minutes: that has to be carried out, too."""
NEXT_QUARTER: Final[Duration] = 20 * MINUTE
"""The same of what the calendar starts, whose runs come each quarter of an hour."""
_YEAR: Final = 366 * DAY


@dataclass(frozen=True, slots=True)
class Defaults:
    """What of the shared parameters differs from row to row."""

    priority: int
    ttl: str | None
    """None, here and of class, urgency and relevance: each step has its own."""
    message_class: MessageClass | None = "triggered"
    urgency: Urgency | None = "normal"
    relevance: str | None = "P1D"
    soonest: Duration = MINUTE
    """The shortest relevance that can be chosen."""
    reentry: Reentry = "after"
    cooldown: str = "PT0S"
    send_time: str | None = IMMEDIATE
    """None: the row asks for it in its own words."""
    own_hour: bool = True
    """False: it goes at the time of its run, or at the visitor's best hour after it; not at an hour of theirs."""
    algorithm: str | None = "smart_offers"
    """None: each step has its own."""
    fallback_max_level: int = STATIC
    exclude_purchased: str | None = "P90D"
    exclude_shown: str | None = "P7D"
    newest_device_only: bool = False
    products: int = 1
    quota: bool = True
    """False: the row has a limit of its own."""


def shared(own: Defaults, *, steps: tuple[str, ...] = (), most_steps: int = 1) -> tuple[Parameter, ...]:
    """`steps`: the delays of a series; () where there is but one message."""
    goes = "When each message of the series goes, from its start."
    series = (Lengths("steps", steps, most_steps, _YEAR, goes),) if steps else ()
    return (*series, *_moments(own), *_limits(own), *_delivery(own), *_products(own))


def backlog() -> tuple[Parameter, ...]:
    """What becomes of those who are over the line already when a scenario is switched on."""
    return (
        Flag("include_existing", False, "Whether those who are in the audience already are sent to as well."),
        Whole("ramp", 500, 1, 100_000, "To how many of them a minute, about."),
    )


def _moments(own: Defaults) -> tuple[Parameter, ...]:
    words = (IMMEDIATE, BEST_HOUR)
    help_ = "When of the visitor's day it goes: at once, at a time such as 10:00, or at the best hour within a day."
    when: tuple[Parameter, ...] = ()
    if own.send_time is not None and not own.own_hour:
        best = "When it goes: as it runs, or at the visitor's best hour within a day of that."
        when = (Choice("send_time", own.send_time, words, best),)
    elif own.send_time is not None:
        when = (TimeOfDay("send_time", own.send_time, help_, words),)
    return (
        *when,
        Choice(
            "quiet_hours",
            "defer",
            ("defer", "ignore"),
            "In the store's quiet hours a message waits until they are over, or goes all the same.",
        ),
        Length(
            "ttl_of_relevance",
            own.relevance,
            own.soonest,
            14 * DAY,
            "A message that could not go for so long is dropped.",
            none=own.relevance is None,
        ),
    )


def _limits(own: Defaults) -> tuple[Parameter, ...]:
    limit = (Quota("max_per_user", "How often it may start for one visitor, and within how long."),)
    return (
        Choice("reentry", own.reentry, REENTRIES, "Whether it may start again for a visitor; after: the cooldown."),
        Length("cooldown", own.cooldown, 0, _YEAR, "How long after its last message it does not start again."),
        *(limit if own.quota else ()),
        Whole("holdout_percent", 0, 0, 50, "Share of visitors that never get it, to measure its lift against."),
        ClickWindow(),
        Flag("recheck_audience", True, "Whether a visitor must still be in the audience when a message goes."),
    )


def _delivery(own: Defaults) -> tuple[Parameter, ...]:
    return (
        Choice(
            "class",
            own.message_class,
            CLASSES,
            "When a cap is reached, triggered waits and promo is dropped.",
            none=own.message_class is None,
        ),
        Topic("topic", "Who chose topics gets it only if this is among them; null: it is about none."),
        Whole("priority", own.priority, 1, MAX_PRIORITY, "Of two messages that are due together the higher goes."),
        Length(
            "ttl",
            own.ttl,
            MINUTE,
            28 * DAY,
            "How long the push service keeps it for a browser that is away.",
            none=own.ttl is None,
        ),
        Choice("urgency", own.urgency, URGENCIES, "Urgency towards the device (RFC 8030).", none=own.urgency is None),
        Choice(
            "per_user",
            "most_recent" if own.newest_device_only else "all",
            ("all", "most_recent"),
            "All of a visitor's devices, or the one that was used most recently.",
        ),
    )


def _products(own: Defaults) -> tuple[Parameter, ...]:
    return (
        Choice(
            "algorithm",
            own.algorithm,
            (*ALGORITHMS, NO_PRODUCT),
            "How products are chosen for each visitor; null: as the scenario does by itself.",
            none=own.algorithm is None,
        ),
        Whole("n", own.products, 1, MAX_PRODUCTS, "Products that a message may show."),
        Whole("min", 1, 1, MAX_PRODUCTS, "With fewer products than this the next level of the fallback is tried."),
        Filters("filters", "Which products may be shown."),
        ListName("list", "The product list that `predefined` shows; null: those for the products and the visitor."),
        Whole(
            "fallback_max_level",
            own.fallback_max_level,
            0,
            STATIC,
            "How far down the fallback may go: 0 its own algorithm, 1 the session alone, 2 top sellers of the entry "
            "category, 3 of the store, 4 spotlights, 5 words without a product.",
        ),
        Ordered("fallback", ALGORITHMS, STATIC - 1, "Algorithms that are tried in place of levels 1 to 4, in order."),
        *_repeats(own),
        ListPage("landing", "The page that shows what is picked for who comes from the message; it leads there."),
    )


def _repeats(own: Defaults) -> tuple[Parameter, ...]:
    bought, pushed = "Products bought within it are not shown; null: all.", "The same of products that were pushed."
    return (
        Length("exclude_purchased", own.exclude_purchased, 0, _YEAR, bought, none=True),
        Length("exclude_shown", own.exclude_shown, 0, _YEAR, pushed, none=True),
    )
