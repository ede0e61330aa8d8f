"""What a store lets its messages do: how many, at which hours, to whom at all."""

from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.clock import DAY, HOUR, MINUTE, Duration


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `count` messages to one person within any time of that length: the window rolls."""

    count: int
    within: Duration


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Minutes of the visitor's day, 0 to 1,439, from the first on and before the second; they may pass midnight."""

    start: int
    end: int


CAPS: Final = (Cap(1, 6 * HOUR), Cap(2, 24 * HOUR), Cap(6, 7 * DAY))
QUIET_HOURS: Final = QuietHours(22 * HOUR // MINUTE, 8 * HOUR // MINUTE)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the gates ask of a store. As it stands here it holds nothing back."""

    caps: tuple[Cap, ...] = field(default=())
    quiet_hours: QuietHours | None = None
    global_holdout_percent: int = 0
    """Of all visitors, who get nothing at all, so that what messages bring can be measured."""
    consent_required: bool = False
    """Whether a subscription without a recorded consent gets nothing."""


FREE: Final = Policy()
