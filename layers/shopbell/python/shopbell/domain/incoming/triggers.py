"""A rule of fly mode as a marketer writes it."""

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, JsonValue, model_validator

from shopbell.domain.clock import DAY, Duration, parse_duration
from shopbell.domain.incoming.campaigns import AudienceIn
from shopbell.domain.incoming.faults import Incoming, checked
from shopbell.domain.incoming.segments import Title
from shopbell.domain.incoming.texts import DurationText, Many
from shopbell.domain.incoming.variants import SpokenIn, WordsIn
from shopbell.domain.rules.conditions import Condition, FieldName
from shopbell.domain.rules.names import EventName
from shopbell.domain.scenarios.fly import SEGMENT_TURNS
from shopbell.domain.scenarios.shared import MAX_PRODUCTS
from shopbell.domain.scenarios.turns import Until
from shopbell.domain.visits.derived import DERIVED, SESSION_STARTED

MAX_NTH: Final = 999
MAX_WAIT: Final[Duration] = 90 * DAY
MAX_DEBOUNCE: Final[Duration] = DAY
MAX_CONDITIONS: Final = 20
MAX_EXITS: Final = 20
_PATH: Final = re.compile(r"[A-Za-z0-9_]{1,64}(\.[A-Za-z0-9_]{1,64}){0,3}", re.ASCII)
_PRODUCT_EVENTS: Final = frozenset({"product_price_changed", "product_back_in_stock", "product_created"})


def _check_started(event: str) -> None:
    if event in _PRODUCT_EVENTS or event == SESSION_STARTED:
        raise ValueError(f"{event} cannot start a trigger yet")


def _check_exit(event: str) -> None:
    if event in _PRODUCT_EVENTS or event in DERIVED or event in SEGMENT_TURNS:
        raise ValueError(f"{event} cannot end a trigger")


def _check_wait(text: str) -> None:
    if parse_duration(text) > MAX_WAIT:
        raise ValueError("must be at most P90D")


def _check_offset(text: str) -> None:
    _check_wait(text.removeprefix("-"))


def _check_named(text: str) -> None:
    prefix, dot, field = text.partition(".")
    if prefix != "event" or not dot or not _PATH.fullmatch(field):
        raise ValueError("must name a property of the event, such as event.starts_at")


def _check_debounce(text: str) -> None:
    if parse_duration(text) > MAX_DEBOUNCE:
        raise ValueError("must be at most P1D")


Started = Annotated[EventName, AfterValidator(checked(_check_started))]
Exit = Annotated[EventName, AfterValidator(checked(_check_exit))]
Conditions = Annotated[Many[dict[str, JsonValue]], Field(max_length=MAX_CONDITIONS)]
Exits = Annotated[Many[Exit], Field(max_length=MAX_EXITS)]
Wait = Annotated[DurationText, AfterValidator(checked(_check_wait))]
Debounce = Annotated[DurationText, AfterValidator(checked(_check_debounce))]


class UntilIn(Incoming):
    """`{"until": "event.starts_at", "offset": "-PT2H"}`: two hours before the instant that the event names."""

    until: Annotated[str, AfterValidator(checked(_check_named))]
    offset: Annotated[str, AfterValidator(checked(_check_offset))] = "PT0S"

    @property
    def value(self) -> Until:
        length = parse_duration(self.offset.removeprefix("-"))
        return Until(self.until.removeprefix("event."), -length if self.offset.startswith("-") else length)


class NthIn(Incoming):
    """`{"nth": 3}`: the third such event of a visitor's life."""

    nth: Annotated[int, Field(ge=1, le=MAX_NTH)]


class PickedIn(Incoming):
    """As a campaign's: how many by which algorithm, among which."""

    algorithm: str | None = None
    count: Annotated[int, Field(ge=1, le=MAX_PRODUCTS)] = 1
    filters: dict[str, JsonValue] = Field(default_factory=dict)

    @property
    def parameters(self) -> Mapping[str, JsonValue]:
        return {"algorithm": self.algorithm or "none", "n": self.count, "filters": self.filters}


Occurrence = Literal["every", "first"] | NthIn
Reentry = Literal["always", "never", "after"]


class TriggerIn(SpokenIn):
    """Body of POST /v1/triggers."""

    name: Title | None = None
    event: Started
    where: Conditions = ()
    occurrence: Occurrence = "every"
    debounce: Debounce = "PT0S"
    delay: Wait | UntilIn = "PT0S"
    key: FieldName | None = None
    audience: AudienceIn | None = None
    exit_on: Exits | None = None
    reentry: Reentry | None = None
    products: PickedIn | None = None
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    enabled: bool = False


class TriggerPatchIn(WordsIn):
    """Body of PATCH /v1/triggers/{id}: what is left out stays; null for `key`, `audience` or `exit_on` removes it."""

    name: Title | None = None
    event: Started | None = None
    where: Conditions | None = None
    occurrence: Occurrence | None = None
    debounce: Debounce | None = None
    delay: Wait | UntilIn | None = None
    key: FieldName | None = None
    audience: AudienceIn | None = None
    exit_on: Exits | None = None
    reentry: Reentry | None = None
    products: PickedIn | None = None
    parameters: dict[str, JsonValue] | None = None
    enabled: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("must change something")
        return self


class Where(Incoming):
    """Conditions read one by one, so that a fault names its place."""

    where: Annotated[Many[Condition], Field(max_length=MAX_CONDITIONS)] = ()
