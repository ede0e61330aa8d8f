"""What this process dials: names it looks up, addresses it connects or sends to, by Python's audit events."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

EVENTS: Final = frozenset(
    {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendmsg", "socket.sendto"}
)
_LISTENING: Final[list[list[tuple[str, object]]]] = []


@contextmanager
def dialled() -> Iterator[list[tuple[str, object]]]:
    """(event, address) of all within the block, in threads too. What C code dials by itself it does not hear."""
    _listen()
    heard: list[tuple[str, object]] = []
    _LISTENING.append(heard)
    try:
        yield heard
    finally:
        _LISTENING.remove(heard)


@cache
def _listen() -> None:
    """For as long as the process lives: audit hooks cannot be taken away."""
    sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _LISTENING and event in EVENTS:
        # a socket stands in front of the address; a look-up begins with host and port
        address = (arguments[0], arguments[1]) if event == "socket.getaddrinfo" else arguments[-1]
        for heard in _LISTENING:
            heard.append((event, address))
