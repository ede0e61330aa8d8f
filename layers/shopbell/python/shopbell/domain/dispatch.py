"""One step to one visitor on its way: the guard that lets it go once, and how far each device is (ruling 34)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from shopbell.domain.clock import MINUTE, Duration, Instant
from shopbell.domain.gates import Told
from shopbell.domain.ids import RunId, StoreId, SubscriptionId, VisitorId
from shopbell.domain.outcomes import ACCEPTED, OPEN
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.variants import counted_of

LEASE: Final[Duration] = 2 * MINUTE
"""Twice the timeout of `send`: after it, whoever held the step is dead."""
RESUMED: Final = "resumed"
"""Counts recipients whose message was put off before: they were planned, and counted, at an earlier try."""
DispatchState = Literal["posting", "deferred", "done"]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """`version` 0: never stored; each write adds one and names the one it read.

    `until`: while `posting` the end of the lease; once `deferred` the instant from which on a try may begin again.
    """

    store: StoreId
    visitor: VisitorId
    name: str
    run: RunId
    state: DispatchState
    until: Instant
    devices: tuple[SubscriptionId, ...] = ()
    codes: bytes = b""
    """For each device a code of `domain.outcomes`, 0 while open."""
    errors: int = 0
    """Failures of ours while working on it."""
    version: int = 0
    variant: int = 0
    """The place of the visitor's variant from 1 on, settled with the first try; 0: there are none."""
    told: tuple[Told, ...] = ()
    """The gates that were closed to it at the last try, with what they rested on."""

    @property
    def open(self) -> bool:
        return OPEN in self.codes

    def later(self) -> "Dispatch":
        """As it is once this write is stored."""
        return replace(self, version=self.version + 1)


def dispatch_name(step: PendingStep) -> str:
    """The same for every try of one step of one instance, also after it was deferred: 20 hex characters."""
    which = f"{step.source}\n{step.source_id}\n{step.key}\n{step.step}"
    return hashlib.sha256(which.encode()).hexdigest()[:20]


def accepted_of(counts: Mapping[str, int]) -> int:
    """By the names that `counted_as` gives."""
    return sum(number for name, number in counts.items() if counted_of(name)[0] == ACCEPTED)


def counted(run: RunId) -> str:
    """Subject of the counters that hold how the steps of a run ended."""
    return f"now:{run}"
