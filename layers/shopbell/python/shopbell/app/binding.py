"""Keep what goes together: each night the notes of the days that are over, and between the nights a small store's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from shopbell.domain.clock import DAY, Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.recommend.bonds import Binding, Bonds, Subject, leaves
from shopbell.domain.recommend.together import Basket, Note
from shopbell.ports import Catalogue, DemandCounters, Tops
from shopbell.ports.demand import NOTES_KEPT

FEW: Final = 2_000
"""Notes that are worth adding up between the nights: with more, what a night kept says enough."""
TOGETHER: Final = 500
"""Subjects of which what is kept is read and written at once."""
_DAYS_KEPT: Final = NOTES_KEPT // DAY - 1


@dataclass(frozen=True, slots=True)
class BindTogether:
    counters: DemandCounters
    tops: Tops
    catalogue: Catalogue

    def __call__(self, store: StoreId, now: Instant, *, night: bool) -> int:
        """How many subjects it touched. A day is kept once, however often this runs. Raises Unavailable."""
        today = now // DAY
        kept = self.tops.kept_through(store)
        first = max(today - _DAYS_KEPT, 0 if kept is None else kept + 1)
        touched = 0
        if night:
            touched = sum(self._keep(store, day) for day in range(first, today))
            first = today
        return touched + self._renew(store, first, today)

    def _keep(self, store: StoreId, day: int) -> int:
        """Those that have the day in already were kept before this was broken off."""
        fresh = self._bound(store, day, day, list(self.counters.notes(store, day)))
        subjects = list(fresh)
        for at in range(0, max(len(subjects), 1), TOGETHER):
            part = subjects[at : at + TOGETHER]
            kept = self.tops.kept_bonds(store, part)
            todo = {
                one: kept[one] + fresh[one] if one in kept else fresh[one] for one in part if _lacks(kept, one, day)
            }
            last = at + TOGETHER >= len(subjects)
            self.tops.keep_bonds(store, todo, day if last else None)
        return len(subjects)

    def _renew(self, store: StoreId, first: int, today: int) -> int:
        every = chain.from_iterable(self.counters.notes(store, day) for day in range(first, today + 1))
        notes = list(islice(every, FEW + 1))
        if not 0 < len(notes) <= FEW:
            return 0
        fresh = self._bound(store, first, today, notes)
        self.tops.renew_bonds(store, fresh)
        return len(fresh)

    def _bound(self, store: StoreId, first: int, last: int, notes: Sequence[Note]) -> Mapping[Subject, Bonds]:
        bought = {product for note in notes if isinstance(note, Basket) for product in note.products}
        known = self.catalogue.get_many(store, sorted(bought))
        binding = Binding(last, {name: leaves(product) for name, product in known.items()}, first)
        binding.add(notes)
        return binding.bonds()


def _lacks(kept: Mapping[Subject, Bonds], one: Subject, day: int) -> bool:
    return one not in kept or kept[one].day < day
