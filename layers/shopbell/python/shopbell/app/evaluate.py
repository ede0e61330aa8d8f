"""Bring visitors up to their events, the live rules and the time: fold, settle, commit, and only then emit."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app import waking
from shopbell.app.batch import Batch, SideBySide
from shopbell.app.catalogue.telling import TellNews
from shopbell.app.ends import Done, End
from shopbell.app.engaging import Engaging
from shopbell.app.newswork import NewsWork
from shopbell.app.poison import NEVER, Unreadable, reason
from shopbell.app.privacy.erased import Erased
from shopbell.app.rulebook import Rulebook
from shopbell.app.settling import Settling
from shopbell.app.work import DueWork, due_message, parked_message
from shopbell.domain.clock import Clock
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Event, EventItem
from shopbell.domain.goods import timer_of
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.ports import Aliases, Events, Message, Queue, Visitors

TRIES: Final = 8
"""How often a visitor is read again because someone else wrote first."""
Key = tuple[StoreId, VisitorId]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """`failed`: the place of the first record of the batch that is not done; it and all after it may come again."""

    counts: Mapping[str, int]
    failed: int | None = None


@dataclass(frozen=True, slots=True)
class Evaluate:
    """Decides from the stored state alone, so that repeats and any order of events change nothing (ruling 1)."""

    visitors: Visitors
    events: Events
    aliases: Aliases
    rulebook: Rulebook
    due: Queue
    parked: Queue
    engaging: Engaging
    now: Clock
    pause: Callable[[int], None]
    """Waits before try 1, 2, …; tests give one that does not."""
    news: TellNews | None = None
    """None: of a function that tells none."""
    erased: Erased | None = None
    """None: of a function to which no events are told."""
    side_by_side: SideBySide = map
    """How the visitors of a batch are taken up: one after the other, or several while each waits for its table."""

    def __call__(self, items: Sequence[EventItem | Unreadable]) -> Evaluated:
        """A batch of the events stream, grouped by visitor. Who cannot be done now comes again, with all after it."""
        batch, groups = Batch(), _grouped(items)
        try:
            self._check({key[0] for key in groups})
            self._bury(items, groups, batch)
        except Unavailable:
            return Evaluated({"batch_cut_short": 1}, 0)
        failed = [place for place in self.side_by_side(self._one(items, batch), groups.items()) if place is not None]
        batch.counts["batch_cut_short"] += batch.cut_short
        self._emit(batch)
        return Evaluated(batch.counts, min(failed, default=None))

    def _one(
        self, items: Sequence[EventItem | Unreadable], batch: Batch
    ) -> Callable[[tuple[Key, list[int]]], int | None]:
        """Folds one visitor's records; the place of the first where it cannot be done now."""

        def fold(group: tuple[Key, list[int]]) -> int | None:
            key, places = group
            if batch.cut_short:
                return places[0]  # what could not be done for one is not asked of a struggling table for all
            own = Batch()
            try:
                self._fold(key, [items[place] for place in places], own)
            except Unavailable:
                batch.cut_short = True
                return places[0]
            finally:
                batch.add(own)
            return None

        return fold

    def wake(self, work: DueWork) -> End:
        """Queue `due`. Raises Unavailable. A message that comes early, by a clock that is behind, waits again."""
        now = self.now()
        if now < work.at:
            self.due.send([due_message(work, waking.delay(work.at, now))])
            return Done({"woken_early": 1})
        timers = {name: timer for name in work.visitors if (timer := timer_of(name)) is not None}
        visitors = [name for name in work.visitors if name not in timers]
        counts = self.touch(work.store, visitors)
        counts["woken"] += len(visitors)
        if self.news is not None:
            for product, scenario in timers.values():
                counts += self.news(work.store, product, scenario)
        return Done(counts)

    def tell(self, work: NewsWork) -> End:
        """Queue `due`, too: what a product's change is to each of its people. Raises Unavailable."""
        batch = Batch()
        self._check({work.store})
        try:
            for person in work.people:
                if self.visitors.load(work.store, person.visitor).version:
                    self._settle((work.store, person.visitor), [work.event(person)], batch)
                else:
                    batch.counts["news_for_nobody"] += 1
        finally:
            self._emit(batch)
        return Done(batch.counts)

    def touch(self, store: StoreId, visitors: Sequence[VisitorId]) -> Counter[str]:
        """Bring visitors up to the live rules and the time, without a new event. Raises Unavailable."""
        batch = Batch()
        self._check({store})
        try:
            for visitor in visitors:
                self._fold((store, visitor), [], batch)
        finally:
            self._emit(batch)
        return batch.counts

    def _check(self, stores: Iterable[StoreId]) -> None:
        for store in stores:
            self.rulebook.check(store)

    def _bury(self, items: Sequence[EventItem | Unreadable], groups: dict[Key, list[int]], batch: Batch) -> None:
        """What comes of who was erased leaves the log again, and the batch."""
        if self.erased is None:
            return
        for store in {key[0] for key in groups}:
            for who in self.erased.among(store, [who for of, who in groups if of == store]):
                places = groups.pop((store, who))
                self.erased.drop([items[place] for place in places])
                batch.counts["erased_dropped"] += len(places)

    def _fold(self, key: Key, items: Sequence[EventItem | Unreadable], batch: Batch) -> None:
        """One visitor's items together; where one of them can never pass, each alone, to find out which."""
        readable = [item for item in items if isinstance(item, EventItem)]
        for item in items:
            if isinstance(item, Unreadable):
                self._park(key, item.name, item.reason, batch)
        if items and not readable:
            return
        try:
            self._settle(key, [event for item in readable for event in item.events], batch)
        except NEVER as exc:
            if len(readable) > 1:
                for item in readable:
                    self._fold(key, [item], batch)
            else:
                self._park(key, readable[0].name if readable else None, reason(exc), batch)

    def _park(self, key: Key, item: str | None, reason: str, batch: Batch) -> None:
        self.parked.send([parked_message(key[0], key[1], item, reason)])
        batch.counts["parked"] += 1

    def _settle(self, key: Key, events: Sequence[Event], batch: Batch) -> None:
        settling = Settling(self.visitors, self.aliases, self.events, self.now, self.engaging)
        for attempt in range(TRIES):
            if attempt:
                batch.counts["conflicts"] += 1
                self.pause(attempt)
                self.rulebook.check(key[0])
            if settling(*key, events, self.rulebook.of(key[0]), batch):
                batch.counts["visitors"] += 1
                return
        raise Unavailable(f"another write came first {TRIES} times")

    def _emit(self, batch: Batch) -> None:
        """After the commits. The due index holds the same wake-ups: what is lost here comes a minute later."""
        if not batch.wakes:
            return
        messages: list[Message] = list(waking.messages(batch.wakes, self.now()))
        try:
            self.due.send(messages)
            batch.counts["wakes_put"] += len(batch.wakes)
        except Unavailable:
            batch.counts["wakes_left_to_the_index"] += len(batch.wakes)


def _grouped(items: Sequence[EventItem | Unreadable]) -> dict[Key, list[int]]:
    groups: dict[Key, list[int]] = {}
    for place, item in enumerate(items):
        groups.setdefault((item.store, item.visitor), []).append(place)
    return groups
