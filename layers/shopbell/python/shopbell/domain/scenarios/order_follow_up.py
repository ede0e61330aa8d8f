"""SC9, Order follow-up: some days after an order, what goes with it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.errors import Problem
from shopbell.domain.events import Json
from shopbell.domain.rules.conditions import Condition
from shopbell.domain.scenarios.audience import REACHABLE, RETURNED, bought, every
from shopbell.domain.scenarios.kinds import Choice, Flag, Whole
from shopbell.domain.scenarios.moments import Length
from shopbell.domain.scenarios.parameters import Values
from shopbell.domain.scenarios.plan import OnEvent, Plan, Trigger
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.shared import Defaults, shared
from shopbell.domain.scenarios.told import by_pick
from shopbell.domain.scenarios.turns import Exit, Hold
from shopbell.domain.scenarios.words import BY_NAME, said

NAME: Final = "order_follow_up"


def _spelled(*words: str) -> tuple[str, ...]:
    """As shops write them: `delivered`, `Delivered`, `DELIVERED`."""
    return tuple(how(word) for word in words for how in (str.lower, str.capitalize, str.upper))


CALLED_OFF: Final = _spelled("cancelled", "canceled", "refunded", "returned")
ARRIVED: Final = _spelled("delivered", "completed")
IN_THE_SHOP: Final = Hold(RETURNED, 30 * MINUTE, 2 * HOUR, visit=True)
"""Nobody is called back who is there just now."""
DELIVERED: Final = "delivered"

_BESIDE: Final = ("complementary", "predefined")
_GOES_WITH: Final = said(
    (
        by_pick(dict.fromkeys(_BESIDE, f"This goes with your order{BY_NAME}"), f"Thank you for your order{BY_NAME}"),
        by_pick(
            dict.fromkeys(_BESIDE, "{{ product.title }} goes with what you bought at {{ store.name }}."),
            "How about {{ product.title }}? See it at {{ store.name }}.",
            "Have a look at what {{ store.name }} has for you.",
        ),
    ),
    (
        by_pick(
            dict.fromkeys(_BESIDE, f"Das passt zu deiner Bestellung{BY_NAME}"), f"Danke für deine Bestellung{BY_NAME}"
        ),
        by_pick(
            dict.fromkeys(_BESIDE, "{{ product.title }} passt zu dem, was du bei {{ store.name }} gekauft hast."),
            "Wie wäre es mit {{ product.title }}? Zu sehen bei {{ store.name }}.",
            "Sieh dir an, was es bei {{ store.name }} gibt.",
        ),
    ),
)


def audience(_: Values, __: Beside) -> Json:
    """Reachable buyers."""
    return every(REACHABLE, bought())


def trigger(values: Values) -> Trigger:
    """An order, or its arrival, once each; while nothing was sent a newer one goes before it."""
    if values.word("after") == DELIVERED:
        arrived = Condition(field="status", op="in", value=ARRIVED)
        return OnEvent("order_status", (arrived,), key="order_id", aside=True)
    real = Condition(field="test", op="ne", value=True)
    return OnEvent("purchase", (real,), aside=True, fewest=values.whole("min_items"))


def check(values: Values) -> Sequence[Problem]:
    """What was ordered is said by the order alone."""
    if values.word("after") == DELIVERED and values.whole("min_items") > 1:
        return (Problem("parameters.min_items", f"must be 1 with `after` {DELIVERED}: its arrival names no items"),)
    return ()


def finish(plan: Plan, values: Values) -> Plan:
    """Each order may start it, but no two of its messages are closer than the cooldown: its delay is part of that."""
    wait = values.length("delivered_delay") if values.word("after") == DELIVERED else values.whole("n_days") * DAY
    called_off = Exit("order_status", (Condition(field="status", op="in", value=CALLED_OFF),), "order")
    refunded = (Exit("refund", same="order"),) if values.is_on("skip_if_refund") else ()
    plan = replace(
        plan,
        steps=tuple(replace(step, delay=wait) for step in plan.steps),
        exit_if=(called_off, *refunded),
        holds=(IN_THE_SHOP,),
    )
    if plan.reentry != "always":
        return plan
    return replace(plan, reentry="after", ahead=wait)


def _options(values: Values) -> Mapping[str, Json]:
    return {"seed": "order", "bundle_first": values.is_on("prefer_predefined")}


ROW: Final = Row(
    parameters=(
        Choice("after", "purchase", ("purchase", DELIVERED), "What the days count from: the order, or its arrival."),
        Whole("n_days", 7, 1, 60, "Days after the order at which the message goes."),
        Length("delivered_delay", "P2D", 0, 60 * DAY, "The same after its arrival, if that is what counts."),
        Whole("min_items", 1, 1, 100, "Only after an order of at least so many items."),
        Flag("skip_if_refund", True, "Whether a refund of the order takes the message back."),
        Flag("prefer_predefined", True, "Whether the shop's own bundle comes before what others bought with it."),
        *shared(
            Defaults(priority=50, ttl="P2D", reentry="always", cooldown="P7D", algorithm=None, fallback_max_level=3)
        ),
    ),
    steps=(StepRow(_GOES_WITH, "complementary", ("top_sellers",), options=_options),),
    audience=audience,
    trigger=trigger,
    check=check,
    finish=finish,
)
