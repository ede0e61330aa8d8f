"""Everything about one visitor, newest first: what they did, where they went, what was sent and given to them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from shopbell.app.privacy.people import FindPerson
from shopbell.domain.clock import Instant
from shopbell.domain.erasure import Person
from shopbell.domain.errors import NotFound
from shopbell.domain.events import RECEIPTS, Json
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.membership import LogLine
from shopbell.domain.profile import Profile
from shopbell.ports import CouponHolders, Events, Memberships, Page, Segments, Sends, Visitors

Kind = Literal["event", "receipt", "segment", "merge", "message", "coupon"]
KINDS: Final[tuple[Kind, ...]] = ("event", "receipt", "segment", "merge", "message", "coupon")
_LINES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Moment:
    """`place` orders moments, and is the same whatever comes later: a page begins after one."""

    at: Instant
    kind: Kind
    key: str
    said: Mapping[str, Json] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"{self.at:015d}#{self.kind}#{self.key}"


@dataclass(frozen=True, slots=True)
class ReadTimeline:
    """Each page reads all of the person's log: it is kept in the order of keys and not of time."""

    find: FindPerson
    visitors: Visitors
    events: Events
    memberships: Memberships
    segments: Segments
    sends: Sends
    holders: CouponHolders

    def __call__(
        self, store: StoreId, visitor: VisitorId, kind: str | None, before: str | None, limit: int
    ) -> Page[Moment]:
        """`before`, and the cursor that is answered, are places. NotFound: nothing is known of them."""
        person = self.find(store, visitor)
        if person is None:
            raise NotFound(visitor)
        found = (one for one in self._moments(person, kind) if before is None or one.place < before)
        newest = sorted(found, key=lambda one: one.place, reverse=True)[: limit + 1]
        return Page(tuple(newest[:limit]), newest[limit - 1].place if len(newest) > limit else None)

    def _moments(self, person: Person, kind: str | None) -> Iterator[Moment]:
        asked = {kind} if kind else {*KINDS}
        if asked & {"event", "receipt"}:
            yield from (one for one in self._happened(person) if one.kind in asked)
        if asked & {"segment", "merge"}:
            yield from (one for one in self._went(person) if one.kind in asked)
        if "message" in asked:
            yield from self._messages(person)
        if "coupon" in asked:
            yield from self._given(person)

    def _happened(self, person: Person) -> Iterator[Moment]:
        """What is reported twice is one moment."""
        known: set[str] = set()
        for who in person.ids:
            for event in (event for item in self.events.of(person.store, who) for event in item.events):
                if event.element_id not in known:
                    known.add(event.element_id)
                    said: dict[str, Json] = {"type": event.type, "id": event.id, "properties": event.properties}
                    kind: Kind = "receipt" if event.type in RECEIPTS else "event"
                    yield Moment(event.at, kind, event.id, {**said, "visitor_id": who})

    def _went(self, person: Person) -> Iterator[Moment]:
        hidden = {row.id for row in self.segments.all(person.store) if row.hidden}
        for who in person.ids:
            cursor, more = None, True
            while more:
                page = self.memberships.log_of_visitor(person.store, who, cursor, _LINES)
                yield from (_line(one) for one in page.items if one.flip.segment not in hidden)
                cursor, more = page.cursor, page.cursor is not None

    def _messages(self, person: Person) -> Iterator[Moment]:
        profiles = self.visitors.load_many(person.store, person.ids)
        records = self.sends.of(person.store, [person.ids[0]])
        for record in records.values():
            for sent in record.sent:
                said: dict[str, Json] = {"source": sent.source_id, "step": sent.step + 1, "outcome": "sent"}
                products: Sequence[Json] = list(sent.products)
                yield Moment(sent.at, "message", sent.mark.hex(), {**said, "products": products})
        yield from (one for profile in profiles.values() for one in _unsent(profile))

    def _given(self, person: Person) -> Iterator[Moment]:
        for who in person.ids:
            for held in self.holders.of(person.store, who):
                claim = held.claim
                said: dict[str, Json] = {"source": claim.source_id, "pool": claim.pool, "code": held.code}
                yield Moment(claim.at, "coupon", claim.mark.hex(), said)


def _unsent(profile: Profile) -> Iterator[Moment]:
    """Instances of scenarios that ended before their last message, and why, as far as they are remembered."""
    for name, ones in profile.ran.items():
        for ran in ones:
            if ran.reason is not None:
                said: dict[str, Json] = {"source": name, "step": ran.sent + 1, "outcome": f"skipped:{ran.reason}"}
                yield Moment(ran.ended_at or ran.started_at, "message", f"{name}/{ran.key}", said)


def _line(line: LogLine) -> Moment:
    flip = line.flip
    if flip.change == "merged":
        whose = flip.cause.partition(":")[2]
        return Moment(flip.at, "merge", whose, {"visitor_id": whose})
    said: dict[str, Json] = {"segment_id": flip.segment, "change": flip.change, "cause": flip.cause}
    key = f"{line.visitor}#{line.profile_version:010d}#{flip.segment}#{flip.change}"
    return Moment(flip.at, "segment", key, {**said, "leaf": flip.leaf, "version": flip.version})
