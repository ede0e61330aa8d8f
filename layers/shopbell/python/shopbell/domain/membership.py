"""A visitor's membership of a segment, and the flip that began or ended it."""

from dataclasses import dataclass
from typing import Final, Literal

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.ids import SegmentId, VisitorId

Change = Literal["entered", "exited", "merged"]
"""`merged` stands in a log alone: a visitor became the customer whose log it is; it names no segment."""
MAX_FLIPS: Final = 45
"""Per transaction, so that members, log and profile stay within DynamoDB's 100 items (ruling 1)."""
LOG_TTL: Final[Duration] = 400 * DAY


@dataclass(frozen=True, slots=True)
class Flip:
    """One entry or exit; cause: `event:<id>`, `clock`, `definition`, `merge`, `import`, `erasure` or `statistic`."""

    segment: SegmentId
    version: int
    change: Change
    at: Instant
    cause: str
    leaf: str | None = None
    """Path of the leaf that flipped, such as `and.0.or.1`; None where no single one did."""


def merged_flip(visitor: VisitorId, at: Instant) -> Flip:
    """The one line of a customer's log that tells of an alias (ruling 17)."""
    return Flip(SegmentId(""), 0, "merged", at, f"merge:{visitor}")


@dataclass(frozen=True, slots=True)
class Member:
    """One row of `members`."""

    visitor: VisitorId
    entered_at: Instant
    reachable: bool
    version: int
    """Of the segment, by whose rule it entered; 0 where that was not kept."""
    expires_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """One row of `log`."""

    visitor: VisitorId
    flip: Flip
    profile_version: int
