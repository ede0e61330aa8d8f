"""SC7, Price drop: what the visitor looked at costs less now than when they saw it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, cast

from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.events import Json
from shopbell.domain.goods import PRICE_CHANGED, Awaits, Reference
from shopbell.domain.recommend.news import PRICE_DROPPED
from shopbell.domain.scenarios.audience import REACHABLE
from shopbell.domain.scenarios.kinds import Choice, Flag, Several, Whole
from shopbell.domain.scenarios.moments import Length
from shopbell.domain.scenarios.parameters import Values
from shopbell.domain.scenarios.plan import OnEvent, Plan
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.shared import Defaults, shared
from shopbell.domain.scenarios.words import either, said
from shopbell.domain.watchers import WatchSource

NAME: Final = "price_drop"
OWN: Final = 0
"""The level of its own products: there is no other message."""
AGAIN: Final = "For so long a visitor is not told of the same product again by this scenario."
YEAR: Final = 366 * DAY
MAX_MONEY: Final = 10**9
_OTHERS: Final = "{% if products.size > 1 %} (+{{ products.size | minus: 1 }} "
_END: Final = "){% endif %}"
_LOWEST: Final = "{{ product.lowest_30d | money: product.currency }}"
_BEFORE: Final = "{% if product.lowest_30d %} Lowest price of the 30 days before"
_DAVOR: Final = "{% if product.lowest_30d %} Niedrigster Preis der 30 Tage davor"
_PRICE: Final = "{{ product.price | money: product.currency }}"

_CHEAPER: Final = said(
    (
        either("{{ product.title }} costs less now", "What you looked at costs less now"),
        either(
            f"Now {_PRICE} at {{{{ store.name }}}}.{_OTHERS}more{_END}{_BEFORE}: {_LOWEST}.{{% endif %}}",
            "See it at {{ store.name }}.",
        ),
    ),
    (
        either("{{ product.title }} ist jetzt günstiger", "Was du dir angesehen hast, ist günstiger"),
        either(
            f"Jetzt {_PRICE} bei {{{{ store.name }}}}.{_OTHERS}weitere{_END}{_DAVOR}: {_LOWEST}.{{% endif %}}",
            "Jetzt bei {{ store.name }}.",
        ),
    ),
)


def audience(_: Values, __: Beside) -> Json:
    """Reachable: who is interested is known of each product."""
    return REACHABLE


def finish(plan: Plan, values: Values) -> Plan:
    """One message of what fell in price within the window that the first such product opens."""
    awaits = Awaits(
        news=PRICE_CHANGED,
        sources=frozenset(cast("tuple[WatchSource, ...]", values.words("sources"))),
        lookback=values.length("lookback"),
        settle=values.length("settle"),
        wave=values.whole("max_users_per_minute"),
        every=MINUTE,
        min_percent=values.whole("min_drop_pct"),
        min_drop=values.whole("min_drop_abs"),
        reference=cast("Reference", values.word("reference")),
    )
    wait = values.length("collect_window")
    steps = tuple(replace(step, delay=wait) for step in plan.steps)
    return told_once(replace(plan, awaits=awaits, steps=steps), values)


def told_once(plan: Plan, values: Values) -> Plan:
    """A visitor is told of one product once within the time that the marketer set, whatever else showed it."""
    within = values.length("per_product_cooldown")
    steps = (replace(step, products=replace(step.products, exclude_told=within)) for step in plan.steps)
    return replace(plan, steps=tuple(steps))


def _options(values: Values) -> Mapping[str, Json]:
    return {
        "min_percent": values.whole("min_drop_pct"),
        "min_drop": values.whole("min_drop_abs"),
        "reference": values.word("reference"),
        "show_omnibus": values.is_on("show_omnibus"),
    }


ROW: Final = Row(
    parameters=(
        Whole("min_drop_pct", 10, 1, 99, "By how many percent a price must have fallen, at least."),
        Whole("min_drop_abs", 0, 0, MAX_MONEY, "By how much money, in minor units, at least."),
        Choice(
            "reference",
            "seen",
            ("seen", "last", "lowest"),
            "Below which price: the one that the visitor saw last, the one before, or the lowest of 30 days.",
        ),
        Several(
            "sources",
            ("viewed", "cart", "wishlist"),
            ("viewed", "cart", "wishlist", "request"),
            "What shows that a visitor is interested in a product.",
        ),
        Length("lookback", "P60D", DAY, 90 * DAY, "For how long that counts."),
        Length("settle", "PT30M", 0, DAY, "For so long the price must hold before anybody is told."),
        Length("collect_window", "PT2H", 0, 12 * HOUR, "What falls within it comes in one message."),
        Flag("show_omnibus", False, "Whether the lowest price of the 30 days before is said beside the new one."),
        Length("per_product_cooldown", "P14D", 0, YEAR, AGAIN),
        Whole("max_users_per_minute", 2_000, 1, 100_000, "How many are told a minute, the newest interest first."),
        *shared(
            Defaults(
                priority=70,
                ttl="P1D",
                algorithm=None,
                fallback_max_level=OWN,
                exclude_purchased=None,
                exclude_shown=None,
                products=4,
            )
        ),
    ),
    steps=(StepRow(_CHEAPER, PRICE_DROPPED, options=_options),),
    audience=audience,
    trigger=lambda values: OnEvent(PRICE_CHANGED, unless_bought=values.length("lookback")),
    exit_on=frozenset({"purchase"}),
    waits=lambda values, _: values.length("collect_window"),
    finish=finish,
)
