"""SC12, Top sellers: each week what others buy most, in the categories that the visitor cares for."""

from typing import Final

from shopbell.domain.clock import DAY
from shopbell.domain.events import Json
from shopbell.domain.scenarios.audience import REACHABLE, days, every, visited
from shopbell.domain.scenarios.kinds import Choice, Whole
from shopbell.domain.scenarios.moments import Length
from shopbell.domain.scenarios.parameters import Values
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.shared import NEXT_QUARTER, Defaults, shared
from shopbell.domain.scenarios.weekly import calendar, check_calendar, on_calendar
from shopbell.domain.scenarios.words import either, said

NAME: Final = "top_sellers"

_TOP: Final = said(
    (
        either("Top seller: {{ product.title }}", "What everyone likes right now"),
        either(
            "This is what others love at {{ store.name }} right now.",
            "See this week's top sellers at {{ store.name }}.",
        ),
    ),
    (
        either("Bestseller: {{ product.title }}", "Das ist gerade beliebt"),
        either(
            "Das kaufen andere bei {{ store.name }} gerade am liebsten.",
            "Sieh dir die Bestseller der Woche bei {{ store.name }} an.",
        ),
    ),
)


def audience(values: Values, _: Beside) -> Json:
    """Reachable, and here within `n_days`."""
    return every(REACHABLE, visited(days(values.whole("n_days"))))


ROW: Final = Row(
    parameters=(
        *calendar("friday", "12:00"),
        Whole("n_days", 60, 1, 365, "Only who visited within so many days."),
        Length(
            "window", "P7D", DAY, 90 * DAY, "Whose orders count; widened while there are fewer than ten products."
        ),
        Choice(
            "scope",
            "favourite_category",
            ("store", "favourite_category", "last_viewed_category"),
            "Top sellers of what; the store's where the category has none.",
        ),
        Choice("measure", "orders", ("orders", "units", "revenue"), "What makes a top seller."),
        *shared(
            Defaults(
                priority=15,
                ttl="P1D",
                message_class="promo",
                soonest=NEXT_QUARTER,
                own_hour=False,
                algorithm="top_sellers",
            )
        ),
    ),
    steps=(
        StepRow(
            _TOP,
            "top_sellers",
            options=lambda values: {
                "window": values.word("window"),
                "scope": values.word("scope"),
                "measure": values.word("measure"),
            },
        ),
    ),
    audience=audience,
    trigger=on_calendar,
    check=check_calendar,
)
