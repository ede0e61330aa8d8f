"""A time that each visitor's own clock is to show: when that is for whom, and how long it is worth sending then."""

from dataclasses import dataclass
from datetime import date, tzinfo

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.localtime import at


@dataclass(frozen=True, slots=True)
class OwnClock:
    """`day`: its ordinal in the proleptic Gregorian calendar. `minute`: of that day."""

    day: int
    minute: int
    since: Instant
    """Whose moment lay before it is not sent to: it was not asked for yet, or is too long ago to be made up for."""
    relevance: Duration
    """How long after their moment it is still worth sending to a visitor."""

    def moment(self, zone: tzinfo) -> Instant:
        """When a clock there first shows that time, or has leapt over it."""
        return at(date.fromordinal(self.day), self.minute, zone)
