"""The kinds of parameter by which a marketer says when: a recurrence of their own, or one instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from shopbell.domain.clock import MINUTE, parse_instant
from shopbell.domain.cron import parse_cron
from shopbell.domain.events import Json

MOST: Final = 24
"""Runs a day: more often is what events are for."""
_LONGEST: Final = 256
_FIRST: Final = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The six fields of an EventBridge cron expression, or null."""

    name: str
    help: str
    default: None = None

    def read(self, given: Json) -> str | None:
        if given is None:
            return None
        if not isinstance(given, str) or len(given) > _LONGEST:
            raise ValueError("must be six fields such as 0 18 ? * THU *, or null")
        cron = parse_cron(given)
        if next(cron.days(_FIRST), None) is None:
            raise ValueError("names a day that never comes")
        if len(cron.times) > MOST:
            raise ValueError(f"comes more than {MOST} times a day")
        return " ".join(given.upper().split())

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "cron", "nullable": True}


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in RFC 3339 at a full minute, kept as it was written, or null."""

    name: str
    help: str
    default: None = None

    def read(self, given: Json) -> str | None:
        if given is None:
            return None
        if not isinstance(given, str):
            raise ValueError("must be an RFC 3339 instant such as 2026-01-31T12:00:00Z, or null")  # noqa: TRY004
        if parse_instant(given)[0] % MINUTE:
            raise ValueError("must be a full minute")
        return given

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "instant", "nullable": True}
