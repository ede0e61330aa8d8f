"""SC6, Winback: customers of `x_purchases` or more who stayed away for `n_days`; they are not we_missed_you's."""

from collections.abc import Mapping
from typing import Final

from shopbell.domain.events import Json
from shopbell.domain.scenarios.audience import REACHABLE, RETURNED, away, bought, days, every, no, visited
from shopbell.domain.scenarios.coupons import coupon_parameters
from shopbell.domain.scenarios.kinds import Flag, Whole
from shopbell.domain.scenarios.parameters import Values
from shopbell.domain.scenarios.plan import OnClock
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.shared import NEXT_RUN, Defaults, backlog, shared
from shopbell.domain.scenarios.told import by_pick
from shopbell.domain.scenarios.words import BY_NAME, CODE, CODE_DE, either, said

NAME: Final = "churn"
AUTO: Final = "auto"
MAX_MONEY: Final = 10**12
_OFFERS: Final[Mapping[str, Json]] = {"purchase_weight": 2, "due_first": True, "own_categories": True}
"""Where the customer's own categories have nothing to offer, what goes with the last order comes before the rest."""
LONG_GAP: Final = "long_gap"
LOST: Final[Json] = {"score": "churn_90d", "op": "gte", "value": 0.66}

_FIRST: Final = said(
    (
        f"It has been a while{BY_NAME}",
        either(
            "We thought of you when we saw {{ product.title }}. Come back to {{ store.name }}.",
            "You were a good customer of {{ store.name }}. See what is new since your last order.",
        )
        + CODE,
    ),
    (
        f"Lange nicht gesehen{BY_NAME}",
        either(
            "Bei {{ product.title }} haben wir an dich gedacht. Komm zurück zu {{ store.name }}.",
            "Du hast gern bei {{ store.name }} gekauft. Sieh dir an, was es seit deinem letzten Kauf Neues gibt.",
        )
        + CODE_DE,
    ),
)
_THEIRS: Final = ("smart_offers", "complementary")
"""What is picked by the customer's own orders."""
_SECOND: Final = said(
    (
        f"We would like you back{BY_NAME}",
        by_pick(
            dict.fromkeys(
                _THEIRS, "{{ product.title }} fits what you bought before. Have a look at {{ store.name }}."
            ),
            "How about {{ product.title }}? Have a look at {{ store.name }}.",
            "There is a lot at {{ store.name }} that fits what you bought before. Have a look.",
        )
        + CODE,
    ),
    (
        f"Wir hätten dich gern zurück{BY_NAME}",
        by_pick(
            dict.fromkeys(
                _THEIRS, "{{ product.title }} passt zu dem, was du gekauft hast. Schau bei {{ store.name }} vorbei."
            ),
            "Wie wäre es mit {{ product.title }}? Schau bei {{ store.name }} vorbei.",
            "Bei {{ store.name }} gibt es vieles, was zu deinen Einkäufen passt. Schau vorbei.",
        )
        + CODE_DE,
    ),
)


def audience(values: Values, _: Beside) -> Json:
    """Reachable customers without a visit or an order within `n_days`; enters by the clock, to the millisecond.

    With `auto` so long is a long gap between two orders of this store, which a night may move.

    With `use_score` those whom the churn score gives up, whenever they were here; enters by a night's scores.
    """
    floor = values.optional_whole("value_floor")
    spent: tuple[Json, ...] = ()
    if floor is not None:
        spent = ({"event": "purchase", "aggregate": "sum", "of": "total", "op": "gte", "value": floor},)
    return every(
        REACHABLE,
        bought(values.whole("x_purchases")),
        LOST if values.is_on("use_score") else _away(values),
        *spent,
    )


def _away(values: Values) -> Json:
    if values.all["n_days"] == AUTO:
        return away(LONG_GAP)
    return no(visited(days(values.whole("n_days"))))


ROW: Final = Row(
    parameters=(
        Whole("x_purchases", 1, 1, 20, "Orders from which on a visitor counts as a customer."),
        Whole(
            "n_days",
            60,
            7,
            365,
            "Days without a visit or an order after which the message is sent; auto: three quarters of the gaps "
            "between two orders in this store are no longer (21 to 180 days).",
            word=AUTO,
        ),
        Flag("use_score", False, "Whom the churn score gives up (0.66 and more), instead of a number of days."),
        Whole("value_floor", None, 0, MAX_MONEY, "Only customers who spent at least so many minor units.", none=True),
        *backlog(),
        *coupon_parameters(step=2),
        *shared(
            Defaults(priority=32, ttl="P2D", urgency="low", soonest=NEXT_RUN, cooldown="P90D"),
            steps=("PT0S", "P10D"),
            most_steps=3,
        ),
    ),
    steps=(
        StepRow(
            _FIRST,
            fallback=("complementary", "top_sellers"),
            options=lambda _: _OFFERS,
        ),
        StepRow(
            _SECOND,
            fallback=("complementary", "top_sellers"),
            options=lambda _: _OFFERS,
        ),
    ),
    audience=audience,
    trigger=lambda _: OnClock(),
    exit_on=RETURNED,
)
