"""From events to the items that are stored: up to 64 events or 100 KB of one visitor each (ruling 6)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from shopbell.domain.events import MAX_ITEM_BYTES, MAX_ITEM_EVENTS, Event, EventItem, ProductFacts
from shopbell.domain.ids import ProductId, StoreId, VisitorId
from shopbell.domain.incoming.events import Sent

MAX_FACTS_BYTES: Final = 150_000
"""Of one event's product facts: with them, no item comes near DynamoDB's 400 KB."""
_FACTS_OVERHEAD: Final = 64
SYSTEM_STAMP: Final = "-"


def split(store: StoreId, sent: Iterable[Sent]) -> tuple[EventItem, ...]:
    """Items by visitor, in the order of the request, so that a repeat of the request makes the same items."""
    by_visitor: dict[VisitorId, list[Sent]] = {}
    for one in sent:
        by_visitor.setdefault(one.event.visitor, []).append(one)
    return tuple(
        EventItem(store, visitor, pack[0].stamp, part, tuple(one.event for one in pack))
        for visitor, theirs in by_visitor.items()
        for part, pack in enumerate(_packs(theirs))
    )


def system_item(store: StoreId, event: Event) -> EventItem:
    """One event of our own making; its id alone names the item, so that it is stored once."""
    return EventItem(store, event.visitor, SYSTEM_STAMP, 0, (event,))


def with_facts(sent: Sent, facts: Sequence[tuple[ProductId, ProductFacts]]) -> tuple[Sent, int]:
    """The event with what the catalogue says of its products, and how many facts found no room."""
    kept: dict[ProductId, ProductFacts] = {}
    size = 0
    for name, fact in facts:
        room = _size(fact)
        if size + room <= MAX_FACTS_BYTES:
            kept[name] = fact
            size += room
    event = replace(sent.event, products=kept)
    return replace(sent, event=event, size=sent.size + size), len(facts) - len(kept)


def _packs(sent: Sequence[Sent]) -> Iterator[list[Sent]]:
    pack: list[Sent] = []
    size = 0
    for one in sent:
        if pack and (len(pack) == MAX_ITEM_EVENTS or size + one.size > MAX_ITEM_BYTES):
            yield pack
            pack, size = [], 0
        pack.append(one)
        size += one.size
    yield pack


def _size(fact: ProductFacts) -> int:
    words = [*fact.categories, fact.brand or ""]
    return _FACTS_OVERHEAD + sum(len(word.encode()) + 3 for word in words)
