"""What is told: one notice for one webhook, with an id that stays the same however often it is told."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from shopbell.domain.clock import DAY, Duration, Instant, format_instant
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.membership import LogLine
from shopbell.domain.webhooks.hook import TEST_EVENT, WebhookId

MAX_CHANGES: Final = 100
"""Entries or exits of one notice."""
GIVE_UP: Final[Duration] = DAY
"""How long it is tried to deliver one."""
_DIGITS: Final = 24


@dataclass(frozen=True, slots=True)
class Notice:
    """`at` is when it was told first. `data` holds ids, numbers and words of ours: of people no names, no traits."""

    store: StoreId
    webhook: WebhookId
    id: str
    event: str
    at: Instant
    data: Mapping[str, Json]
    tried: int = 0
    """How often it was not taken."""
    due: Instant = 0
    """It is not tried before then."""

    @property
    def body(self) -> bytes:
        """The same bytes at every attempt."""
        said = {"type": self.event, "timestamp": format_instant(self.at), "data": dict(self.data)}
        return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)

    @property
    def detail(self) -> str:
        """Its data as an event of a bus that all stores share: whose they are, and by which id a repeat is known."""
        said = {**self.data, "store_id": self.store, "message_id": self.id}
        return orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()

    @property
    def is_test(self) -> bool:
        return self.event == TEST_EVENT


def named(webhook: WebhookId, event: str, parts: Sequence[str]) -> str:
    """The id of a notice: the same things told to the same webhook have the same one."""
    text = "\n".join((webhook, event, *parts))
    return f"msg_{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"


def change_id(store: StoreId, line: LogLine) -> str:
    """Of one entry or exit, also where a batch was cut otherwise the second time."""
    flip = line.flip
    text = f"{store}\n{flip.segment}\n{flip.at}\n{line.profile_version}\n{line.visitor}\n{flip.change}"
    return f"chg_{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"


def change(store: StoreId, line: LogLine) -> dict[str, Json]:
    """An entry or exit as receivers read it."""
    flip = line.flip
    return {
        "id": change_id(store, line),
        "visitor_id": line.visitor,
        "segment_id": flip.segment,
        "segment_version": flip.version,
        "at": format_instant(flip.at),
        "cause": flip.cause,
        "leaf": flip.leaf,
    }
