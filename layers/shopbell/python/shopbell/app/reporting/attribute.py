"""Keep the orders of all who ever clicked attributed: what new facts change, reports are moved by.

Level-triggered. A person's facts are a set that only grows; what they say is a function of the set alone; the
difference that new facts make is added to the reports in the transaction that stores them. So a batch may come again,
in any cut and order. Who never clicked has no row and costs one read; their row begins with their first click, and
then their log is read once. It is begun *before* the log is read: whoever finds no row knows that what they pass over
will be found there.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.people import People
from shopbell.app.reporting.claims import Claims, back_of
from shopbell.app.reporting.known import Known, Wish
from shopbell.app.reporting.logs import Logs
from shopbell.domain.attribution.cells import Cells, added, moved, squeezed
from shopbell.domain.attribution.facts import (
    CLICKS,
    JOINS,
    NOTHING,
    TELLING,
    Facts,
    facts_of,
    said_whose,
    since,
    trimmed,
    united,
)
from shopbell.domain.attribution.overall import overall
from shopbell.domain.attribution.standing import Standing
from shopbell.domain.attribution.statement import statement
from shopbell.domain.clock import Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Event, EventItem
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.store import Store
from shopbell.ports import Aliases, Events
from shopbell.ports.attribution import ReportCounts, Row, RowName

TRIES: Final = 8
MOST_IDS: Final = 30
"""Ids of one person that are brought together; with more browsers than that they are none."""


@dataclass(frozen=True, slots=True)
class Attribute:
    counts: ReportCounts
    events: Events
    people: People
    aliases: Aliases
    store: Callable[[StoreId], Store | None]

    def __call__(self, name: StoreId, items: Iterable[EventItem]) -> Counter[str]:
        """Raises Unavailable."""
        told: dict[VisitorId, list[Event]] = {}
        for item in items:
            mine = [event for event in item.events if event.type in TELLING or event.type == JOINS]
            if mine:
                told.setdefault(item.visitor, []).extend(mine)
        store = self.store(name) if told else None
        if store is None:
            return Counter(attribution_store_gone=len(told)) if told else Counter()
        ends: Counter[str] = Counter()
        for person, wish in self._wishes(store, told, ends).items():
            ends += self._settle(store, person, wish)
        passed = self.claims.given_back(name, back_of(told, store))
        for holder, facts in passed.items():
            ends += self._settle(store, holder, Wish({holder}, [facts]))
        return ends + Counter(attribution_passed_on=sum(len(facts.refunds) for facts in passed.values()))

    def again(self, store: Store, visitor: VisitorId, until: Instant) -> Cells:
        """By night: what the log of a person held at that instant and the row does not is counted now.

        How far that moved reports; nothing where both agree. Raises Unavailable.
        """
        standing = self._read(store, [visitor]).standings.get(visitor)
        if standing is not None and (standing.whose is not None or not standing.read):
            return {}
        ids = [visitor, *self.aliases.of(store.id, visitor)]
        log = united(*(self.logs.of(store, one, until) for one in ids))
        passed = self.claims.given_back(store.id, {visitor: log})
        return added(
            self._drift(store, Wish({visitor, *ids}, [log]), visitor),
            *(self._drift(store, Wish({holder}, [facts]), holder) for holder, facts in passed.items()),
        )

    def _drift(self, store: Store, wish: Wish, person: VisitorId) -> Cells:
        """How far reports are moved by bringing the facts in."""
        standing = self._read(store, [person]).standings.get(person)
        if standing is None and not wish.clicked:
            return {}
        stood = NOTHING if standing is None else standing.facts
        after = united(stood, *(since(one, stood.cut) for one in wish.facts))
        after = self.claims.without_repeats(store.id, wish.ids, [stood], after)
        drift = moved(statement(stood, store.time_zone), statement(after, store.time_zone))
        if drift:
            self._settle(store, person, Wish({person}, wish.facts))
        return drift

    def _wishes(
        self, store: Store, told: Mapping[VisitorId, Sequence[Event]], ends: Counter[str]
    ) -> Mapping[VisitorId, Wish]:
        known = self._read(store, told).standings
        asked = [who for who in told if who not in known and _clicked(told[who])]
        whose = self.people.whose(store.id, asked) if asked else {}
        wishes: dict[VisitorId, Wish] = {}
        for who, events in told.items():
            row = known.get(who)
            person = said_whose(events) or (row.whose if row else None) or whose.get(who) or who
            if row is None and who not in whose and person == who:
                ends["attribution_never_clicked"] += 1
                continue
            wish = wishes.setdefault(person, Wish())
            wish.ids.add(who)
            wish.facts.append(facts_of(events, store))
        return wishes

    def _settle(self, store: Store, person: VisitorId, wish: Wish) -> Counter[str]:
        """Until the person's row holds the facts, and what the ids held that are the person's."""
        for _ in range(TRIES):
            ids = self._ids(store, person, wish)
            known = self._read(store, ids)
            begun = person in known.standings
            if not begun and not wish.clicked and not known.apart(person):
                if self._begin(store, person, known, [one for one in ids if one != person]):
                    return Counter(attribution_never_clicked=1)
                continue
            if not self._begin(store, person, known, ids):
                continue
            known = self._read(store, ids)
            if any(one not in known.standings for one in ids):
                continue  # expired this very moment
            if (repeats := self._bring(store, person, known, wish.facts)) is not None:
                return Counter(attribution_settled=1, attribution_repeats=repeats)
        raise Unavailable(f"another write came first {TRIES} times")

    def _ids(self, store: Store, person: VisitorId, wish: Wish) -> Sequence[VisitorId]:
        """Of a person whose row is not filled yet: all that there are. If not all have room, new ones go first."""
        own = self._read(store, [person]).standings.get(person)
        every = {person, *wish.ids}
        if own is None or not own.read:
            every |= set(self.aliases.of(store.id, person))
        return sorted(every, key=lambda one: (one != person, one not in wish.ids, one))[:MOST_IDS]

    def _begin(self, store: Store, person: VisitorId, known: Known, ids: Iterable[VisitorId]) -> bool:
        """A row for each id that has none; False: somebody else began one."""
        absent = [one for one in ids if one not in known.standings]
        rows: Mapping[RowName, Row] = {
            (one, "orders"): Row(1, Standing(whose=None if one == person else person).packed()) for one in absent
        }
        return not rows or self.counts.add(store.id, rows, {})

    def _bring(self, store: Store, person: VisitorId, known: Known, fresh: Sequence[Facts]) -> int | None:
        """The facts into the person's row, and those of ids that have not been taken along.

        How many orders are somebody else's; None: what is known is not the newest.
        """
        pending = known.pending(person)
        own, zone = known.standings[person], store.time_zone
        every = self.logs.united(store, person, known, fresh)
        stood = [known.facts(one) for one in {person, *pending}]
        after = self.claims.settle(store.id, person, known.standings, stood, every)
        if after is None:
            return None
        repeats = len(every.orders) - len(after.orders)
        if after == own.facts and not pending:
            return repeats
        before = added(*(statement(one, zone) for one in stood))
        rows = {one: Standing(NOTHING, person, read=True) for one in pending}
        rows[person] = Standing(trimmed(after), None, read=True)
        named: Mapping[RowName, Row] = {
            (one, "orders"): Row(known.versions[one] + 1, row.packed()) for one, row in rows.items()
        }
        cells = squeezed(overall(moved(before, statement(after, zone))))
        return repeats if self.counts.add(store.id, named, cells) else None

    @property
    def claims(self) -> Claims:
        return Claims(self.counts, self.people)

    @property
    def logs(self) -> Logs:
        return Logs(self.events, self.aliases)

    def _read(self, store: Store, ids: Collection[VisitorId]) -> Known:
        rows = self.counts.rows(store.id, {(one, "orders") for one in ids})
        return Known(
            {who: row.version for (who, _), row in rows.items()},
            {who: Standing.unpacked(row.body) for (who, _), row in rows.items()},
        )


def _clicked(events: Sequence[Event]) -> bool:
    return any(event.type in CLICKS for event in events)
