"""The spans of time that a leaf looks at, all as ages and instants in milliseconds."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, field_validator, model_validator

from shopbell.domain.clock import Duration, Instant, parse_duration, parse_instant
from shopbell.domain.rules.amounts import GAPS, Stat, Statistics, resolved
from shopbell.domain.rules.model import Model
from shopbell.domain.rules.names import EventName, Where


def _duration(text: object) -> Duration:
    if not isinstance(text, str):
        raise ValueError("must be an ISO 8601 duration such as P30D")  # noqa: TRY004 - pydantic names the path
    return parse_duration(text)


def _positive(text: object) -> Duration:
    length = _duration(text)
    if length <= 0:
        raise ValueError("must be longer than nothing")
    return length


def _instant(text: object) -> Instant:
    if not isinstance(text, str):
        raise ValueError("must be an RFC 3339 instant such as 2026-01-31T12:00:00Z")  # noqa: TRY004
    return parse_instant(text)[0]


Length = Annotated[Duration, BeforeValidator(_duration)]
PositiveLength = Annotated[Duration, BeforeValidator(_positive)]
Moment = Annotated[Instant, BeforeValidator(_instant)]


class LastWindow(Model):
    """(now - last, now]."""

    last: PositiveLength


class AgoWindow(Model):
    """(now - from, now - to]."""

    from_: PositiveLength = Field(alias="from")
    to: Length

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.from_ <= self.to:
            raise ValueError("`from` must reach further back than `to`")
        return self


class SinceWindow(Model):
    """[since, now]."""

    since: Moment


class BetweenWindow(Model):
    """Both ends included."""

    between: tuple[Moment, Moment]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.between[0] > self.between[1]:
            raise ValueError("must begin before it ends")
        return self


class Anchor(Model):
    """The newest match of an event."""

    last: EventName
    where: Where = ()


class SinceEventWindow(Model):
    """(the newest match of the anchor, now]: later than it, not at it. Empty while there is no such match."""

    since_event: Anchor


Window = LastWindow | AgoWindow | SinceWindow | BetweenWindow | SinceEventWindow
_WINDOWS: Final = {
    "last": "<last>",
    "from": "<ago>",
    "to": "<ago>",
    "since": "<since>",
    "between": "<between>",
    "since_event": "<since_event>",
}


def _window_tag(value: object) -> str | None:
    if isinstance(value, Mapping):
        return next((_WINDOWS[key] for key in value if key in _WINDOWS), None)
    return None


AnyWindow = Annotated[
    Annotated[LastWindow, Tag("<last>")]
    | Annotated[AgoWindow, Tag("<ago>")]
    | Annotated[SinceWindow, Tag("<since>")]
    | Annotated[BetweenWindow, Tag("<between>")]
    | Annotated[SinceEventWindow, Tag("<since_event>")],
    Discriminator(
        _window_tag,
        custom_error_type="window",
        custom_error_message="must be last, from with to, since, since_event or between",
    ),
]

AgeOp = Literal["gte", "gt", "lte", "lt", "between"]


class Age(Model):
    """How long ago: `{"op": "gte", "value": "P30D"}`; `between` includes both ends."""

    op: AgeOp
    value: PositiveLength | tuple[Length, PositiveLength]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if isinstance(self.value, tuple) != (self.op == "between"):
            raise ValueError("`between` takes two durations, the others one")
        if isinstance(self.value, tuple) and self.value[0] > self.value[1]:
            raise ValueError("must begin before it ends")
        return self


class StatAge(Model):
    """How long ago, in times a usual gap between two orders of the store."""

    op: AgeOp
    value: Stat | tuple[Stat, Stat]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if isinstance(self.value, tuple) != (self.op == "between"):
            raise ValueError("`between` takes two durations, the others one")
        if isinstance(self.value, tuple) and self.value[0].times > self.value[1].times:
            raise ValueError("must begin before it ends")
        return self

    @field_validator("value")
    @classmethod
    def _long(cls, value: Stat | tuple[Stat, Stat]) -> Stat | tuple[Stat, Stat]:
        if any(stat.stat not in GAPS for stat in (value if isinstance(value, tuple) else (value,))):
            raise ValueError(f"only {' and '.join(GAPS)} are durations")
        return value

    def age(self, statistics: Statistics) -> Age | None:
        """The age that is meant, to the millisecond; None while the store has no such statistic."""
        stats = self.value if isinstance(self.value, tuple) else (self.value,)
        lengths = [resolved(stat, statistics) for stat in stats]
        known = [max(round(length), 1) for length in lengths if length is not None]
        if len(known) < len(lengths):
            return None
        return Age.model_construct(op=self.op, value=(known[0], known[1]) if self.op == "between" else known[0])


def _age_tag(value: object) -> str:
    inside = value.get("value") if isinstance(value, Mapping) else None
    first = inside[0] if isinstance(inside, list | tuple) and inside else inside
    return "<stat>" if isinstance(first, Mapping) else "<fixed>"


AnyAge = Annotated[Annotated[Age, Tag("<fixed>")] | Annotated[StatAge, Tag("<stat>")], Discriminator(_age_tag)]
