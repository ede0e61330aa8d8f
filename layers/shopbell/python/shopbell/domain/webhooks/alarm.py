"""What a person of the store should hear of: something that Shopbell noticed, of a kind from a fixed list."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from shopbell.domain.clock import Instant, format_instant
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId

AlarmName = Literal["run_stopped", "segment_dip", "segment_size_differs", "segment_members_differ", "job_failed"]
ALARM_NAMES: Final[tuple[AlarmName, ...]] = get_args(AlarmName)
Subject = Literal["campaign", "scenario", "segment", "job"]
_DIGITS: Final = 24


@dataclass(frozen=True, slots=True)
class Alarm:
    """`occurrence`: what tells it apart from others of that name and subject, and is the same at every replay."""

    name: AlarmName
    kind: Subject
    subject: str
    message: str
    """A sentence of ours, without anything that a visitor wrote."""
    at: Instant
    occurrence: tuple[str, ...]
    details: Mapping[str, Json] = field(default_factory=dict)

    def id(self, store: StoreId) -> str:
        text = "\n".join((store, self.name, self.kind, self.subject, *self.occurrence))
        return f"alm_{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"

    def data(self, store: StoreId) -> dict[str, Json]:
        """As receivers read it."""
        return {
            "id": self.id(store),
            "name": self.name,
            "subject": {"kind": self.kind, "id": self.subject},
            "message": self.message,
            "details": dict(self.details),
            "at": format_instant(self.at),
        }


Sound = Callable[[StoreId, Alarm], None]
"""Tells of it. Raises Unavailable; told again it has the same id."""


def silent(_: StoreId, __: Alarm) -> None:
    """For who has nobody to tell."""
