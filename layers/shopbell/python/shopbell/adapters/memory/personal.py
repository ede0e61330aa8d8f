"""What is held of a person in memory."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from shopbell.adapters.memory.inruns import InRuns
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.codes import StoredCode
from shopbell.domain.disclosure import Shown, events_shown, profile_shown, sends_shown
from shopbell.domain.erasure import NOBODY, Person
from shopbell.domain.events import EventItem
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.sends import SendRecord
from shopbell.domain.subscriptions import Subscription
from shopbell.ports.attribution import RowName

KINDS: Final = (
    "profile",
    "subscriptions",
    "candidates",
    "members",
    "log",
    "lists",
    "steps",
    "sends",
    "coupons",
    "codes",
    "runs",
    "watch",
    "counts",
    "demand",
    "reports",
    "lately",
    "events",
    "aliases",
)


@dataclass(frozen=True, slots=True)
class MemoryHoldings:
    """What notes tell of products that go together stands under nobody's name in memory."""

    world: MemoryWorld

    @property
    def kinds(self) -> Sequence[str]:
        return KINDS

    def held(self, person: Person, kind: str) -> Iterator[Shown]:
        with self.world.lock:
            if kind == "runs":
                found: list[Any] = [
                    {"visitor_id": who} for _, _, told in InRuns(self.world).told(person) for who in told
                ]
            elif kind == "codes":
                found = [rows[name].seen for rows, name in self._codes(person)]
            else:
                cells = self._cells(person, kind)
                found = [table[key] if isinstance(table, dict) else key for table, key in cells]
                found += self._claims(person) if kind == "reports" else []
        return (_shown(value) for value in found)

    def let_go(self, person: Person, kind: str) -> int:
        with self.world.lock:
            if kind == "runs":
                return InRuns(self.world).let_go(person)
            if kind == "codes":
                return self._unnamed(person)
            if kind == "counts":
                return self._together(person)
            cells, claims = self._cells(person, kind), self._claims(person) if kind == "reports" else []
            for place in claims:
                row = self.world.report_rows[place]
                self.world.report_rows[place] = row._replace(body=NOBODY.encode())
            for table, key in cells:
                table.discard(key) if isinstance(table, set) else table.pop(key)
        return len(cells) + len(claims)

    def _claims(self, person: Person) -> list[tuple[StoreId, RowName]]:
        """Orders that are counted for the person."""
        mine = {who.encode() for who in person.ids}
        rows = self.world.report_rows.items()
        return [at for at, row in rows if at[0] == person.store and at[1][1] == "claim" and row.body in mine]

    def _cells(self, person: Person, kind: str) -> list[tuple[Any, Any]]:
        """Tables, and the keys in them that are the person's."""
        store, ids = person.store, person.ids
        if kind in _OWN:
            own = [(table, key, row) for table in _OWN[kind](self.world) for key, row in table.items()]
            return [(table, key) for table, key, row in own if key[0] == store and _is_mine(key[1:], row, person)]
        if kind == "candidates":
            every = self.world.candidates.values()
            return [(table, key) for table in every for key in table if key[1] == store and key[2] in ids]
        if kind == "lately":
            calls = self.world.lately.get(store, {})
            return [(calls, key) for key, said in calls.items() if any(person.named_in(one.sent) for one in said)]
        if kind == "counts":
            ends = tuple(f"{person.store}#{who}" for who in ids)
            rows = [table for key, table in self.world.counters.items() if key[0] == store]
            return [(table, key) for table in rows for key in table if key.endswith(ends)]
        tables = [table for key, table in _WITHIN[kind](self.world).items() if key[0] == store]
        return [(table, key) for table in tables for key in table if _is_of(key, ids)]

    def _together(self, person: Person) -> int:
        """What was counted of them stands with all who were erased."""
        cells = self._cells(person, "counts")
        for table, key in cells:
            _, counts = table.pop(key)
            place = f"{key.partition(f'{person.store}#')[0]}erased"
            table[place] = "", Counter(table.get(place, ("", {}))[1]) + Counter(counts)
        return len(cells)

    def _codes(self, person: Person) -> list[tuple[dict[str, StoredCode], str]]:
        every = [rows for (owner, _), rows in self.world.coupon_codes.items() if owner == person.store]
        return [
            (rows, name)
            for rows in every
            for name, code in rows.items()
            if {code.seen.visitor, code.buyer}.intersection(person.ids)
        ]

    def _unnamed(self, person: Person) -> int:
        found = self._codes(person)
        for rows, name in found:
            code, seen = rows[name], rows[name].seen
            holder = NOBODY if seen.visitor in person.ids else seen.visitor
            bought = code.buyer in person.ids
            seen = replace(seen, visitor=holder, order=NOBODY if bought else seen.order)
            rows[name] = replace(code, seen=seen, buyer=NOBODY if bought else code.buyer)
        return len(found)


_OWN: Final[Mapping[str, Callable[[MemoryWorld], tuple[dict[Any, Any], ...]]]] = {
    "profile": lambda world: (world.profiles,),
    "events": lambda world: (world.events,),
    "log": lambda world: (world.log,),
    "sends": lambda world: (world.sends, world.sends_handed_over),
    "steps": lambda world: (world.dispatches,),
    "coupons": lambda world: (world.coupons_held, world.coupons_last),
    "aliases": lambda world: (world.aliases,),
    "subscriptions": lambda world: (world.subscriptions,),
    "demand": lambda world: (world.demand_places,),
    "reports": lambda world: (world.report_rows,),
}
_WITHIN: Final[Mapping[str, Callable[[MemoryWorld], Any]]] = {
    "members": lambda world: world.members,
    "lists": lambda world: world.list_members,
    "watch": lambda world: world.watch,
}


def _is_of(key: object, ids: Sequence[VisitorId]) -> bool:
    return key in ids or (isinstance(key, tuple) and key[-1] in ids)


def _is_mine(key: Sequence[object], row: object, person: Person) -> bool:
    if isinstance(row, Subscription):
        return row.visitor in person.ids
    mine = {*person.ids, *(f"{person.store}#{who}" for who in person.ids)}
    inside = [part for each in key for part in (each if isinstance(each, tuple) else (each,))]
    return not mine.isdisjoint(inside)


def _shown(value: Any) -> Shown:
    match value:
        case Profile():
            return profile_shown(value)
        case SendRecord():
            return sends_shown(value.sent, value.clicked_at)
        case Subscription():
            return {"sub": value.id, "visitor": value.visitor, "service": value.service}
        case dict() if all(isinstance(one, EventItem) for one in value.values()):
            return {"items": [events_shown(one) for one in value.values()]}
        case dict():
            return {str(name): str(one) for name, one in value.items()}
        case _:
            return {"row": str(value)}
