"""Events of people who click, buy and give back, and what they come to, counted by hand."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from shopbell.app.tracking.items import system_item
from shopbell.domain.clock import DAY, Instant
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import EventId, VisitorId

from tests.unit.app.shop import NOON, STORE, Shop

ANN, BEN = VisitorId("ann"), VisitorId("ben")
Said = Mapping[str, Json]


class Counting:
    """A shop with what counts its reports."""

    def __init__(self) -> None:
        self.shop = Shop()
        self.counts, self.events, self.aliases = self.shop.report_counts, self.shop.events, self.shop.aliases
        self.count, self.attribute = self.shop.reports, self.shop.reports.attribute

    def log(self, *events: Event) -> Sequence[EventItem]:
        """Into the log, as the stream will tell of it."""
        items = [system_item(STORE, event) for event in events]
        self.events.append(items)
        return items

    def tell(self, *events: Event) -> Mapping[str, int]:
        return self.count(self.log(*events))

    def totals(self, source: str = "spring") -> dict[str, int]:
        """Without the names of steps and variants."""
        found: Counter[str] = Counter()
        for name, number in self.counts.totals(STORE, source).items():
            found[name.split("|")[1]] += number
        return {name: number for name, number in found.items() if number}

    def measured(self, *names: str) -> tuple[int, ...]:
        return tuple(self.totals().get(name, 0) for name in names)


def event(kind: str, who: VisitorId, at: Instant, name: str, said: Said, *, trusted: bool = True) -> Event:
    return Event(EventId(name), kind, who, at, at, said, trusted=trusted)


def receipt(
    who: VisitorId, at: Instant, kind: str = "clicked", source: str = "spring", run: str = "r1", **more: Json
) -> Event:
    said = {"run": run, "step": 0, "source": "campaign", "campaign": source, "window": 3 * DAY, **more}
    return event(f"push_{kind}", who, at, f"{kind}:{who}:{run}:{at}", said)


def order(
    who: VisitorId, at: Instant, name: str = "o1", total: int = 1_000, *, trusted: bool = True, **more: Json
) -> Event:
    said = {"order_id": name, "total": total, "currency": "EUR", "items": [], **more}
    return event("purchase", who, at, f"buy:{name}:{who}:{at}:{total}:{trusted}", said, trusted=trusted)


def refund(who: VisitorId, at: Instant, name: str = "o1", amount: int | None = None) -> Event:
    said: dict[str, Json] = {"order_id": name, **({} if amount is None else {"amount": amount})}
    return event("refund", who, at, f"back:{name}:{at}:{amount}", said)


def into_cart(who: VisitorId, at: Instant) -> Event:
    return event("cart_add", who, at, f"cart:{who}:{at}", {"product_id": "p"}, trusted=False)


def by_hand(events: Iterable[Event]) -> dict[str, int]:
    """Orders of one person's log, all due to one message, and what they are worth, the slow way."""
    log = list({one.id: one for one in events}.values())
    clicks = [one for one in log if one.type in {"push_clicked", "push_landed"}]
    found: Counter[str] = Counter()
    orders: dict[str, Event] = {}
    for one in sorted(log, key=lambda e: (not e.trusted, e.id)):
        if one.type == "purchase":
            orders.setdefault(str(one.properties["order_id"]), one)
    for name, one in orders.items():
        if not any(click.at <= one.at <= click.at + 3 * DAY for click in clicks):
            continue
        total = int(str(one.properties["total"]))
        given = [int(str(e.properties.get("amount", total))) for e in log if _gives_back(e, name)]
        back = min(sum(given), total)
        found.update({"orders": 1, "revenue:EUR": total - back, "refunded:EUR": back})
        found["refunded_orders"] += bool(given) and back == total
    found["buyers"] = int(found["orders"] > found["refunded_orders"])
    found["squares:EUR"] = found["revenue:EUR"] ** 2
    return {name: number for name, number in found.items() if number}


def _gives_back(event: Event, order: str) -> bool:
    return event.type == "refund" and event.properties["order_id"] == order


__all__ = ["ANN", "BEN", "NOON", "Counting", "by_hand", "event", "into_cart", "order", "receipt", "refund"]
