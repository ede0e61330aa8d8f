"""Take a batch of events: what is right is stored, what is wrong is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.tracking.items import split, with_facts
from shopbell.domain.clock import Clock
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.ids import ProductId
from shopbell.domain.incoming.events import Sender, Sent, read_event
from shopbell.domain.incoming.properties import products_of
from shopbell.domain.store import KeyKind, Principal
from shopbell.ports import Catalogue, Events

MAX_EVENTS: Final[dict[KeyKind, int]] = {"pub": 50, "srv": 500}
"""A call; a page sends little and often, a server replays."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The events as they came, unchecked; `backfill` says of all of them that they are history."""

    events: Sequence[object]
    backfill: bool = False


@dataclass(frozen=True, slots=True)
class Rejection:
    """The first fault of one event: where it stands in the batch, and the path within it."""

    index: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class Tracked:
    """`new` and `repeated` count stored items, `facts_dropped` product facts that an event had no room for."""

    accepted: int
    rejected: tuple[Rejection, ...] = ()
    new: int = 0
    repeated: int = 0
    facts_dropped: int = 0


@dataclass(frozen=True, slots=True)
class Track:
    events: Events
    catalogue: Catalogue
    now: Clock

    def __call__(self, caller: Principal, batch: Batch) -> Tracked:
        """Durable when it returns; the same batch again is accepted again and changes nothing (ruling 6)."""
        most = MAX_EVENTS.get(caller.kind, 0)
        if len(batch.events) > most:
            raise Rejected.at("events", f"must have at most {most} entries with this key")
        trusted = caller.kind == "srv"
        if batch.backfill and not trusted:
            raise Rejected.at("backfill", "takes a server key")
        sent, rejected = _read(batch, Sender(trusted, self.now(), batch.backfill))
        joined, dropped = self._join(caller, sent)
        stored = self.events.append(split(caller.store, joined)) if joined else ()
        new = sum(stored)
        return Tracked(len(joined), rejected, new, len(stored) - new, dropped)

    def _join(self, caller: Principal, sent: Sequence[Sent]) -> tuple[list[Sent], int]:
        """Each event with what its products are at this moment (ruling 6)."""
        named = [products_of(one.event.properties) for one in sent]
        wanted = sorted(frozenset[ProductId]().union(*named))
        known = self.catalogue.get_many(caller.store, wanted) if wanted else {}
        full = [
            with_facts(one, [(known_id, known[known_id].facts) for known_id in sorted(known.keys() & names)])
            for one, names in zip(sent, named, strict=True)
        ]
        return [one for one, _ in full], sum(dropped for _, dropped in full)


def _read(batch: Batch, sender: Sender) -> tuple[list[Sent], tuple[Rejection, ...]]:
    sent: list[Sent] = []
    rejected: list[Rejection] = []
    for index, raw in enumerate(batch.events):
        try:
            sent.append(read_event(raw, sender))
        except Rejected as exc:
            rejected.append(Rejection(index, exc.problems[0]))
    return sent, tuple(rejected)
