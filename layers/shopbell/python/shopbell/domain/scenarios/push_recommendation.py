"""SC2, Push recommendation: on the store's own calendar, for each visitor the product that suits them best."""

from typing import Final

from shopbell.domain.events import Json
from shopbell.domain.scenarios.audience import REACHABLE
from shopbell.domain.scenarios.parameters import Values
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.shared import NEXT_QUARTER, Defaults, shared
from shopbell.domain.scenarios.weekly import calendar, check_calendar, on_calendar
from shopbell.domain.scenarios.words import BY_NAME, either, said

NAME: Final = "push_recommendation"
DEEPEST: Final = 3
"""Below the store's top sellers nothing is a recommendation any more."""

_FOR_YOU: Final = said(
    (
        f"Picked for you{BY_NAME}",
        either(
            "{{ product.title }}: we think you will like it.",
            "We have picked something for you at {{ store.name }}.",
        ),
    ),
    (
        f"Für dich ausgesucht{BY_NAME}",
        either(
            "{{ product.title }}: das könnte dir gefallen.",
            "Wir haben bei {{ store.name }} etwas für dich ausgesucht.",
        ),
    ),
)


def audience(_: Values, __: Beside) -> Json:
    """Everyone reachable; `audience` of the settings narrows it to any segment."""
    return REACHABLE


ROW: Final = Row(
    parameters=(
        *calendar("thursday", "18:00"),
        *shared(
            Defaults(
                priority=20,
                ttl="P1D",
                message_class="promo",
                soonest=NEXT_QUARTER,
                own_hour=False,
                fallback_max_level=DEEPEST,
                exclude_shown="P14D",
                newest_device_only=True,
            )
        ),
    ),
    steps=(StepRow(_FOR_YOU),),
    audience=audience,
    trigger=on_calendar,
    check=check_calendar,
)
