"""SC14, Abandoned cart: up to four messages about what was left in a cart, the last of them with a code."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.coupons import CouponTerms
from shopbell.domain.events import Json
from shopbell.domain.scenarios import cart_words as words
from shopbell.domain.scenarios.audience import REACHABLE, every
from shopbell.domain.scenarios.coupons import NO_POOL, STEP, coupon_parameters
from shopbell.domain.scenarios.kinds import Flag, Whole
from shopbell.domain.scenarios.moments import Length, Quota
from shopbell.domain.scenarios.parameters import Values
from shopbell.domain.scenarios.plan import OnEvent, Plan, Step
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.shared import Defaults, shared
from shopbell.domain.scenarios.turns import Exit, Hold
from shopbell.domain.visits.derived import CART_ABANDONED
from shopbell.domain.visits.sessions import PAUSE

NAME: Final = "abandoned_cart"
MAX_MONEY: Final = 10**12
CHECKOUT: Final = Hold(frozenset({"checkout_start"}), 20 * MINUTE, 20 * MINUTE)
"""Nobody is disturbed who is about to pay."""
DIFFERS: Final = 50
"""Percent of the products: from then on it is another cart, which no cooldown concerns."""
BOUGHT: Final = DAY
"""What was bought within it, and is in the cart still, was forgotten there and not left behind."""
DEEPEST: Final = 1
COUPON_STEP: Final = 4


def audience(values: Values, _: Beside) -> Json:
    """Reachable, with something in the cart, worth at least `min_value`."""
    least = values.whole("min_value")
    worth: tuple[Json, ...] = ({"cart": "value", "op": "gte", "value": least},) if least else ()
    return every(REACHABLE, {"cart": "count", "op": "gte", "value": 1}, *worth)


def trigger(values: Values) -> OnEvent:
    """Each state of a cart starts it once."""
    return OnEvent(CART_ABANDONED, key="cart_state", pause=values.length("abandon_after"), unless_bought=BOUGHT)


def finish(plan: Plan, values: Values) -> Plan:
    """An order empties the cart as it is known: where not each ends the series, each message asks what is in it."""
    steps = tuple(_told_once(_with_code(step, values, place)) for place, step in enumerate(plan.steps, 1))
    plan = replace(plan, steps=steps, holds=(CHECKOUT,), unlike=DIFFERS)
    if values.is_on("exit_on_any_purchase"):
        return replace(plan, exit_on=frozenset({"cart_clear", "purchase"}))
    return replace(plan, exit_if=(Exit("purchase", same="products"),), recheck_audience=False)


def _with_code(step: Step, values: Values, place: int) -> Step:
    """Where a code is a must and no pool is named, there is none: `skipped:no_coupon`."""
    if place != values.whole(STEP) or step.coupon is not None or not values.is_on("coupon_required"):
        return step
    return replace(step, coupon=CouponTerms(NO_POOL, values.length("coupon_ttl")))


def _told_once(step: Step) -> Step:
    """What is not of the cart is shown by one message of a series alone."""
    return replace(step, products=replace(step.products, exclude_told=step.delay + step.relevance + DAY))


def _all(_: Values) -> Mapping[str, Json]:
    return {"seed": "cart", "keep_in_cart": True}


def _last_added(_: Values) -> Mapping[str, Json]:
    return {"seed": "last_added", "keep_in_cart": True}


ROW: Final = Row(
    parameters=(
        Length(
            "abandon_after", "PT30M", PAUSE, DAY, "After so long without anything the cart counts as left behind."
        ),
        Whole("min_value", 0, 0, MAX_MONEY, "Only a cart that is worth at least so many minor units."),
        Flag("exit_on_any_purchase", True, "Whether any order ends it, or only one with something of the cart."),
        Quota(
            "max_per_user",
            "How often it may start for one visitor, and within how long.",
            {"count": 2, "within": "P30D"},
        ),
        *coupon_parameters("PT48H", step=COUPON_STEP, required=True, every="P60D", cart=True),
        *shared(
            Defaults(
                priority=90,
                ttl=None,
                message_class=None,
                urgency=None,
                relevance=None,
                cooldown="P7D",
                algorithm=None,
                fallback_max_level=DEEPEST,
                exclude_purchased="P1D",
                exclude_shown=None,
                quota=False,
            ),
            steps=("PT1H", "PT24H", "P3D", "P5D"),
            most_steps=4,
        ),
    ),
    steps=(
        StepRow(
            words.WAITING,
            "random_from_cart",
            ("alternatives",),
            options=_all,
            ttl=6 * HOUR,
            urgency="high",
            relevance=6 * HOUR,
        ),
        StepRow(words.LAST_ADDED, "random_from_cart", ("alternatives",), options=_last_added, ttl=12 * HOUR),
        StepRow(words.ALTERNATIVE, "alternatives", ("random_from_cart",), options=_last_added),
        StepRow(words.COUPON, "random_from_cart", ("alternatives",), options=_last_added, message_class="promo"),
    ),
    audience=audience,
    trigger=trigger,
    exit_on=frozenset({"cart_clear"}),
    finish=finish,
)
