"""SC1, the double-step permission prompt: our own question, which may be asked again, before the browser's.

What a store sets is told to its pages by `GET /v1/config`; the page itself knows permission, back-off and checkout
and decides by these. Only whom it is for is decided here, from a hidden segment, when there is an audience.
"""

from collections.abc import Mapping
from typing import Final, Literal

from shopbell.domain.events import Json
from shopbell.domain.prompts.kinds import LANGUAGE, Limits, Start, Text, Texts, Wholes
from shopbell.domain.prompts.wordings import LONGEST, Topics, Translations, Variants
from shopbell.domain.scenarios.audience import every, named
from shopbell.domain.scenarios.kinds import Choice, Flag, Whole
from shopbell.domain.scenarios.parameters import Parameter, Values
from shopbell.domain.scenarios.settings import OwnAudience

NAME: Final = "permission_prompt"
Ask = Literal["members", "others"]
"""Whether those in the hidden segment are shown the prompt, or all but them."""
POSITIONS: Final = ("top-center", "top-left", "top-right", "bottom-center", "bottom-left", "bottom-right")
_GERMAN: Final = {
    "title": "Als Erste davon wissen",
    "text": "Dürfen wir dir sagen, wenn Preise fallen und wie es um deine Bestellung steht?",
    "allow": "Ja, gern",
    "later": "Später",
    "ios_text": "Für Mitteilungen tippe auf Teilen, dann auf „Zum Home-Bildschirm“, und öffne den Shop von dort.",
}

PARAMETERS: Final[tuple[Parameter, ...]] = (
    Text("id", "soft", 64, "Its name in events and reports; another one starts a new count."),
    Start("trigger", "page_view_n:2", "What on a page starts it."),
    Whole("delay_s", 5, 0, 600, "Seconds from there until it is shown; none after `immediate`."),
    Choice("position", None, POSITIONS, "Where; null: below on a phone, above elsewhere.", none=True),
    Text("title", "Be the first to know", LONGEST["title"], "Its headline."),
    Text("text", "Shall we tell you about price drops and your orders?", LONGEST["text"], "What it says."),
    Text("logo", None, 2_000, "Address of a picture beside it.", none=True, begins=("https://", "/")),
    Text("allow", "Yes, please", LONGEST["allow"], "On the button that leads to the browser's question."),
    Text("later", "Later", LONGEST["later"], "On the button that puts it off."),
    Flag("ios_coach", True, "Whether it explains the way to the Home Screen, where there is no push without."),
    Text(
        "ios_text",
        'To get notifications here, tap Share, then "Add to Home Screen", and open the shop from there.',
        LONGEST["ios_text"],
        "What it says there.",
    ),
    Topics("topics", "What a subscriber may choose to hear of; who ticks nothing hears of everything."),
    Limits("frequency", {"per_session": 1, "per_day": 1, "lifetime": 5}, 100, "How often it may be shown."),
    Wholes("backoff", (3, 7, 30, 90), 10, 0, 365, "Days that it waits after the first, second … Later."),
    Texts(
        "never_on",
        ("checkout", "payment", "account"),
        20,
        100,
        "Beginnings of path segments on which it is never shown.",
    ),
    Texts("languages", (), 20, 3, "Only where the browser speaks one of these; empty: everywhere.", LANGUAGE),
    Translations("translations", "Its texts in other languages.", {"de": _GERMAN}),
    Variants("variants", "Texts that are tried against each other; each visitor always sees the same."),
)


def told(values: Values, *, enabled: bool, ask: Ask | None) -> Mapping[str, Json]:
    """What a page is told. With `ask` it asks `POST /v1/prompt` before it shows anything."""
    shown = {name: value for name, value in values.all.items() if value is not None}
    return {**shown, "enabled": enabled, **({} if ask is None else {"ask": ask})}


def audience(own: OwnAudience | None) -> tuple[Ask, Json] | None:
    """The rule of its hidden segment, and on which side of it the prompt is shown; None: everybody is shown it.

    Where an audience only leaves some out, the segment is of these: a row for each of the others, most of them
    passers-by, would be the dearer half.
    """
    if own is None or not (own.include or own.exclude or own.rule is not None):
        return None
    if own.include or own.rule is not None:
        return "members", every(*named(own))
    left_out: list[Json] = [{"in_segment": segment} for segment in own.exclude]
    return "others", left_out[0] if len(left_out) == 1 else {"or": left_out}
