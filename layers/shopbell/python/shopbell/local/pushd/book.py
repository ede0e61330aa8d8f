"""What came in: who got which message, when and how often, and everything that was wrong."""

import hashlib
import json
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Final, Literal

from shopbell.domain.clock import Instant
from shopbell.domain.subscriptions import PushService as Service
from shopbell.local.pushd.checks import HEADER_LENGTH, SALT_LENGTH, Fault

REMEMBERED: Final = 10_000
"""Objections kept in full; the counters go on."""

Wrong = Fault | Literal["unreadable", "salt_repeated", "key_repeated"]


@dataclass(slots=True)
class Delivered:
    """One message at one subscription. `message` is its token, else a digest of its text; `times` how often."""

    subscription: str
    service: Service
    message: str
    tag: str | None
    topic: str | None
    urgency: str
    ttl: int
    first_at: Instant
    last_at: Instant
    times: int = 1


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was wrong with a POST. `status` is what it was answered."""

    at: Instant
    service: Service
    subscription: str
    wrong: Wrong
    detail: str
    status: int


@dataclass(slots=True)
class Book:
    """Written by the service, read by whoever asks."""

    posts: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    """`service status`, and `service reset` for a connection that was broken."""
    wrongs: Counter[Wrong] = field(default_factory=Counter)
    notes: deque[Note] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    duplicates: int = 0
    _delivered: dict[tuple[str, str], Delivered] = field(default_factory=dict)
    _salts: set[bytes] = field(default_factory=set)
    _points: set[bytes] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self._delivered)

    def answered(self, service: Service, status: int | Literal["reset"]) -> None:
        self.posts += 1
        self.statuses[f"{service} {status}"] += 1

    def note(self, note: Note) -> None:
        self.wrongs[note.wrong] += 1
        self.notes.append(note)

    def repeated(self, body: bytes) -> Wrong | None:
        """RFC 8291 section 3: a salt and a key of the sender serve one message."""
        salt, point = body[:SALT_LENGTH], body[21:HEADER_LENGTH]
        wrong: Wrong | None = "salt_repeated" if salt in self._salts else None
        if point in self._points:
            wrong = "key_repeated"
        self._salts.add(salt)
        self._points.add(point)
        return wrong

    def deliver(self, entry: Delivered) -> None:
        known = self._delivered.setdefault((entry.subscription, entry.message), entry)
        if known is not entry:
            known.times += 1
            known.last_at = entry.last_at
            self.duplicates += 1

    def delivered(self, subscription: str | None = None) -> Iterator[Delivered]:
        """In the order of their first arrival."""
        return (one for one in self._delivered.values() if subscription in (None, one.subscription))

    def forget(self) -> None:
        """Begin a new page: what was delivered and counted, not which salts were used."""
        self.posts, self.duplicates = 0, 0
        for one in (self.statuses, self.wrongs, self.notes, self._delivered):
            one.clear()

    def summary(self) -> dict[str, object]:
        """The counters; `messages` are the distinct ones, `duplicates` what came beyond."""
        return {
            "posts": self.posts,
            "messages": len(self._delivered),
            "duplicates": self.duplicates,
            "statuses": dict(sorted(self.statuses.items())),
            "wrong": dict(sorted(self.wrongs.items())),
        }


def name_of(plaintext: bytes) -> tuple[str, str | None]:
    """The message's token and tag where it is one of ours; else a digest of its text stands for the token."""
    digest = hashlib.sha256(plaintext).hexdigest()[:32]
    try:
        shown = json.loads(plaintext)["notification"]
        message, tag = shown.get("data", {}).get("message"), shown.get("tag")
    except (ValueError, KeyError, TypeError, AttributeError):
        return digest, None
    return (message if isinstance(message, str) else digest), (tag if isinstance(tag, str) else None)


def as_json(entry: Delivered | Note) -> dict[str, object]:
    return asdict(entry)
