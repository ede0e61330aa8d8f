"""Waiting for something to become true, with a deadline instead of a guess."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(
    probe: Callable[[], T],
    what: str,
    *,
    seconds: float = 120,
    pause: Callable[[float], None] = time.sleep,
) -> T:
    """The first truthy answer of `probe`; AssertionError naming `what` when the deadline passes.

    The deadline only bounds a failure: a machine under load is slow, and no test may mistake that for a fault.
    `pause` is the browser's own: Playwright hears what its browser says only while it is the one that waits.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        pause(0.02)
