"""What holds a person: every kind of partition of `keys` is named here, with its place or why it has none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.personal.calls import Lately
from shopbell.adapters.dynamo.personal.counts import Counted, Noted, Sold
from shopbell.adapters.dynamo.personal.goods import Codes, watch_rows
from shopbell.adapters.dynamo.personal.groups import alias_rows, group_places
from shopbell.adapters.dynamo.personal.own import log_of_events, own_places
from shopbell.adapters.dynamo.personal.place import Place, Shown, Tables
from shopbell.adapters.dynamo.personal.reported import Reported
from shopbell.adapters.dynamo.personal.sending import InRuns
from shopbell.domain.clock import Clock
from shopbell.domain.erasure import Person

HOLDS: Final[Mapping[str, str]] = {
    "<store>#<visitor>": "events",
    "<store>#V#<visitor>": "profile",
    "<store>#S#<shard>": "subscriptions",
    "<store>#E#<sub>": "subscriptions",
    "<store>#A#<customer>": "aliases",
    "cand#<scenario>#<00..15>": "candidates",
    "due#<00..31>": "profile",
    "<store>#V#<shard>": "profile",
    "<store>#M#<shard>": "profile",
    "<store>#G#<segment>#<shard>": "members",
    "<store>#V#<customer>": "log",
    "<store>#L#<list>#<shard>": "lists",
    "<store>#R#<run>": "runs",
    "<store>#D#<visitor>": "steps",
    "<store>#N#<subject>": "counts",
    "<store>#T#N#<day>#<shard>": "notes",
    "<store>#T#AT#<visitor>": "demand",
    "<store>#W#<shelf>#<00..63>": "watch",
    "<store>#K#<pool>#<000..063>": "codes",
    "<store>#H#<visitor>": "coupons",
    "<store>#O#<visitor>": "reports",
    "<store>#O#/<order>": "reports",
    "<store>#LATELY": "lately",
}
"""As the maps in the docstrings of `keys` write a partition, to the place that finds what is a person's in it."""
HOLDS_NOBODY: Final[Mapping[str, str]] = {
    "<store>#X#<sub>": "the hash of an endpoint and why it was retired, for 30 days",
    "<store>#Z#<hash>": "the tombstone itself",
    "<store>#Q#<product>": "a product, and how far its news are told",
    "<store>#C#<shard>": "counts",
    "<store>": "settings, segments, campaigns and keys of the store",
    "<store>#HOOKS": "how deliveries to the store's own addresses went",
    "scen#<scenario>": "stores",
    "stores": "stores",
    "<store>#(P|H)#<product>": "products",
    "<store>#C#<000..007>": "products",
    "<store>#B#<source>#<id>": "which run a firing made",
    "<store>#J#<job>": "an erasure and an export forget whose they were when they end",
    "<store>#U#<upload>": "a list as it was given, until its job is over",
    "<store>#Z#LATEST": "an instant",
    "<store>#CALLS#<key>": "a number",
    "<store>#ONCE#<name>": "what a call answered that made something: ids of jobs, and numbers",
    "<store>#T#<day>#<shard>": "what happened with products",
    "<store>#T#TOP#<category>": "products",
    "<store>#T#ALL": "products",
    "<store>#Y#<night>": "what buyers ordered, without their ids, for three days",
    "<store>#N#coupons:<pool>": "counts",
    "<store>#N#report:<source": "counts",
    "<store>#AUDIT": "who changed what of the store, without the ids of visitors",
    "<store>#WATCHED": "an instant",
}
"""Why nothing of a person is looked for there."""


def places(dynamo: Dynamo, tables: Tables, now: Clock) -> tuple[Place, ...]:
    """In the order in which they are let go: first by what more could be done, last what leads to others."""
    profile, sends, steps, coupons = own_places(dynamo, tables)
    return (
        profile,
        *group_places(dynamo, tables, now),
        steps,
        sends,
        coupons,
        Codes(dynamo, tables),
        InRuns(dynamo, tables),
        watch_rows(dynamo, tables),
        Counted(dynamo, tables),
        Noted(dynamo, tables, now),
        Sold(dynamo, tables),
        Reported(dynamo, tables),
        Lately(dynamo, tables),
        log_of_events(dynamo, tables),
        alias_rows(dynamo, tables),
    )


@dataclass(frozen=True, slots=True)
class DynamoHoldings:
    dynamo: Dynamo
    tables: Tables
    now: Clock

    @property
    def kinds(self) -> Sequence[str]:
        return [place.name for place in self._places]

    def held(self, person: Person, kind: str) -> Iterator[Shown]:
        return self._place(kind).held(person)

    def let_go(self, person: Person, kind: str) -> int:
        return self._place(kind).let_go(person)

    def _place(self, kind: str) -> Place:
        return next(place for place in self._places if place.name == kind)

    @property
    def _places(self) -> tuple[Place, ...]:
        return places(self.dynamo, self.tables, self.now)
