"""Note whom a message was decided for, held out of it or not, and follow what they do afterwards (ADR 0040).

A row is begun by whoever is parted. An order that is told of before its maker's row is there would be lost, so in a
store that has ever parted anybody, which one row says, each order, refund and opt-out begins one, too.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.app.people import People
from shopbell.app.reporting.courses import Courses, Wish
from shopbell.domain.attribution.cells import Cells, moved
from shopbell.domain.attribution.facts import JOINS, said_whose
from shopbell.domain.attribution.parting import FOLLOWED, Course, Parted, Side, course_of, joined, later, told_by
from shopbell.domain.clock import DAY, Clock, Duration, Instant
from shopbell.domain.events import Event, EventItem
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.store import Store
from shopbell.ports import Aliases, Events
from shopbell.ports.attribution import Row

Noting = Callable[[Store, Mapping[VisitorId, Sequence[Side]]], None]
"""Raises Unavailable."""
PARTS: Final = VisitorId("/")
"""No visitor is called so: the row says that the store has parted people, and since when it was last renewed."""
_RENEWED: Final[Duration] = 30 * DAY


@dataclass(frozen=True, slots=True)
class NoteSides:
    """Called before anything is posted or said to have ended, so that whoever dies comes here again."""

    courses: Courses
    now: Clock
    _said: dict[StoreId, Instant] = field(default_factory=dict)

    def __call__(self, store: Store, sides: Mapping[VisitorId, Sequence[Side]]) -> None:
        """Whoever was parted before stays where they are. Raises Unavailable."""
        if not sides:
            return
        self._say(store.id)
        at = self.now()
        self.courses(
            store,
            {
                who: Wish({who}, [Course(parted=frozenset(Parted(at, side) for side in mine))])
                for who, mine in sides.items()
            },
        )

    def _say(self, store: StoreId) -> None:
        if self._said.get(store, 0) > self.now() - _RENEWED:
            return
        known = self.courses.counts.rows(store, [(PARTS, "lift")]).get((PARTS, "lift"))
        since = self.now() if known is None else int(known.body)
        if known is None or since <= self.now() - _RENEWED:
            since = self.now()
            row = Row(1 if known is None else known.version + 1, str(since).encode())
            self.courses.counts.add(store, {(PARTS, "lift"): row}, {})
        self._said[store] = since


def nothing_noted(_: Store, __: Mapping[VisitorId, Sequence[Side]]) -> None:
    """Where messages are only tried out."""


@dataclass(frozen=True, slots=True)
class Follow:
    courses: Courses
    events: Events
    people: People
    aliases: Aliases
    store: Callable[[StoreId], Store | None]

    def __call__(self, name: StoreId, items: Iterable[EventItem]) -> Counter[str]:
        """Raises Unavailable."""
        told: dict[VisitorId, list[Event]] = {}
        for item in items:
            mine = [event for event in item.events if event.type in FOLLOWED or event.type == JOINS]
            if mine:
                told.setdefault(item.visitor, []).extend(mine)
        store = self.store(name) if told else None
        if store is None:
            return Counter(lift_store_gone=len(told)) if told else Counter()
        rows = self.courses.counts.rows(name, {(one, "lift") for one in (PARTS, *told)})
        if (PARTS, "lift") not in rows:
            return Counter(lift_nobody_parted=len(told))
        unknown = [who for who in told if (who, "lift") not in rows]
        self.courses(store, _wishes(store, told, self.people.whose(name, unknown) if unknown else {}))
        return Counter(lift_followed=len(told))

    def again(self, store: Store, visitor: VisitorId, until: Instant) -> Cells:
        """By night: what the log of a person held at that instant and the row does not is counted now.

        How far that moved reports; nothing where both agree. Raises Unavailable.
        """
        kept = self.courses.read(store.id, [visitor]).kept.get(visitor)
        if kept is None or kept.whose is not None or not kept.course.parted:
            return {}
        ids = [visitor, *self.aliases.of(store.id, visitor)]
        log = joined(*(self._log(store, one, until) for one in ids))
        after = joined(kept.course, later(log, kept.course.facts.cut))
        drift = moved(told_by(kept.course, store.time_zone), told_by(after, store.time_zone))
        if drift:
            self.courses(store, {visitor: Wish({visitor}, [log])})
        return drift

    def _log(self, store: Store, who: VisitorId, until: Instant) -> Course:
        events = (event for item in self.events.of(store.id, who) for event in item.events)
        return course_of((one for one in events if one.received_at < until), store)


def _wishes(
    store: Store, told: Mapping[VisitorId, Sequence[Event]], whose: Mapping[VisitorId, VisitorId]
) -> Mapping[VisitorId, Wish]:
    wishes: dict[VisitorId, Wish] = {}
    for who, events in told.items():
        wish = wishes.setdefault(said_whose(events) or whose.get(who, who), Wish())
        wish.ids.add(who)
        wish.fresh.append(course_of(events, store))
    return wishes
