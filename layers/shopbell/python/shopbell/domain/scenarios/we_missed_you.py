"""SC5, Winback: visitors who were here and have stayed away for `n_days`, at the moment they cross that line."""

from typing import Final

from shopbell.domain.clock import DAY, MINUTE, parse_duration
from shopbell.domain.content import Content
from shopbell.domain.events import Json
from shopbell.domain.runs import DeliveryOptions
from shopbell.domain.scenarios.parameters import Choice, Length, Parameter, Values, Whole

NAME: Final = "we_missed_you"
VISITS: Final = ("page_view", "product_view", "category_view", "search", "cart_add", "checkout_start")
"""Each of these is a visit: someone was in the shop."""
RECENT_BUYER: Final = "P30D"
"""Who bought within it is not missed yet."""

PARAMETERS: Final[tuple[Parameter, ...]] = (
    Whole("n_days", 30, 7, 365, "Days without a visit after which the message is sent."),
    Length("ttl", "P2D", MINUTE, 28 * DAY, "How long the push service keeps it for a browser that is away."),
    Choice("urgency", "low", ("very-low", "low", "normal", "high"), "Urgency towards the device (RFC 8030)."),
)

_BY_NAME: Final = "{% if visitor.custom.first_name %}, {{ visitor.custom.first_name }}{% endif %}"
CONTENT: Final = Content(
    title=f"We missed you{_BY_NAME}!",
    body="A lot has happened at {{ store.name }} since your last visit. Come and have a look.",
    url="/",
    translations={
        "de": {
            "title": f"Wir vermissen dich{_BY_NAME}!",
            "body": "Bei {{ store.name }} hat sich seit deinem letzten Besuch viel getan. Schau doch mal vorbei.",
        }
    },
)


def rule(values: Values) -> Json:
    """Reachable, visited at least once, not within `n_days`, and bought nothing within 30 days.

    A visitor enters by the clock alone, at the millisecond at which the last visit leaves the window.
    """
    away = f"P{values['n_days']}D"
    return {
        "and": [
            {"subscription": "active"},
            {"or": [{"event": visit} for visit in VISITS]},
            *({"not": {"event": visit, "window": {"last": away}}} for visit in VISITS),
            {"not": {"event": "purchase", "window": {"last": RECENT_BUYER}}},
        ]
    }


def delivery(values: Values) -> DeliveryOptions:
    urgency = values["urgency"]
    match urgency:
        case "very-low" | "low" | "normal" | "high":
            return DeliveryOptions(ttl=parse_duration(str(values["ttl"])), urgency=urgency)
        case _:
            raise ValueError(f"urgency {urgency!r} passed no validation")
