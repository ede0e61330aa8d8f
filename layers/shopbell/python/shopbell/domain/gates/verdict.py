"""What a gate answers: open, not at all, or not yet."""

from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Instant


@dataclass(frozen=True, slots=True)
class Open:
    """Nothing speaks against it."""


@dataclass(frozen=True, slots=True)
class Skip:
    """It is not sent at all. `reason` as reports name it, such as `frequency_cap`."""

    reason: str
    kind: str = "skipped"

    @property
    def outcome(self) -> str:
        """Of `domain.outcomes`."""
        return f"{self.kind}:{self.reason}"


@dataclass(frozen=True, slots=True)
class Defer:
    """Not before `until`, when all gates are asked again."""

    reason: str
    until: Instant
    expires_at: Instant | None
    """When the message is stale by then: quiet hours move it along, nothing else does. None: as the run says."""

    @property
    def outcome(self) -> str:
        """Of `domain.outcomes`: how it ends where it was; where it goes on is told by the reason."""
        return f"deferred:{self.reason}"


Verdict = Open | Skip | Defer
OPEN: Final = Open()
