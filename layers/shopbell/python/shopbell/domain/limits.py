"""How often a key may call: a quota for each window of the clock, and how much of it is left."""

from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import MINUTE, SECOND, Duration, Instant


@dataclass(frozen=True, slots=True)
class Limit:
    """`quota` calls in each `window`, the first of which began with the epoch; `name` is what callers are told."""

    name: str
    quota: int
    window: Duration

    def began(self, now: Instant) -> Instant:
        return now - now % self.window

    def standing(self, used: int, now: Instant) -> "Standing":
        """After the call that was the `used`-th of the window of `now`."""
        left = self.began(now) + self.window - now
        return Standing(max(0, self.quota - used), -(-left // SECOND), passed=used > self.quota)


@dataclass(frozen=True, slots=True)
class Standing:
    """`remaining` calls for the next `seconds`, at least one; `passed`: the call itself was one too many."""

    remaining: int
    seconds: int
    passed: bool


MANAGEMENT: Final = Limit("management", 600, MINUTE)
"""What a key may ask of the management calls; a deployment may set another quota."""
