"""Let a message wait as a step of its visitor: when its moment comes it passes all gates again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shopbell.app import waking
from shopbell.app.people import People
from shopbell.domain.clock import Clock
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.profile import Commit, Profile
from shopbell.domain.scenarios.engage import put_off
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.ports import Queue, Visitors

TRIES: Final = 8
"""How often a visitor is read again because someone else wrote first."""


@dataclass(frozen=True, slots=True)
class Defer:
    """One conditional commit of the profile, which may wake up earlier for it and never later."""

    visitors: Visitors
    due: Queue
    now: Clock
    pause: Callable[[int], None]
    """Waits before try 1, 2, …"""

    def __call__(self, store: StoreId, visitor: VisitorId, step: PendingStep) -> bool:
        """A step of the same name is replaced, so that a repeat changes nothing. Raises Unavailable.

        False: nothing waits for who is gone, or left the scenario while it was on its way.
        """
        for attempt in range(TRIES):
            if attempt:
                self.pause(attempt)
            profile = People(self.visitors).load(store, visitor)
            after = put_off(profile, step)
            if after is profile or not profile.version or self.visitors.commit(Commit(profile, after)):
                self._wake(after, step)
                return any(one.id == step.id for one in after.steps)
        raise Unavailable(f"another write came first {TRIES} times")

    def _wake(self, profile: Profile, step: PendingStep) -> None:
        """What is due before the index is read again is told at once; without the queue it comes a minute later."""
        now = self.now()
        if step.due <= now + waking.AHEAD:
            try:
                self.due.send(list(waking.messages([(profile.store, profile.visitor, step.due)], now)))
            except Unavailable:
                return
