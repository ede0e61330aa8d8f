"""What is known of one visitor."""

from collections.abc import Mapping
from dataclasses import dataclass

from shopbell.domain.clock import Instant
from shopbell.domain.errors import NotFound
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId, VisitorId
from shopbell.domain.membership import LogLine
from shopbell.domain.profile import Profile
from shopbell.domain.subscriptions import SubscriptionFact
from shopbell.ports import Memberships, Page, Segments, Visitors


@dataclass(frozen=True, slots=True)
class VisitorView:
    """`traits` flat, as rules name them; hidden segments and those put away are left out."""

    visitor: VisitorId
    traits: Mapping[str, Json]
    segments: Mapping[SegmentId, Instant]
    subscriptions: tuple[SubscriptionFact, ...]
    reachable: bool
    first_seen: Instant | None
    last_seen: Instant | None


@dataclass(frozen=True, slots=True)
class ReadVisitor:
    visitors: Visitors
    segments: Segments
    memberships: Memberships

    def __call__(self, store: StoreId, visitor: VisitorId) -> VisitorView:
        profile = self.visitors.load(store, visitor)
        if profile.version == 0:
            raise NotFound(visitor)
        unseen = {row.id for row in self.segments.all(store) if row.hidden or row.state == "archived"}
        return _view(profile, unseen)

    def log(self, store: StoreId, visitor: VisitorId, cursor: str | None, limit: int) -> Page[LogLine]:
        """Every entry and exit, newest first, the audiences of scenarios among them."""
        if self.visitors.load(store, visitor).version == 0:
            raise NotFound(visitor)
        return self.memberships.log_of_visitor(store, visitor, cursor, limit)


def _view(profile: Profile, unseen: set[SegmentId]) -> VisitorView:
    return VisitorView(
        visitor=profile.visitor,
        traits={name: trait.value for name, trait in sorted(profile.traits.items()) if trait.value is not None},
        segments={name: at for name, at in profile.memberships.items() if name not in unseen},
        subscriptions=tuple(profile.subscriptions.values()),
        reachable=profile.reachable,
        first_seen=profile.first_seen,
        last_seen=profile.last_seen,
    )
