"""The spans of time that a leaf looks at, all as ages and instants in milliseconds."""

from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from shopbell.domain.clock import Duration, Instant, parse_duration, parse_instant
from shopbell.domain.rules.model import Model


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


Window = LastWindow | AgoWindow | SinceWindow | BetweenWindow
WINDOW_KEYS: Final = {"last": "<last>", "from": "<ago>", "to": "<ago>", "since": "<since>", "between": "<between>"}

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
