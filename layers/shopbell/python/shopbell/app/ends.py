"""How a piece of queued work ended: it is done, or it is to be brought back later."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.clock import HOUR, MINUTE, SECOND, Duration

FIRST_WAIT: Final[Duration] = 10 * SECOND
LONGEST_WAIT: Final[Duration] = 15 * MINUTE
LONGEST_LATE_WAIT: Final[Duration] = HOUR
"""From the fourth hour on; between the first hour and then it grows to this (ruling 33)."""
LONGEST_DEFERRAL: Final[Duration] = 11 * HOUR
"""A queue hides a message for at most 12 h counted from when it was handed out."""

Uniform = Callable[[], float]
"""A number from 0 up to 1, handed in."""
Remaining = Callable[[], Duration]
"""How long this invocation may still run."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What the queue says of a message: how often it was handed out before now, and for how long."""

    receives: int = 1
    age: Duration = 0


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to do; the message may go. `counts` are outcomes by name."""

    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Later:
    """Work is left: hand the message out again after `wait`. `reason` is one of a few fixed words."""

    wait: Duration
    reason: str
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def seconds(self) -> int:
        """Rounded up, so that nobody comes back early."""
        return -(-min(self.wait, LONGEST_DEFERRAL) // SECOND)


End = Done | Later


def back_off(handed: Handed, uniform: Uniform, *, at_least: Duration = 0) -> Duration:
    """From 10 s, doubling, with full jitter, up to 15 min in the first hour, then a quarter of the age up to 1 h.

    `at_least` is what the other side asked for (`Retry-After`); it is never undercut.
    """
    longest = min(LONGEST_LATE_WAIT, max(LONGEST_WAIT, handed.age // 4))  # all are back soon after an outage
    limit = min(longest, FIRST_WAIT << min(max(handed.receives - 1, 0), 20))
    return max(at_least, SECOND, int(limit * uniform()))
