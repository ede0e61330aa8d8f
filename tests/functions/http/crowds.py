"""A few visitors with real logs in memory, folded as evaluating and building would."""

from typing import Any

from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.domain.clock import DAY, HOUR, Instant
from shopbell.domain.events import Event, EventItem, Json, ProductFacts
from shopbell.domain.ids import EventId, ProductId, StoreId, VisitorId
from shopbell.domain.segments.features import compile_rules
from shopbell.domain.segments.settle import settle

from tests.functions.http.office import VIEWER, Office
from tests.functions.http.world import NOON, OURS, THEIRS

VIEWED: dict[str, Any] = {"event": "product_view"}
BOOTS = ProductFacts(("Outdoor/Boots",), "Peak", 9_900, True)
HATS = ProductFacts(("Fashion/Hats",), "Brim", 1_900, True)


def did(
    office: Office,
    visitor: str,
    kind: str,
    at: Instant = NOON - HOUR,
    store: StoreId = OURS,
    facts: ProductFacts | None = None,
    **properties: Json,
) -> None:
    """One event in the log, not folded yet."""
    who, number = VisitorId(visitor), len(office.world.events.get((store, VisitorId(visitor)), {}))
    product = ProductId("p1")
    about: dict[str, Json] = {"product_id": product} if kind == "product_view" else {}
    if kind == "purchase":
        about = {"order_id": f"{visitor}-{number}", "items": [{"product_id": product}]}
    event = Event(
        EventId(f"{visitor}-{number}"),
        kind,
        who,
        at,
        NOON,
        {**about, **properties},
        products={product: facts} if facts else {},
    )
    MemoryEvents(office.world).append([EventItem(store, who, f"{number}", 0, (event,))])


def fold(office: Office, store: StoreId = OURS) -> None:
    """Everybody brought up to their log and the live rules, as evaluating and building leave them."""
    rules, visitors = compile_rules(MemorySegments(office.world).rules(store)), MemoryVisitors(office.world)
    for owner, who in list(office.world.events):
        if owner == store:
            log = [event for item in MemoryEvents(office.world).of(store, who) for event in item.events]
            settled = settle(visitors.load(store, who), log, rules, office.clock.now)
            assert settled.commit is None or visitors.commit(settled.commit)


def preview(office: Office, rule: Any) -> Any:
    answer = office.manage("POST", "/v1/segments/preview", {"rule": rule}, key=VIEWER)
    assert answer.status == 200, answer.text
    return answer.json


def ids(rows: Any) -> set[str]:
    return {row["visitor_id"] for row in rows}


def crowded(office: Office) -> Office:
    """Ann bought boots that she viewed; Ben viewed boots; Cem bought a hat; Dee only searched."""
    did(office, "ann", "product_view", facts=BOOTS)
    did(office, "ann", "purchase", facts=BOOTS)
    did(office, "ben", "product_view", NOON - 2 * DAY, facts=BOOTS)
    did(office, "cem", "purchase", NOON - 20 * DAY, facts=HATS)
    did(office, "dee", "search")
    did(office, "eve", "purchase", store=THEIRS)
    fold(office)
    return office
