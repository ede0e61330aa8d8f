"""An item of the event log as stored, and as its stream shows it."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Attribute, Item, n, number, s, seconds, text
from shopbell.domain.attribution.facts import JOINS, TELLING
from shopbell.domain.attribution.subscribers import BEGAN, ENDED
from shopbell.domain.events import RECEIPTS, Event, EventItem, ProductFacts
from shopbell.domain.ids import EventId, ProductId, StoreId, VisitorId
from shopbell.domain.prompts.counting import STEPS
from shopbell.domain.recommend.counting import COUNTED

_TRUSTED: Final = 1
_BACKFILL: Final = 2
_DISCOUNTED: Final = 4

# The names inside `ev`, short because each event repeats them; what has its default value is left out.
# i id, t type, v visitor where it is not the item's, a at, r received_at, p properties,
# z utc_offset, f flags, g products: [categories, brand, price, in_stock, currency], w their groups


def encode(item: EventItem) -> Item:
    """The whole row, keys included."""
    row: dict[str, Attribute] = {
        keys.PK: s(keys.events(item.store, item.visitor)),
        keys.SK: s(item.name),
        "store": s(item.store),
        "visitor": s(item.visitor),
        "stamp": s(item.stamp),
        "part": n(item.part),
        "ev": s(orjson.dumps([_event(event, item.visitor) for event in item.events]).decode()),
    }
    if any(_told(event) for event in item.events):
        # the stream's filter reads no further than attributes: only such items are worth a call of `tally`
        row["receipts"] = {"BOOL": True}
    if any(event.type in COUNTED for event in item.events):
        row["demand"] = {"BOOL": True}
    if item.expires_at is not None:
        row[keys.TTL] = seconds(item.expires_at)
    return row


def _told(event: Event) -> bool:
    """Whether `tally` counts it beside what sells."""
    if event.type in RECEIPTS or event.type in TELLING or event.type in {BEGAN, ENDED, JOINS}:
        return True
    return event.type in STEPS and "prompt" in event.properties


def decode(image: Item) -> EventItem:
    """The inverse, for a row as read or for the NewImage of a stream record. Unknown names are passed over."""
    visitor = VisitorId(text(image, "visitor"))
    events = orjson.loads(text(image, "ev"))
    return EventItem(
        store=StoreId(text(image, "store")),
        visitor=visitor,
        stamp=text(image, "stamp"),
        part=number(image, "part"),
        events=tuple(_parse(raw, visitor) for raw in events),
    )


def is_item(image: Item) -> bool:
    """Whether a stream's image is of this table: who names visitors could name one like another table's key."""
    return "ev" in image


def _event(event: Event, visitor: VisitorId) -> Mapping[str, Any]:
    flags = _TRUSTED * event.trusted + _BACKFILL * event.backfill + _DISCOUNTED * event.discounted
    optional = {
        "v": event.visitor if event.visitor != visitor else None,
        "p": event.properties or None,
        "z": event.utc_offset,
        "f": flags or None,
        "g": {name: _facts(facts) for name, facts in event.products.items()} or None,
        "w": {name: facts.group for name, facts in event.products.items() if facts.group} or None,
    }
    kept = {name: value for name, value in optional.items() if value is not None}
    return {"i": event.id, "t": event.type, "a": event.at, "r": event.received_at, **kept}


def _facts(facts: ProductFacts) -> tuple[Any, ...]:
    known = facts.categories, facts.brand, facts.price, facts.in_stock
    return known if facts.currency is None else (*known, facts.currency)


def _parse(raw: Mapping[str, Any], visitor: VisitorId) -> Event:
    flags = raw.get("f", 0)
    return Event(
        id=EventId(raw["i"]),
        type=raw["t"],
        visitor=VisitorId(raw["v"]) if "v" in raw else visitor,
        at=raw["a"],
        received_at=raw["r"],
        properties=raw.get("p", {}),
        utc_offset=raw.get("z"),
        trusted=bool(flags & _TRUSTED),
        backfill=bool(flags & _BACKFILL),
        discounted=bool(flags & _DISCOUNTED),
        products={
            ProductId(name): _parse_facts(facts, raw.get("w", {}).get(name))
            for name, facts in raw.get("g", {}).items()
        },
    )


def _parse_facts(raw: list[Any], group: str | None) -> ProductFacts:
    categories, brand, price, in_stock, *currency = raw
    return ProductFacts(tuple(categories), brand, price, in_stock, currency[0] if currency else None, group)
