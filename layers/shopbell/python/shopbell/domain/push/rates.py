"""How fast a push service is posted to: caps of our own, since none of them publishes one, shared out to workers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from types import MappingProxyType
from typing import Final, Literal

from shopbell.domain.clock import SECOND, Duration, Instant
from shopbell.domain.subscriptions import SERVICES, PushService

Lane = Literal["runs", "now"]
"""Messages of a run to many, or of single visitors and tests."""
CAPS: Final[Mapping[PushService, int]] = MappingProxyType(
    {"fcm": 10_000, "apple": 2_000, "mozilla": 2_000, "wns": 500, "other": 200}
)
"""Posts a second of the whole deployment."""
WORKERS: Final = 10
"""Workers of each queue at once: their share of a cap is all that any of them may know."""
TENTHS: Final[Mapping[Lane, int]] = MappingProxyType({"runs": 9, "now": 1})
"""The first tenth is for single visitors (ruling 32): a run to millions never makes them wait."""
PENALTY_PER_MINUTE: Final = 1_000
"""What Chrome grants at least to a site whose messages it holds for a disturbance."""
_ENTRY: Final = re.compile(r"([a-z]+)=(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Rates:
    caps: Mapping[PushService, int] = field(default_factory=lambda: CAPS)
    workers: int = WORKERS

    def a_second(self, service: PushService, lane: Lane) -> float:
        """Posts a second of one worker."""
        return self.caps[service] * TENTHS[lane] / 10 / self.workers

    def penalised(self, lane: Lane) -> float:
        """Posts a second of one worker, to Chrome for a store that it limits."""
        return PENALTY_PER_MINUTE / 60 * TENTHS[lane] / 10 / self.workers

    def of_runs(self, service: PushService) -> float:
        """Posts a second of all workers for runs together."""
        return self.a_second(service, "runs") * self.workers


def parse_rates(text: str) -> Rates:
    """`fcm=40000,wns=2000`: what is left out keeps its default. ValueError names the entry that has another form."""
    caps = dict(CAPS)
    for entry in (part.strip() for part in text.split(",") if part.strip()):
        match = _ENTRY.fullmatch(entry)
        service = next((known for known in SERVICES if match and known == match[1]), None)
        if match is None or service is None or not int(match[2]):
            raise ValueError(f"{entry!r} is not <push service>=<posts a second>")
        caps[service] = int(match[2])
    return Rates(caps)


@dataclass(slots=True)
class Bucket:
    """Tokens that flow in at a steady rate, up to a burst; each post takes one. It begins full unless told."""

    rate: float
    """Tokens a second."""
    burst: float
    at: Instant
    tokens: float = -1.0

    def __post_init__(self) -> None:
        if self.tokens < 0:
            self.tokens = self.burst

    def holds(self, now: Instant) -> int:
        """Whole tokens that there are now. A clock that was set back changes nothing."""
        self.tokens = min(self.burst, self.tokens + self.rate * max(0, now - self.at) / SECOND)
        self.at = max(self.at, now)
        return int(self.tokens + 1e-9)

    def take(self, number: int) -> None:
        """Of those that there are."""
        self.tokens -= number

    def wait(self, number: int) -> Duration:
        """Until it holds so many, or as many as it ever does; rounded up."""
        lacking = min(number, self.burst) - self.tokens
        return max(0, ceil(lacking * SECOND / self.rate))
