"""What is kept of a person between two of their events: facts, or whose they are; and which receipts are counted."""

import hashlib
from dataclasses import dataclass
from typing import Final, NamedTuple

import orjson

from shopbell.domain.attribution.facts import MOST, NOTHING, Click, Facts, Order, Refund
from shopbell.domain.attribution.statement import thinned
from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.ids import VisitorId

MANY_CARTS: Final = MOST // 5
SEEN_FOR: Final[Duration] = 3 * DAY
"""A stream tells of a day at most, and the nightly recount of two."""
MOST_SEEN: Final = 4_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one visitor id. `read`: all that their log held when it was begun is in it.

    Of who turned out to be a customer: whose the facts are now; `read` says whether they have been taken along.
    """

    facts: Facts = NOTHING
    whose: VisitorId | None = None
    read: bool = False

    def packed(self) -> bytes:
        facts = self.facts if len(self.facts.carts) <= MANY_CARTS else thinned(self.facts)
        rows = [sorted(map(tuple, kind)) for kind in (facts.clicks, facts.orders, facts.refunds)]
        return orjson.dumps([self.whose, self.read, facts.cut, *rows, sorted(facts.carts)])

    @classmethod
    def unpacked(cls, body: bytes) -> "Standing":
        whose, read, cut, clicks, orders, refunds, carts = orjson.loads(body)
        facts = Facts(
            frozenset(Click(*row) for row in clicks),
            frozenset(Order(*row) for row in orders),
            frozenset(Refund(*row) for row in refunds),
            frozenset(carts),
            cut,
        )
        return cls(facts, whose if whose is None else VisitorId(whose), read)


class Mark(NamedTuple):
    """One receipt that was counted: when it came, and the first 8 bytes of a hash of its id."""

    at: Instant
    digest: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The receipts of one visitor that are in the counts; of longer ago it is known by the cut alone."""

    marks: frozenset[Mark] = frozenset()
    cut: Instant = 0

    def having(self, marks: frozenset[Mark]) -> "Seen":
        every = sorted(self.marks | marks)
        cut = max(self.cut, every[-1].at - SEEN_FOR, every[-MOST_SEEN:][0].at if len(every) > MOST_SEEN else 0)
        return Seen(frozenset(mark for mark in every if mark.at >= cut), cut)

    def packed(self) -> bytes:
        return orjson.dumps([self.cut, sorted(map(tuple, self.marks))])

    @classmethod
    def unpacked(cls, body: bytes) -> "Seen":
        cut, marks = orjson.loads(body)
        return cls(frozenset(Mark(*row) for row in marks), cut)


def mark_of(at: Instant, event_id: str) -> Mark:
    return Mark(at, hashlib.sha256(event_id.encode()).hexdigest()[:16])
