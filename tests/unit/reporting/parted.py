"""People who are parted into groups and live on, and what they come to, counted by hand."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.app.reporting.courses import Courses
from shopbell.app.reporting.lift import NoteSides
from shopbell.app.tracking.identify import identified_item
from shopbell.domain.attribution.parting import Side, source_of
from shopbell.domain.clock import DAY, Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import VisitorId, customer
from shopbell.domain.profile import Alias

from tests.unit.app.shop import NOON, STORE
from tests.unit.reporting.people import Counting, event

ZED = VisitorId("zed")
OWN = Side("spring", 10, held=False, window=3 * DAY)
HELD = OWN._replace(held=True)


class Decision(NamedTuple):
    at: Instant
    who: VisitorId
    side: Side


class Parting(Counting):
    """A shop whose store has parted somebody before."""

    def __init__(self) -> None:
        super().__init__()
        self.note = NoteSides(Courses(MemoryReportCounts(self.shop.world)), self.shop.clock)
        self.part(ZED, OWN._replace(source_id="winter"), NOON - DAY)

    def part(self, who: VisitorId, side: Side, at: Instant = NOON) -> None:
        self.shop.clock.now = at
        self.note(self.shop.world.stores[STORE], {who: (side,)})

    def identify(self, who: VisitorId, name: str = "42") -> None:
        owner = customer(name)
        self.aliases.link(STORE, who, Alias(owner, NOON))
        item = identified_item(STORE, who, owner, NOON)
        self.events.append([item])
        self.count([item])

    def group(self, side: Side = OWN) -> dict[str, int]:
        """Its measures, as the counts say."""
        variant = f"{side.percent}:{'held_out' if side.held else 'treated'}"
        totals = self.counts.totals(STORE, source_of(side.source_id))
        named = {name.split("|")[1]: n for name, n in totals.items() if name.split("|")[2] == variant}
        return {name: number for name, number in named.items() if number}


def opted_out(who: VisitorId, at: Instant) -> Event:
    return event("unsubscribed", who, at, f"left:{who}:{at}", {"reason": "left"})


def by_hand(
    decisions: Iterable[Decision], log: Iterable[Event], whose: Mapping[VisitorId, VisitorId], side: Side
) -> dict[str, int]:
    """Of one source and percentage one group, person by person, the slow way."""
    events = list({one.id: one for one in log}.values())
    people: dict[VisitorId, list[Decision]] = {}
    for one in decisions:
        if (one.side.source_id, one.side.percent) == (side.source_id, side.percent):
            people.setdefault(whose.get(one.who, one.who), []).append(one)
    found: Counter[str] = Counter()
    for person, mine in people.items():
        first = min(mine, key=lambda one: (one.at, one.side))
        if first.side.held == side.held:
            theirs = [one for one in events if whose.get(one.visitor, one.visitor) == person]
            found.update(_did(first, theirs))
    return {name: number for name, number in found.items() if number}


def _did(first: Decision, log: Sequence[Event]) -> dict[str, int]:
    inside = range(first.at, first.at + first.side.window + 1)
    orders: dict[str, Event] = {}
    for one in sorted(log, key=lambda each: (not each.trusted, each.id)):
        if one.type == "purchase":
            orders.setdefault(str(one.properties["order_id"]), one)
    paid = [_left_of(one, log) for one in orders.values() if one.at in inside]
    return {
        "people": 1,
        "buyers": int(bool(paid)),
        "orders": len(paid),
        "opt_outs": int(any(one.type == "unsubscribed" and one.at in inside for one in log)),
        "revenue:EUR": sum(paid),
        "squares:EUR": sum(paid) ** 2,
    }


def _left_of(order: Event, log: Sequence[Event]) -> int:
    total, name = int(str(order.properties["total"])), order.properties["order_id"]
    back = [int(str(e.properties.get("amount", total))) for e in log if _gives_back(e, name)]
    return total - min(sum(back), total)


def _gives_back(event: Event, order: object) -> bool:
    return event.type == "refund" and event.properties["order_id"] == order
