"""The addresses of names, looked up beside everything else: one that nobody knows holds up only who is sent there."""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.adapters.webpush.http2.channel import Address, Cut
from shopbell.domain.clock import Duration

REMEMBERED: Final = 10.0
"""Seconds for which a name that led nowhere is not asked for again: each round has its posts to it."""
_MOST: Final = 1_000
"""Names that are remembered; strangers make some up."""

LookUp = Callable[[str, int], Sequence[Address]]
"""The addresses of a host and port, in the order in which to try them; none: there are none. It may take long."""


@dataclass(slots=True)
class _Asked:
    began: float
    done: threading.Event = field(default_factory=threading.Event)
    found: Sequence[Address] = ()
    failed: tuple[float, Cut] | None = None


class Lookups:
    """For one caller at a time; each look-up has a thread of its own, since the system's call cannot be ended."""

    def __init__(self, look_up: LookUp, patience: Duration) -> None:
        self._look_up = look_up
        self._patience = patience / 1_000
        self._asked: dict[tuple[str, int], _Asked] = {}

    @property
    def waiting(self) -> bool:
        """Whether an answer is still hoped for."""
        return any(asked.failed is None and not asked.done.is_set() for asked in self._asked.values())

    def addresses(self, host: str, port: int) -> Sequence[Address] | None:
        """None: not known yet. Cut: the name leads nowhere, or nobody said so in time; said again for 10 s."""
        if host.replace(".", "").isdigit():
            return _there(self._look_up(host, port))
        place, now = (host, port), time.monotonic()
        asked = self._asked.get(place) or self._ask(place, now)
        if asked.done.is_set() and asked.found:
            del self._asked[place]
            return asked.found
        if asked.failed is not None and now - asked.failed[0] >= REMEMBERED:
            asked = self._again(place, asked, now)
        if asked.failed is None:
            asked.failed = self._fault(asked, now)
        if asked.failed is not None:
            raise asked.failed[1]
        return None

    def _fault(self, asked: _Asked, now: float) -> tuple[float, Cut] | None:
        if asked.done.is_set():
            return now, Cut("dns", "the name leads nowhere")
        return (now, Cut("timeout", "the name leads nowhere")) if now - asked.began >= self._patience else None

    def _ask(self, place: tuple[str, int], now: float) -> _Asked:
        if len(self._asked) >= _MOST:
            self._asked = {name: one for name, one in self._asked.items() if one.failed is None}
        self._asked[place] = asked = _Asked(now)
        threading.Thread(target=self._work, args=(place, asked), daemon=True).start()
        return asked

    def _again(self, place: tuple[str, int], asked: _Asked, now: float) -> _Asked:
        """A thread that still waits for an answer is waited for, and no other is begun beside it."""
        if asked.done.is_set():
            return self._ask(place, now)
        asked.began, asked.failed = now, None
        return asked

    def _work(self, place: tuple[str, int], asked: _Asked) -> None:
        try:
            asked.found = self._look_up(*place)
        finally:
            asked.done.set()


def _there(found: Sequence[Address]) -> Sequence[Address]:
    if not found:
        raise Cut("dns", "the name leads nowhere")
    return found


def look_up(host: str, port: int) -> Sequence[Address]:
    """As the system resolves it."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return [(family, address) for family, _, _, _, address in answers]
