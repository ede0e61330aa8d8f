"""Third step: a sample is folded again from the raw events; what is stored must come out, and member rows agree."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.app.nightly.work import NightWork, Note, Paged
from shopbell.app.rulebook import Rulebook
from shopbell.domain.clock import DAY, MINUTE, Clock, Duration, Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import CUSTOMER_PREFIX, SegmentId, StoreId, VisitorId, visitor_hash
from shopbell.domain.segments.auditing import Drift, MemberDrift, drifts, kept_segments, member_drifts, rebuilt
from shopbell.domain.store import Store
from shopbell.ports import Aliases, Events, Memberships, Segments, Visitors

PAGE: Final = 200
SHARE: Final = 100
"""One visitor of so many, another hundredth each night."""
FRESH: Final[Duration] = 15 * MINUTE
"""Who did something so lately may not be folded yet."""


@dataclass(frozen=True, slots=True)
class Audit:
    segments: Segments
    visitors: Visitors
    memberships: Memberships
    aliases: Aliases
    events: Events
    rulebook: Rulebook
    now: Clock
    share: int = SHARE

    def page(self, store: Store, work: NightWork, cursor: str | None, note: Note) -> Paged:
        page = self.visitors.walk(store.id, work.shard, cursor, PAGE)
        counts: Counter[str] = Counter()
        suspects: Counter[str] = Counter()
        for visitor in page.items:
            if sampled(store.id, visitor, work.night, self.share):
                suspects.update(self._audit(store.id, visitor, counts, note))
        return Paged(page.cursor, len(page.items), counts, suspects)

    def finish(self, store: Store, night: Instant, note: Note) -> Mapping[str, int]:  # noqa: ARG002 - as every step
        return {}

    def _audit(self, store: StoreId, visitor: VisitorId, counts: Counter[str], note: Note) -> list[SegmentId]:
        """The segments whose row of the visitor is wrong. Whoever changes while being looked at is left out."""
        ruleset, rules = self.rulebook.check(store), self.segments.rules(store)
        stored = self.visitors.load(store, visitor)
        if stored.alias is not None or rules.version != ruleset.version:
            counts["audit_passed_over"] += 1
            return []
        events, kept = self._log(store, visitor), kept_segments(rules)
        rows = self.memberships.of_visitor(store, visitor, kept)
        now = self.now()
        busy = any(event.received_at > now - FRESH for event in events)
        if busy or self.visitors.load(store, visitor).version != stored.version:
            counts["audit_passed_over"] += 1
            return []
        counts["audited"] += 1
        for drift in drifts(stored, rebuilt(stored, events, ruleset), rules, ruleset, now):
            counts["audit_drift"] += 1
            _tell(store, visitor, drift, note)
        wrong = member_drifts(stored, rows, kept)
        for row in wrong:
            counts.update(("audit_drift", "audit_member_drift"))
            _tell_row(store, visitor, row, note)
        return [row.segment for row in wrong]

    def _log(self, store: StoreId, visitor: VisitorId) -> list[Event]:
        """Of all ids under which the person was reported."""
        known = [visitor, *(self.aliases.of(store, visitor) if visitor.startswith(CUSTOMER_PREFIX) else ())]
        return [event for who in known for item in self.events.of(store, who) for event in item.events]


def sampled(store: StoreId, visitor: VisitorId, night: Instant, share: int) -> bool:
    """Each visitor once in `share` nights."""
    digest = hashlib.sha256(b"audit\n" + visitor_hash(store, visitor)).digest()
    return int.from_bytes(digest[:8], "big") % share == night // DAY % share


def _tell(store: StoreId, visitor: VisitorId, drift: Drift, note: Note) -> None:
    note("a membership drifted from its log", store=store, visitor=visitor, segment=drift.segment, leaf=drift.leaf)


def _tell_row(store: StoreId, visitor: VisitorId, drift: MemberDrift, note: Note) -> None:
    words = "a member row drifted from its profile"
    note(words, store=store, visitor=visitor, segment=drift.segment, kind="members", reason=drift.fault)
