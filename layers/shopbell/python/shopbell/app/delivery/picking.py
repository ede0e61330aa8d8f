"""The products of a message: picked once for a person, whatever the number of their devices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.app.recommend import Picked, Selecting
from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.recommend.news import GONE
from shopbell.domain.scenarios.plan import STATIC, Selection
from shopbell.domain.scenarios.selected import Pick
from shopbell.domain.sends import SendRecord
from shopbell.domain.store import Store

LIST_EMPTY: Final = "list_empty"
"""The product list that a selection names had nothing to show: empty, over, gone, or all of it sold out or barred."""


@dataclass(frozen=True, slots=True)
class TooFew:
    """There is nothing to show, and without it the message may not go. `reason` is for the counter."""

    reason: str


@dataclass(slots=True)
class Picking:
    """Of one run; remembers whom it has picked for."""

    select: Selecting
    store: Store
    selection: Selection
    now: Instant
    lot: str = ""
    """The run that is picked for: what is drawn by lot is drawn for it, so that a retry draws the same."""
    source: str = ""
    """Whose messages they are: what it showed before may be kept from being shown again."""
    known: dict[VisitorId, Picked] = field(default_factory=dict)

    def __call__(
        self, profile: Profile | None, record: SendRecord, facts: Mapping[str, Json]
    ) -> tuple[Pick, ...] | TooFew:
        """At most `count`; () where the words do without a product. Raises Unavailable."""
        if self.selection.algorithm is None:
            return ()
        if profile is None:
            return TooFew("visitor")
        picked = self.known.get(profile.visitor)
        if picked is None:
            picked = self.known[profile.visitor] = self._select(profile, record, facts)
        if picked.level > self.selection.fallback_max_level:
            return TooFew(LIST_EMPTY if self._named else GONE.get(self.selection.algorithm, "level"))
        if picked.level < STATIC and len(picked.picks) < self.selection.minimum:
            return TooFew("products")
        return picked.picks

    def faults(self, picks: Sequence[Pick]) -> tuple[str, ...]:
        """That what is shown is another thing than the list that was meant to be."""
        return (LIST_EMPTY,) if self._named and all(one.level for one in picks) else ()

    @property
    def _named(self) -> bool:
        return self.selection.algorithm == "predefined" and "list" in self.selection.options

    def _select(self, profile: Profile, record: SendRecord, facts: Mapping[str, Json]) -> Picked:
        said = {**facts, "run": self.lot, "source": self.source}
        return self.select(self.store, profile, self.selection, sends=record, facts=said, now=self.now)
