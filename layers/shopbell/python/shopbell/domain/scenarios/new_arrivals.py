"""SC10, New arrivals: each week what is new in the catalogue, by the taste of those who were here lately."""

from typing import Final

from shopbell.domain.events import Json
from shopbell.domain.scenarios.audience import REACHABLE, days, every, visited
from shopbell.domain.scenarios.kinds import Choice, Share, Whole
from shopbell.domain.scenarios.parameters import Values
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.shared import NEXT_QUARTER, Defaults, shared
from shopbell.domain.scenarios.weekly import calendar, check_calendar, on_calendar
from shopbell.domain.scenarios.words import either, said

NAME: Final = "new_arrivals"
PER_BRAND: Final = 2

_NEW: Final = said(
    (
        either("New: {{ product.title }}", "New at {{ store.name }}"),
        either(
            "Just in at {{ store.name }}, and picked for you.",
            "Fresh arrivals this week. Be among the first to see them.",
        ),
    ),
    (
        either("Neu: {{ product.title }}", "Neu bei {{ store.name }}"),
        either(
            "Gerade bei {{ store.name }} eingetroffen und für dich ausgesucht.",
            "Frisch eingetroffen in dieser Woche. Sieh es dir als Erste oder Erster an.",
        ),
    ),
)


def audience(values: Values, _: Beside) -> Json:
    """Reachable, and here within `n_days`."""
    return every(REACHABLE, visited(days(values.whole("n_days"))))


ROW: Final = Row(
    parameters=(
        *calendar("tuesday", "18:00"),
        Whole("n_days", 30, 1, 365, "Only who visited within so many days."),
        Choice(
            "refresh",
            "weekly",
            ("weekly", "daily"),
            "When the pool of new products is made: with the first run of a week for all of it, or anew each time.",
        ),
        Whole("min_pool", 3, 1, 100, "With fewer new products than this nothing is sent that week."),
        Share("min_affinity", 0.05, "How much a visitor must care for a product's category or brand."),
        *shared(
            Defaults(
                priority=25,
                ttl="P1D",
                message_class="promo",
                soonest=NEXT_QUARTER,
                own_hour=False,
                cooldown="P6D",
                algorithm="new_arrivals",
                fallback_max_level=0,
            ),
        ),
    ),
    steps=(
        StepRow(
            _NEW,
            "new_arrivals",
            options=lambda values: {
                "new_since": "previous_week",
                "refresh": values.word("refresh"),
                "min_pool": values.whole("min_pool"),
                "min_affinity": values.all["min_affinity"],
                "max_per_brand": PER_BRAND,
            },
        ),
    ),
    audience=audience,
    trigger=on_calendar,
    check=check_calendar,
    lists=True,
)
