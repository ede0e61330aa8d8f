"""An order is one order of the store: whoever is attributed one and tells of it first has it, for all others it is a
repeat.

The claim is written before the order is counted, under the order's number alone, so whoever dies between the two
finds it as their own. Who turns out to be one person with the holder holds it, too. Only attributed orders are
claimed: all others cost nothing, and one that nobody is attributed is in no report that could count it twice.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.people import People
from shopbell.domain.attribution.facts import BACK, Facts, Order, Refund, facts_of
from shopbell.domain.attribution.statement import attributed
from shopbell.domain.erasure import NOBODY
from shopbell.domain.events import Event
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.store import Store
from shopbell.ports.attribution import ReportCounts, Row, RowName

MOST_CLAIMED: Final = 32
"""In one transaction."""


@dataclass(frozen=True, slots=True)
class Claims:
    counts: ReportCounts
    people: People

    def settle(
        self, store: StoreId, person: VisitorId, ids: Collection[VisitorId], before: Collection[Facts], after: Facts
    ) -> Facts | None:
        """`after` without orders that are somebody else's, the rest claimed for the person whom `ids` are.

        `before`: what they were counted for already. None: somebody claimed one of them this very moment.
        """
        kept, absent = self._sorted(store, {person, *ids}, before, after)
        for start in range(0, len(absent), MOST_CLAIMED):
            part = absent[start : start + MOST_CLAIMED]
            rows: Mapping[RowName, Row] = {claim_of(name): Row(1, person.encode()) for name in part}
            if not self.counts.add(store, rows, {}):
                return None
        return kept

    def without_repeats(
        self, store: StoreId, ids: Collection[VisitorId], before: Collection[Facts], after: Facts
    ) -> Facts:
        """The same, with nothing claimed. Raises Unavailable."""
        return self._sorted(store, ids, before, after)[0]

    def given_back(self, store: StoreId, told: Mapping[VisitorId, Facts]) -> Mapping[VisitorId, Facts]:
        """What each tells of orders that are not theirs: by whose these are. Raises Unavailable."""
        named = {back.order for facts in told.values() for back in facts.refunds}
        holders = self._holders(store, named)
        whose = self._whose(store, (*told, *holders.values())) if holders else {}
        passed: dict[VisitorId, set[Refund]] = {}
        for who, facts in told.items():
            for back in (one for one in facts.refunds if one.order in holders):
                holder = whose[holders[back.order]]
                if holder not in {NOBODY, whose[who]}:
                    passed.setdefault(holder, set()).add(back)
        return {holder: Facts(refunds=frozenset(mine)) for holder, mine in passed.items()}

    def _sorted(
        self, store: StoreId, ids: Collection[VisitorId], before: Collection[Facts], after: Facts
    ) -> tuple[Facts, list[str]]:
        """Without the orders of others; and of the rest those that nobody has claimed."""
        counted = {order.id for facts in before for order in attributed(facts)}
        fresh = sorted({order.id for order in attributed(after)} - counted)
        holders = self._holders(store, fresh)
        strangers = {name: who for name, who in holders.items() if who not in ids}
        whose = self._whose(store, (*ids, *strangers.values())) if strangers else {}
        mine = {whose.get(who, who) for who in ids}
        theirs = {name for name, who in strangers.items() if whose[who] not in mine}
        return _without(after, lambda order: order.id in theirs), [name for name in fresh if name not in holders]

    def _holders(self, store: StoreId, names: Collection[str]) -> Mapping[str, VisitorId]:
        if not names:
            return {}
        rows = self.counts.rows(store, {claim_of(name) for name in names})
        return {name: VisitorId(rows[claim_of(name)].body.decode()) for name in names if claim_of(name) in rows}

    def _whose(self, store: StoreId, ids: Iterable[VisitorId]) -> Mapping[VisitorId, VisitorId]:
        """Of a holder who was erased, whose claim stands under nobody's name: nobody."""
        return {NOBODY: NOBODY, **self.people.whose(store, set(ids) - {NOBODY})}


def back_of(told: Mapping[VisitorId, Iterable[Event]], store: Store) -> Mapping[VisitorId, Facts]:
    """What each gives back."""
    return {who: facts_of((one for one in events if one.type in BACK), store) for who, events in told.items()}


def claim_of(order: str) -> RowName:
    """No visitor is called so: an id holds no `/`."""
    return VisitorId("/" + hashlib.sha256(order.encode()).hexdigest()[:32]), "claim"


def _without(facts: Facts, strange: Callable[[Order], bool]) -> Facts:
    kept = frozenset(order for order in facts.orders if not strange(order))
    return facts if len(kept) == len(facts.orders) else replace(facts, orders=kept)
