"""SC5, Winback: visitors who were here and have stayed away for `n_days`, at the moment they cross that line."""

from dataclasses import replace
from typing import Final

from shopbell.domain.clock import DAY, Duration
from shopbell.domain.events import Json
from shopbell.domain.scenarios import churn
from shopbell.domain.scenarios.audience import REACHABLE, RETURNED, bought, days, every, no, visited
from shopbell.domain.scenarios.kinds import Whole
from shopbell.domain.scenarios.moments import BEST_HOUR
from shopbell.domain.scenarios.parameters import Values
from shopbell.domain.scenarios.plan import OnClock, Plan
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.shared import NEXT_RUN, Defaults, backlog, shared
from shopbell.domain.scenarios.words import BY_NAME, either, said

NAME: Final = "we_missed_you"
RECENT_BUYER: Final = "P30D"
"""Who bought within it is not missed yet."""
OVER: Final = ("delivered", "completed", "cancelled", "canceled", "refunded", "returned")
"""Statuses with which nothing more is to come of an order."""
OPEN_FOR: Final = "P90D"
"""An order of which nothing was heard for so long is not open any more."""
CATEGORIES: Final = 5
YEAR: Final[Duration] = 365 * DAY

_GONE: Final = said(
    (
        f"We missed you{BY_NAME}!",
        either(
            "{{ product.title }} and more is waiting for you at {{ store.name }}. Come and have a look.",
            "A lot has happened at {{ store.name }} since your last visit. Come and have a look.",
        ),
    ),
    (
        f"Wir vermissen dich{BY_NAME}!",
        either(
            "{{ product.title }} und mehr wartet bei {{ store.name }} auf dich. Schau doch mal vorbei.",
            "Bei {{ store.name }} hat sich seit deinem letzten Besuch viel getan. Schau doch mal vorbei.",
        ),
    ),
)
_STILL_GONE: Final = said(
    (
        f"Something for you{BY_NAME}",
        either(
            "We have picked {{ product.title }} for you. See it at {{ store.name }}.",
            "We have put together what you might like at {{ store.name }}. It is worth a visit.",
        ),
    ),
    (
        f"Etwas für dich{BY_NAME}",
        either(
            "Wir haben {{ product.title }} für dich ausgesucht. Zu sehen bei {{ store.name }}.",
            "Wir haben bei {{ store.name }} zusammengestellt, was dir gefallen könnte. Ein Besuch lohnt sich.",
        ),
    ),
)


def open_order() -> Json:
    """Of the orders that were heard of within OPEN_FOR, fewer are over than there are."""
    heard: dict[str, Json] = {
        "event": "order_status",
        "aggregate": "distinct",
        "of": "order_id",
        "window": {"last": OPEN_FOR},
    }
    over = {**heard, "where": [{"field": "status", "op": "in", "value": list(OVER)}]}
    return {"ratio": {"of": over, "to": heard}, "op": "lt", "value": 1}


def audience(values: Values, beside: Beside) -> Json:
    """Reachable, visited at least once, not within `n_days`; no recent buyer, no open order, none of churn's.

    A visitor enters by the clock alone, at the millisecond at which the last visit leaves the window.
    """
    claimed = beside.get(churn.NAME)
    others = () if claimed is None else (no(bought(claimed.whole("x_purchases"))),)
    return every(
        REACHABLE,
        visited(),
        no(visited(days(values.whole("n_days")))),
        no(bought(within=RECENT_BUYER)),
        no(open_order()),
        *others,
    )


def finish(plan: Plan, values: Values) -> Plan:
    """Nobody is missed twice who was not here in between."""
    return replace(plan, max_per_user=(values.whole("max_per_user_year"), YEAR), after_return=True)


ROW: Final = Row(
    parameters=(
        Whole("n_days", 30, 7, 365, "Days without a visit after which the message is sent."),
        Whole("max_per_user_year", 4, 1, 12, "How often it may start for one visitor within a year."),
        *backlog(),
        *shared(
            Defaults(
                priority=30,
                ttl="P2D",
                urgency="low",
                cooldown="P60D",
                send_time=BEST_HOUR,
                soonest=NEXT_RUN,
                algorithm=None,
                quota=False,
            ),
            steps=("PT0S", "P14D"),
            most_steps=3,
        ),
    ),
    steps=(
        StepRow(_GONE, options=lambda _: {"categories": CATEGORIES}),
        StepRow(
            _STILL_GONE, "discounted", ("smart_offers",), lambda _: {"categories": CATEGORIES, "min_discount": 10}
        ),
    ),
    audience=audience,
    trigger=lambda _: OnClock(),
    exit_on=RETURNED,
    beside={churn.NAME: churn.ROW.parameters},
    finish=finish,
    lists=True,
)
