"""Histories of a store, drawn at random: who clicks, buys and gives back under which id, and who is whom.

They are told in any order; what they come to is counted anew from what was told alone, person by person.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shopbell.app.tracking.identify import identified_item
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.events import Event, EventItem
from shopbell.domain.ids import VisitorId, customer
from shopbell.domain.profile import Alias

from tests.unit.app.shop import NOON, STORE
from tests.unit.reporting.people import Counting, event, order, receipt

SOURCES = ("spring", "summer")
WINDOWS = (HOUR, DAY, 3 * DAY)
MEASURES = {"orders", "revenue", "refunded", "refunded_orders"}
CUSTOMERS = (customer("1"), customer("2"))
BROWSERS = tuple(VisitorId(f"v{number}") for number in range(6))
Said = Event | VisitorId
"""What is told next: an event, or whose a browser is."""


@dataclass(frozen=True)
class History:
    events: Sequence[Event]
    whose: Mapping[VisitorId, VisitorId]

    def person(self, who: VisitorId) -> VisitorId:
        return self.whose.get(who, who)


def drawn(draw: random.Random) -> History:
    """No order is of two people once everybody is known; many are told of under several ids."""
    whose = {one: draw.choice(CUSTOMERS) for one in BROWSERS if draw.random() < 0.8}
    ids = (*BROWSERS, *CUSTOMERS)
    told = [_one(draw, who, whose.get(who, who), str(n)) for n, who in enumerate(draw.choices(ids, k=60))]
    return History(tuple({one.id: one for one in told}.values()), whose)


def _one(draw: random.Random, who: VisitorId, person: VisitorId, number: str) -> Event:
    at, name, trusted = NOON + draw.randrange(5 * 24) * HOUR, f"{person}-{draw.randrange(3)}", draw.random() < 0.5
    kind = draw.choice(["click", "click", "buy", "buy", "buy", "refund", "status"])
    if kind == "click":
        source = draw.choice(SOURCES)
        return receipt(who, at, source=source, run=source + draw.choice("12"), window=draw.choice(WINDOWS))
    if kind == "buy":
        return order(who, at, name, draw.randrange(500), trusted=trusted, currency=draw.choice(["EUR", "CHF"]))
    if kind == "status":
        said = {"order_id": name, "status": draw.choice(["cancelled", "shipped"])}
        return event("order_status", who, at, f"s{number}", said, trusted=trusted)
    amount = {} if draw.random() < 0.3 else {"amount": draw.randrange(1, 400)}
    return event("refund", who, at, f"b{number}", {"order_id": name, **amount}, trusted=trusted)


def told(history: History, draw: random.Random) -> Counting:
    """In some order and in batches of some size, a third of it twice."""
    counting, items = Counting(), dict[str, EventItem]()
    twice = draw.sample(history.events, len(history.events) // 3)
    arrivals: list[Said] = [*history.events, *history.whose, *twice]
    draw.shuffle(arrivals)
    while arrivals:
        size = draw.randrange(1, 6)
        counting.count([_item(counting, history, items, one) for one in arrivals[:size]])
        del arrivals[:size]
    return counting


def _item(counting: Counting, history: History, items: dict[str, EventItem], said: Said) -> EventItem:
    if isinstance(said, Event):
        if said.id not in items:
            items[said.id] = counting.log(said)[0]
        return items[said.id]
    owner = history.whose[said]
    counting.aliases.link(STORE, said, Alias(owner, NOON))
    item = identified_item(STORE, said, owner, NOON)
    counting.events.append([item])
    return item


def reported(counting: Counting, sources: Iterable[str] = SOURCES) -> dict[tuple[str, str], int]:
    found = {(one, name): n for one in sources for name, n in counting.totals(one).items()}
    return {(one, name): n for (one, name), n in found.items() if name.split(":")[0] in MEASURES}


def recounted(history: History) -> dict[tuple[str, str], int]:
    """The slow way."""
    found: Counter[tuple[str, str]] = Counter()
    for person in {history.person(one.visitor) for one in history.events}:
        log = [one for one in history.events if history.person(one.visitor) == person]
        orders: dict[str, Event] = {}
        for one in sorted(log, key=lambda each: (not each.trusted, each.id)):
            if one.type == "purchase":
                orders.setdefault(str(one.properties["order_id"]), one)
        for one in orders.values():
            source = _due_to(one, log)
            if source is not None:
                found.update({(source, name): number for name, number in _worth(one, log).items()})
    return {name: number for name, number in found.items() if number}


def _due_to(bought: Event, log: Sequence[Event]) -> str | None:
    clicks = [one for one in log if one.type == "push_clicked"]
    clicks = [one for one in clicks if one.at <= bought.at <= one.at + int(str(one.properties["window"]))]
    newest = max(clicks, key=lambda one: (one.at, str(one.properties["run"])), default=None)
    return None if newest is None else str(newest.properties["campaign"])


def _worth(bought: Event, log: Sequence[Event]) -> dict[str, int]:
    total, currency = int(str(bought.properties["total"])), bought.properties["currency"]
    name = bought.properties["order_id"]
    back = [one for one in log if one.properties.get("order_id") == name and _gives_back(one)]
    back = [one for one in back if one.trusted] or back
    given = min(total, sum(int(str(one.properties.get("amount", total))) for one in back))
    return {
        "orders": 1,
        f"revenue:{currency}": total - given,
        f"refunded:{currency}": given,
        "refunded_orders": int(bool(back) and given == total),
    }


def _gives_back(one: Event) -> bool:
    return one.type == "refund" or one.properties.get("status") == "cancelled"
