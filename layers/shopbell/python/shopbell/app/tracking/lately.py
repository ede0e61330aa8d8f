"""Note what comes in while somebody looks, and show it to them."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from shopbell.app.privacy.erased import TAKE_ANOTHER
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.lately import SHOWN, WATCHED, Lately, noted, wanted
from shopbell.domain.store import Store
from shopbell.ports import LatelyNoted


@dataclass(frozen=True, slots=True)
class NoteLately:
    lately: LatelyNoted
    watched_until: Callable[[StoreId], Instant]
    """`lately.watched_until`, remembered for a minute: no call asks a table for it."""
    now: Clock

    def __call__(self, store: Store, events: Sequence[object], faults: Mapping[int, tuple[str, str]]) -> str | None:
        """How it ended, as a counter names it. What is noted is for people only: that it fails must stop nothing.

        Of who was erased nothing is noted either.
        """
        places = [n for n in range(len(events)) if n not in faults or faults[n][1] != TAKE_ANOTHER.message]
        kept = {place: faults[n] for place, n in enumerate(places) if n in faults}
        try:
            return self._noted(store, [events[n] for n in places], kept)
        except Unavailable:
            return "lately_lost"

    def _noted(self, store: Store, events: Sequence[object], faults: Mapping[int, tuple[str, str]]) -> str | None:
        now = self.now()
        if not faults and not wanted(
            created_at=store.created_at, watched_until=self.watched_until(store.id), now=now
        ):
            return None
        if not events:
            return None
        name = hashlib.sha256(orjson.dumps([now, events])).hexdigest()[:16]
        self.lately.add(store.id, name, noted(events, faults, now))
        return "lately_noted"


@dataclass(frozen=True, slots=True)
class Seen:
    """What came in, newest first, and until when everything that comes is noted."""

    events: tuple[Lately, ...]
    watched_until: Instant


@dataclass(frozen=True, slots=True)
class ReadLately:
    lately: LatelyNoted
    now: Clock

    def __call__(self, store: StoreId) -> Seen:
        """The latest that was noted; from now on everything is, for an hour."""
        until = self.now() + WATCHED
        self.lately.watch(store, until)
        return Seen(tuple(self.lately.newest(store, SHOWN)), until)
