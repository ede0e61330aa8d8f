"""A person as all that is stored of them is found, and the tombstone that keeps who was erased from coming back."""

from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import DAY, MINUTE, Duration, Instant
from shopbell.domain.ids import CUSTOMER_PREFIX, StoreId, VisitorId
from shopbell.domain.jobs import JobId

LIFE: Final[Duration] = 30 * DAY
"""Of a tombstone: twice as long as any queue keeps a message, thirty times as long as a stream keeps a record."""
KNOWN: Final[Duration] = MINUTE
"""So long a worker goes by what it last read of whether a store has erased anybody."""
SETTLED: Final[Duration] = 7 * MINUTE
"""After it nobody writes who does not know of a tombstone: what is remembered, and the longest function, are over."""
NOBODY: Final = VisitorId("#erased")
"""In place of an id that has to stand somewhere; no visitor can have it."""


@dataclass(frozen=True, slots=True)
class Person:
    """`ids`: all that the person is known by, a customer's own first."""

    store: StoreId
    ids: tuple[VisitorId, ...]

    def named_in(self, sent: str) -> bool:
        """Whether JSON as it was sent names one of the ids, a customer's as the shop writes it."""
        return any(f'"{name}"' in sent for who in self.ids for name in (who, who.removeprefix(CUSTOMER_PREFIX)))


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Of one id; it is kept under the hash of the id, and holds nothing else of whose it is."""

    job: JobId
    at: Instant
