"""SC15, Last visit reminder: a day after a visit that led to nothing, what the visitor looked at."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.events import Json
from shopbell.domain.rules.conditions import Condition
from shopbell.domain.scenarios.audience import REACHABLE, RETURNED
from shopbell.domain.scenarios.kinds import Flag, Whole
from shopbell.domain.scenarios.moments import Length, Quota
from shopbell.domain.scenarios.parameters import Parameter, Values
from shopbell.domain.scenarios.plan import OnEvent, Plan
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.shared import Defaults, shared
from shopbell.domain.scenarios.told import SEEN, by_pick
from shopbell.domain.scenarios.words import BY_NAME, said
from shopbell.domain.visits.derived import SESSION_ENDED
from shopbell.domain.visits.interactions import LONG_VIEW

NAME: Final = "last_visit_reminder"
DEEPEST: Final = 1
"""What was looked at, in all visits or in the only one; nothing else is a reminder."""
EXIT: Final = Flag("exit_on_visit", True, "Whether coming back by themselves ends it.")
_SECONDS: Final = (
    "How long a product was looked at in that visit, at least. A view that does not say how long it was counts, and "
    "so does a product that was looked at twice."
)

_SEEN: Final = said(
    (
        f"Still interested{BY_NAME}?",
        by_pick(
            {SEEN: "You had a look at {{ product.title }}. It is still there for you."},
            "How about {{ product.title }}? See it at {{ store.name }}.",
            "{{ store.name }} has more for you. Have another look.",
        ),
    ),
    (
        f"Noch interessiert{BY_NAME}?",
        by_pick(
            {SEEN: "Du hast dir {{ product.title }} angesehen. Noch ist es für dich da."},
            "Wie wäre es mit {{ product.title }}? Zu sehen bei {{ store.name }}.",
            "{{ store.name }} hat noch mehr für dich. Schau noch einmal vorbei.",
        ),
    ),
)


def looked() -> tuple[Parameter, ...]:
    """What makes a visit one in which products were looked at."""
    return (Whole("min_view_seconds", 5, 0, LONG_VIEW, _SECONDS),)


def after_looking(values: Values, untouched: str) -> OnEvent:
    """The end of a visit with a product, without an order, and without any of `untouched`; the newest counts."""
    conditions = (
        Condition(field="views", op="gte", value=1),
        Condition(field="longest_view", op="gte", value=values.whole("min_view_seconds")),
        Condition(field="purchases", op="eq", value=0),
        Condition(field=untouched, op="eq", value=0),
    )
    return OnEvent(SESSION_ENDED, conditions, restart=True)


def audience(_: Values, __: Beside) -> Json:
    """Reachable: what was done is asked of the visit itself."""
    return REACHABLE


def _options(values: Values) -> Mapping[str, Json]:
    """What was glanced at alone is not shown either."""
    return {"min_view_seconds": values.whole("min_view_seconds")}


def finish(plan: Plan, values: Values) -> Plan:
    back = RETURNED if values.is_on(EXIT.name) else frozenset({"purchase"})
    return replace(plan, exit_on=back)


ROW: Final = Row(
    parameters=(
        Length("delay", "PT24H", 3 * HOUR, 7 * DAY, "How long after the end of the visit it goes."),
        *looked(),
        EXIT,
        Quota(
            "max_per_user",
            "How often it may start for one visitor, and within how long.",
            {"count": 3, "within": "P30D"},
        ),
        *shared(
            Defaults(
                priority=55,
                ttl="P1D",
                cooldown="P7D",
                algorithm="last_visited",
                fallback_max_level=DEEPEST,
                quota=False,
            )
        ),
    ),
    steps=(StepRow(_SEEN, "last_visited", options=_options),),
    audience=audience,
    trigger=lambda values: after_looking(values, "cart_adds"),
    waits=lambda values, _: values.length("delay"),
    finish=finish,
    lists=True,
)
