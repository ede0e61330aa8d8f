"""SC13, Nice to meet you: a short series for who signed up and has not bought yet."""

from collections.abc import Sequence
from typing import Final

from shopbell.domain.clock import DAY
from shopbell.domain.errors import Problem
from shopbell.domain.events import Json
from shopbell.domain.scenarios.audience import REACHABLE, bought, every, no
from shopbell.domain.scenarios.coupons import coupon_parameters
from shopbell.domain.scenarios.moments import Length
from shopbell.domain.scenarios.parameters import Values
from shopbell.domain.scenarios.plan import OnEvent
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.shared import Defaults, shared
from shopbell.domain.scenarios.told import SEEN, by_pick
from shopbell.domain.scenarios.words import BY_NAME, CODE, CODE_DE, either, said

NAME: Final = "nice_to_meet_you"
SIGNUP: Final = "signup"

_WELCOME: Final = said(
    (
        f"Nice to meet you{BY_NAME}!",
        by_pick(
            {
                SEEN: "Thank you for signing up at {{ store.name }}. "
                "You had a look at {{ product.title }}: it is still there."
            },
            "Thank you for signing up at {{ store.name }}. How about {{ product.title }} to begin with?",
            "Thank you for signing up at {{ store.name }}. Have a look around, we are glad you are here.",
        )
        + CODE,
    ),
    (
        f"Schön, dich kennenzulernen{BY_NAME}!",
        by_pick(
            {SEEN: "Danke für deine Anmeldung bei {{ store.name }}. {{ product.title }} ist noch für dich da."},
            "Danke für deine Anmeldung bei {{ store.name }}. Wie wäre es für den Anfang mit {{ product.title }}?",
            "Danke für deine Anmeldung bei {{ store.name }}. Schau dich um, wir freuen uns, dass du da bist.",
        )
        + CODE_DE,
    ),
)
_PICKED: Final = said(
    (
        f"We have picked something for you{BY_NAME}",
        either("How about {{ product.title }}?", "See what {{ store.name }} has for you.") + CODE,
    ),
    (
        f"Wir haben etwas für dich ausgesucht{BY_NAME}",
        either("Wie wäre es mit {{ product.title }}?", "Sieh dir an, was {{ store.name }} für dich hat.") + CODE_DE,
    ),
)
_LOVED: Final = said(
    (
        "This is what our customers love",
        by_pick(
            {"top_sellers": "{{ product.title }} is among the favourites at {{ store.name }}."},
            "See what {{ store.name }} has, such as {{ product.title }}.",
            "See the favourites of {{ store.name }}. Is there one for you?",
        )
        + CODE,
    ),
    (
        "Das lieben unsere Kunden",
        by_pick(
            {"top_sellers": "{{ product.title }} gehört zu den Lieblingen bei {{ store.name }}."},
            "Sieh dir an, was es bei {{ store.name }} gibt, etwa {{ product.title }}.",
            "Sieh dir die Lieblinge von {{ store.name }} an. Ist etwas für dich dabei?",
        )
        + CODE_DE,
    ),
)


def audience(values: Values, _: Beside) -> Json:
    """Signed up within `max_age`, never bought, and has not turned push off since, at least not everywhere.

    Whether they can be reached is asked when a step is due: who subscribes later is sent what is due from then on.
    """
    left: list[Json] = [{"field": "reason", "op": "eq", "value": "left"}]
    turned_off: Json = {"event": "unsubscribed", "where": left, "window": {"since_event": {"last": SIGNUP}}}
    return every(
        {"event": SIGNUP, "window": {"last": values.word("max_age")}},
        no(bought()),
        {"or": [REACHABLE, no(turned_off)]},
    )


def check(values: Values) -> Sequence[Problem]:
    """One message at least is due in time."""
    if values.lengths("steps")[0] < values.length("max_age"):
        return ()
    return (Problem("parameters.steps", "must begin before max_age is over: none of them would be sent"),)


ROW: Final = Row(
    parameters=(
        Length("max_age", "P14D", DAY, 90 * DAY, "After so long since the sign-up nothing is sent any more."),
        *coupon_parameters(step=3),
        *shared(
            Defaults(priority=45, ttl="P1D", reentry="never", algorithm=None),
            steps=("PT1H", "P2D", "P6D"),
            most_steps=5,
        ),
    ),
    steps=(
        StepRow(_WELCOME, "last_visited", ("smart_offers", "top_sellers")),
        StepRow(_PICKED, "smart_offers", ("top_sellers",)),
        StepRow(_LOVED, "top_sellers", options=lambda _: {"scope": "store"}),
    ),
    audience=audience,
    trigger=lambda _: OnEvent(SIGNUP),
    exit_on=frozenset({"purchase"}),
    check=check,
)
