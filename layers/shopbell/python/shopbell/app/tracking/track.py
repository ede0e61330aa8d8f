"""Take a batch of events: what is right is stored, what is wrong is named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.privacy.erased import GONE, NOBODY, TAKE_ANOTHER, Erased
from shopbell.app.tracking.items import split, with_facts
from shopbell.app.tracking.learn import Learn
from shopbell.app.tracking.refunds import NameReturned
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Clock
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.ids import ProductId
from shopbell.domain.incoming.events import Sender, Sent, read_event
from shopbell.domain.incoming.properties import products_of
from shopbell.domain.store import KeyKind, Principal, Store
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
    learned: int = 0
    """Products that the catalogue did not know, or not so."""


@dataclass(frozen=True, slots=True)
class Track:
    events: Events
    catalogue: Catalogue
    now: Clock
    learn: Learn | None = None
    returned: NameReturned | None = None
    erased: Erased | None = None

    def __call__(self, caller: Principal, batch: Batch, store: Store | None = None) -> Tracked:
        """Durable when it returns; the same batch again is accepted again and changes nothing (ruling 6).

        `store`: whose settings say what is learned from it.
        """
        most = MAX_EVENTS.get(caller.kind, 0)
        if len(batch.events) > most:
            raise Rejected.at("events", f"must have at most {most} entries with this key")
        trusted = caller.kind == "srv"
        if batch.backfill and not trusted:
            raise Rejected.at("backfill", "takes a server key")
        sent, rejected = self._living(
            caller, batch.events, *_read(batch, Sender(trusted, self.now(), batch.backfill))
        )
        if self.returned is not None:
            sent = list(self.returned(caller.store, sent))
        named = [products_of(one.event.properties) for one in sent]
        known = self._known(caller, named)
        joined, dropped = self._join(sent, named, known)
        stored = self.events.append(split(caller.store, joined)) if joined else ()
        new, learned = sum(stored), 0
        if self.learn is not None and store is not None and store.learning != "off":
            taught = self.learn(store, [one.event for one in joined], known)
            learned = taught.created + taught.changed
        return Tracked(len(joined), rejected, new, len(stored) - new, dropped, learned)

    def _living(
        self,
        caller: Principal,
        raw: Sequence[object],
        read: Sequence[tuple[int, Sent]],
        rejected: Sequence[Rejection],
    ) -> tuple[list[Sent], tuple[Rejection, ...]]:
        """Without those of who was erased: a browser is told to take a new id."""
        gone = self.erased.among(caller.store, {one.event.visitor for _, one in read}) if self.erased else NOBODY
        if not gone:
            return [one for _, one in read], tuple(rejected)
        late = [Rejection(index, _erased(raw[index])) for index, one in read if one.event.visitor in gone]
        both = sorted((*rejected, *late), key=lambda one: one.index)
        return [one for _, one in read if one.event.visitor not in gone], tuple(both)

    def _known(self, caller: Principal, named: Sequence[frozenset[ProductId]]) -> Mapping[ProductId, Product]:
        wanted = sorted(frozenset[ProductId]().union(*named))
        return self.catalogue.get_many(caller.store, wanted) if wanted else {}

    def _join(
        self, sent: Sequence[Sent], named: Sequence[frozenset[ProductId]], known: Mapping[ProductId, Product]
    ) -> tuple[list[Sent], int]:
        """Each event with what its products are at this moment (ruling 6)."""
        full = [
            with_facts(one, [(known_id, known[known_id].facts) for known_id in sorted(known.keys() & names)])
            for one, names in zip(sent, named, strict=True)
        ]
        return [one for one, _ in full], sum(dropped for _, dropped in full)


def _erased(raw: object) -> Problem:
    """By the name that the caller used."""
    return GONE if isinstance(raw, Mapping) and raw.get("customer_id") is not None else TAKE_ANOTHER


def _read(batch: Batch, sender: Sender) -> tuple[list[tuple[int, Sent]], tuple[Rejection, ...]]:
    sent: list[tuple[int, Sent]] = []
    rejected: list[Rejection] = []
    for index, raw in enumerate(batch.events):
        try:
            sent.append((index, read_event(raw, sender)))
        except Rejected as exc:
            rejected.append(Rejection(index, exc.problems[0]))
    return sent, tuple(rejected)
