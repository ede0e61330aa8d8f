"""Who was held out of messages and who was not, and what each did afterwards: facts, and what follows from them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import orjson

from shopbell.domain.attribution.cells import Cell, hour_of
from shopbell.domain.attribution.facts import NOTHING, Facts, Order, Refund, facts_of, since, trimmed, united
from shopbell.domain.attribution.receipts import LEFT, has_left
from shopbell.domain.attribution.statement import given_back, worth
from shopbell.domain.clock import Duration, Instant, format_instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import VisitorId
from shopbell.domain.store import Store

FOLLOWED: Final = frozenset({"purchase", "refund", "order_status", LEFT})
MOST_PARTED: Final = 100
"""Of one person; of more, the oldest are forgotten, and would count again."""
MOST_LEFT: Final = 100
HELD, TREATED = "held_out", "treated"
SQUARES: Final = "squares:"
_LIFT: Final = "lift:"


class Side(NamedTuple):
    """What a moment of decision made of a person, by the hash alone."""

    source_id: str
    percent: int
    """Of all people, so many are held out: with another percentage it is another comparison."""
    held: bool
    window: Duration
    """How long afterwards is looked at."""


class Parted(NamedTuple):
    at: Instant
    side: Side


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of one person. `facts`: orders and what was given back, alone."""

    facts: Facts = NOTHING
    left: frozenset[Instant] = frozenset()
    """When they turned pushes off by their own word."""
    parted: frozenset[Parted] = frozenset()
    """The first of each source and percentage."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Of one visitor id. `whose`: who it turned out to be, with whom everything stands now."""

    course: Course = Course()
    whose: VisitorId | None = None

    def packed(self) -> bytes:
        facts = self.course.facts
        rows = [sorted(map(tuple, kind)) for kind in (facts.orders, facts.refunds)]
        parted = [[one.at, *one.side] for one in sorted(self.course.parted)]
        return orjson.dumps([self.whose, facts.cut, *rows, sorted(self.course.left), parted])

    @property
    def shown(self) -> Mapping[str, Json]:
        """What it says of the person that no event of theirs does."""
        parted: list[Json] = [
            {"at": format_instant(at), "source": side.source_id, "percent": side.percent, "held_out": side.held}
            for at, side in sorted(self.course.parted)
        ]
        return {"parted": parted}

    @classmethod
    def unpacked(cls, body: bytes) -> "Kept":
        whose, cut, orders, refunds, left, parted = orjson.loads(body)
        facts = Facts(
            orders=frozenset(Order(*row) for row in orders),
            refunds=frozenset(Refund(*row) for row in refunds),
            cut=cut,
        )
        first = frozenset(Parted(at, Side(*side)) for at, *side in parted)
        return cls(Course(facts, frozenset(left), first), whose if whose is None else VisitorId(whose))


def source_of(source_id: str) -> str:
    """What a source's comparison is counted under."""
    return f"{_LIFT}{source_id}"


def is_lift(cell: Cell) -> bool:
    return cell.source_id.startswith(_LIFT)


def course_of(events: Iterable[Event], store: Store) -> Course:
    """Test orders say nothing, nor do browsers of orders where only the shop's server is believed."""
    mine = [event for event in events if event.type in FOLLOWED]
    facts = facts_of((event for event in mine if event.type != LEFT), store)
    return Course(facts, frozenset(event.at for event in mine if event.trusted and has_left(event)))


def joined(*parts: Course) -> Course:
    """Commutative, associative and idempotent."""
    return Course(
        united(*(part.facts for part in parts)),
        frozenset[Instant]().union(*(part.left for part in parts)),
        _first(one for part in parts for one in part.parted),
    )


def later(course: Course, cut: Instant) -> Course:
    """Without what was let go before: it was counted when it was new."""
    return replace(course, facts=since(course.facts, cut), left=frozenset(at for at in course.left if at >= cut))


def shortened(course: Course) -> Course:
    """What is kept of it once it is counted."""
    facts = trimmed(course.facts)
    kept = later(course, facts.cut)
    return Course(facts, frozenset(sorted(kept.left)[-MOST_LEFT:]), frozenset(sorted(course.parted)[-MOST_PARTED:]))


def told_by(course: Course, time_zone: str) -> Counter[Cell]:
    """What reports count of the person, in the hour in which they were parted.

    `people` 1; `buyers`, `opt_outs`: whether they bought or left within the window; `orders`, `revenue` less what
    was given back, and its square for each person, by currency.
    """
    given = given_back(course.facts.refunds)
    cells: Counter[Cell] = Counter()
    for at, side in course.parted:
        place = Cell(source_of(side.source_id), hour_of(at, time_zone), 0, group_of(side), "")
        for measure, number in _did(course, at, side, given).items():
            cells[place._replace(measure=measure)] += number
    return Counter({cell: number for cell, number in cells.items() if number})


def group_of(side: Side) -> str:
    """As cells name it."""
    return f"{side.percent}:{HELD if side.held else TREATED}"


def _did(course: Course, at: Instant, side: Side, given: Mapping[str, Sequence[Refund]]) -> Mapping[str, int]:
    until = at + side.window
    orders = [order for order in course.facts.orders if at <= order.at <= until]
    paid: Counter[str] = Counter()
    for order in orders:
        paid.update({f"revenue:{order.currency}": worth(order, given.get(order.id, ()))[f"revenue:{order.currency}"]})
    return {
        "people": 1,
        "buyers": int(bool(orders)),
        "orders": len(orders),
        "opt_outs": int(any(at <= left <= until for left in course.left)),
        **paid,
        **{f"{SQUARES}{name.partition(':')[2]}": number**2 for name, number in paid.items()},
    }


def _first(parted: Iterable[Parted]) -> frozenset[Parted]:
    """Of each source and percentage, at which a person is one of one group and no other."""
    found: dict[tuple[str, int], Parted] = {}
    for one in sorted(parted):
        found.setdefault((one.side.source_id, one.side.percent), one)
    return frozenset(found.values())
