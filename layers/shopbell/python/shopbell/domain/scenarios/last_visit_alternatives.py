"""SC16, Last visit alternatives: two days after a visit that led to nothing, what is like the product looked at."""

from collections.abc import Mapping
from typing import Final

from shopbell.domain.clock import DAY, HOUR, Duration
from shopbell.domain.events import Json
from shopbell.domain.scenarios import last_visit_reminder as reminder
from shopbell.domain.scenarios.audience import REACHABLE, RETURNED
from shopbell.domain.scenarios.kinds import Choice, Flag, Whole
from shopbell.domain.scenarios.moments import Length
from shopbell.domain.scenarios.parameters import Values
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.shared import Defaults, shared
from shopbell.domain.scenarios.words import BY_NAME, either, said

NAME: Final = "last_visit_alternatives"
DEEPEST: Final = 2
"""Below the top sellers of the category it is no alternative any more."""

_LIKE_IT: Final = said(
    (
        f"More like what you looked at{BY_NAME}",
        either(
            "How about {{ product.title }}? See it at {{ store.name }}.",
            "{{ store.name }} has more of what you looked at.",
        ),
    ),
    (
        f"Ähnliches wie das, was du angesehen hast{BY_NAME}",
        either(
            "Wie wäre es mit {{ product.title }}? Zu sehen bei {{ store.name }}.",
            "{{ store.name }} hat mehr von dem, was du dir angesehen hast.",
        ),
    ),
)


def audience(_: Values, __: Beside) -> Json:
    """Reachable: what was done is asked of the visit itself."""
    return REACHABLE


def waits(values: Values, beside: Beside) -> Duration:
    """So long after the reminder, where that is on."""
    first = beside.get(reminder.NAME)
    return values.length("delay") if first is None else first.length("delay") + values.length("after_reminder")


def _options(values: Values) -> Mapping[str, Json]:
    return {
        "seed": values.word("seed"),
        "price_band": values.whole("price_band") / 100,
        "exclude_viewed": values.is_on("exclude_viewed"),
        "scope": "last_viewed_category",
    }


ROW: Final = Row(
    parameters=(
        Length("delay", "PT48H", HOUR, 14 * DAY, "How long after the end of the visit it goes."),
        Length("after_reminder", "P2D", HOUR, 14 * DAY, "While the reminder is on: how long after that one."),
        Choice("seed", "last_viewed", ("last_viewed", "most_viewed"), "Alternatives to what."),
        Whole("price_band", 30, 1, 100, "By how many per cent a price may differ from that product's."),
        Flag("exclude_viewed", True, "Whether nothing is shown that was looked at."),
        *reminder.looked(),
        *shared(
            Defaults(priority=48, ttl="P1D", cooldown="P10D", algorithm=None, fallback_max_level=DEEPEST),
        ),
    ),
    steps=(StepRow(_LIKE_IT, "alternatives", ("top_sellers", "smart_offers"), options=_options),),
    audience=audience,
    trigger=lambda values: reminder.after_looking(values, "cart_changes"),
    exit_on=RETURNED,
    beside={reminder.NAME: reminder.ROW.parameters},
    waits=waits,
)
