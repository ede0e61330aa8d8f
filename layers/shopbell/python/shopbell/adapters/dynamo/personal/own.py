"""What lies under a person's own ids: log, profile, what was sent, steps on their way, coupons."""

from collections.abc import Callable, Iterator
from typing import Final

from shopbell.adapters.dynamo import event_items, keys
from shopbell.adapters.dynamo.attributes import Item, binary, maybe_number, text
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.keys import coupons as coupon_keys
from shopbell.adapters.dynamo.keys.runs import dispatch
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.adapters.dynamo.personal.place import Rows, Shown, Tables, plain
from shopbell.adapters.dynamo.visitors import profile_of
from shopbell.domain.disclosure import events_shown, profile_shown, sends_shown
from shopbell.domain.erasure import Person
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.sends import unpack

SENDS: Final = "SENDS"
Under = Callable[[StoreId, VisitorId], str]


def own_places(dynamo: Dynamo, tables: Tables) -> tuple[Rows, ...]:
    """In the order in which they go; the log of events is a lead to others, and goes last of all."""
    return (
        Rows("profile", dynamo, tables.visitors, _profiles(dynamo, tables.visitors), _profile),
        Rows("sends", dynamo, tables.visitors, _sends(dynamo, tables.visitors), _sent),
        Rows("steps", dynamo, tables.runs, partitions(dynamo, tables.runs, _steps)),
        Rows("coupons", dynamo, tables.runs, partitions(dynamo, tables.runs, coupon_keys.holder)),
    )


def log_of_events(dynamo: Dynamo, tables: Tables) -> Rows:
    return Rows("events", dynamo, tables.events, partitions(dynamo, tables.events, keys.events), _events)


def partitions(dynamo: Dynamo, table: str, under: Under) -> Callable[[Person], Iterator[Item]]:
    """All rows of one partition for each of the ids."""

    def find(person: Person) -> Iterator[Item]:
        for who in person.ids:
            yield from query(dynamo, table, Where(under(person.store, who)))

    return find


def _profiles(dynamo: Dynamo, table: str) -> Callable[[Person], Iterator[Item]]:
    every = partitions(dynamo, table, keys.visitor)
    return lambda person: (row for row in every(person) if text(row, keys.SK) != SENDS)


def _sends(dynamo: Dynamo, table: str) -> Callable[[Person], Iterator[Item]]:
    def find(person: Person) -> Iterator[Item]:
        for who in person.ids:
            yield from query(dynamo, table, Where(keys.visitor(person.store, who), "equal", SENDS))

    return find


def _steps(store: StoreId, who: VisitorId) -> str:
    return dispatch(store, who, "")[keys.PK]


def _events(row: Item) -> Shown:
    return events_shown(event_items.decode(row))


def _sent(row: Item) -> Shown:
    sent = unpack(binary(row, "body")) if "body" in row else ()
    return {**plain(row), **sends_shown(sent, maybe_number(row, "clicked"))}


def _profile(row: Item) -> Shown:
    """What is counted and stands in none of its readable parts comes from the log of events, which is exported."""
    if text(row, keys.SK) != "P":
        return {**plain(row), "bytes": len(binary(row, "body"))}
    store, who = keys.visitor_of(text(row, keys.PK))
    return {**plain(row), **profile_shown(profile_of(store, who, {"P": row}))}
