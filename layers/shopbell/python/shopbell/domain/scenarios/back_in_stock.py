"""SC8, Back in stock: what somebody asked for, or looked at while it was sold out, is there again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from shopbell.domain.clock import DAY, MINUTE
from shopbell.domain.events import Json
from shopbell.domain.goods import BACK_IN_STOCK, REQUESTED, Awaits
from shopbell.domain.recommend.news import RESTOCKED
from shopbell.domain.scenarios.audience import REACHABLE
from shopbell.domain.scenarios.kinds import Several, Whole
from shopbell.domain.scenarios.moments import Length
from shopbell.domain.scenarios.parameters import Values
from shopbell.domain.scenarios.plan import OnEvent, Plan
from shopbell.domain.scenarios.price_drop import AGAIN, OWN, YEAR, told_once
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.shared import Defaults, shared
from shopbell.domain.scenarios.words import either, said
from shopbell.domain.watchers import WatchSource

NAME: Final = "back_in_stock"
VIEWED_OOS: Final = "viewed_oos"
MAX_STOCK: Final = 10_000
_SOURCES: Final[Mapping[str, WatchSource]] = {"request": "request", VIEWED_OOS: "viewed"}

_BACK: Final = said(
    (
        either("{{ product.title }} is back", "It is back"),
        "In stock again at {{ store.name }}. Be quick, there may be few.",
    ),
    (
        either("{{ product.title }} ist wieder da", "Es ist wieder da"),
        "Bei {{ store.name }} gibt es wieder welche. Vielleicht nicht für lange.",
    ),
)


def audience(_: Values, __: Beside) -> Json:
    """Reachable: who is interested is known of each product."""
    return REACHABLE


def finish(plan: Plan, values: Values) -> Plan:
    """As many at once as there may be buyers for what there is, until it is sold out."""
    awaits = Awaits(
        news=BACK_IN_STOCK,
        sources=frozenset(_SOURCES[one] for one in values.words("sources")),
        lookback=values.length("lookback"),
        settle=values.length("settle"),
        wave=values.whole("wave_size"),
        every=values.length("wave_every"),
        min_stock=values.whole("min_stock"),
    )
    steps = plan.steps
    if values.all["urgency"] is None:  # who asked for it waits for it; the others only looked
        steps = tuple(replace(step, urgent_for=REQUESTED) for step in steps)
    return told_once(replace(plan, awaits=awaits, steps=steps), values)


ROW: Final = Row(
    parameters=(
        Whole("min_stock", 1, 1, MAX_STOCK, "How many there must be, where the shop says how many there are."),
        Several(
            "sources",
            ("request", VIEWED_OOS),
            ("request", VIEWED_OOS),
            "Who is told: those who asked to be, and those who looked at it while it was sold out.",
        ),
        Length("lookback", "P90D", DAY, 90 * DAY, "For how long that counts."),
        Length("settle", "PT10M", 0, DAY, "For so long it must be there before anybody is told."),
        Length("per_product_cooldown", "P30D", 0, YEAR, AGAIN),
        Whole("wave_size", 3, 1, 1_000, "How many are told at once, for each piece that there is."),
        Length("wave_every", "PT30M", MINUTE, DAY, "How long after it the next are told, while there is some left."),
        *shared(
            Defaults(
                priority=80,
                ttl="PT12H",
                urgency=None,
                reentry="always",
                algorithm=None,
                fallback_max_level=OWN,
                exclude_purchased=None,
                exclude_shown=None,
            )
        ),
    ),
    steps=(
        StepRow(_BACK, RESTOCKED, options=lambda values: {"min_stock": values.whole("min_stock")}, urgency="high"),
    ),
    audience=audience,
    trigger=lambda values: OnEvent(BACK_IN_STOCK, unless_bought=values.length("lookback")),
    exit_on=frozenset({"purchase"}),
    finish=finish,
)
