"""What is stored of one visitor: the state that membership is a function of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId, SubscriptionId, VisitorId
from shopbell.domain.ledger import EMPTY, Ledger
from shopbell.domain.membership import Flip
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.subscriptions import SubscriptionFact

SUPPRESSED: Final = "suppressed"
"""A trait that only the shop's own call sets: so it is folded, joined and rebuilt like all of them."""


@dataclass(frozen=True, slots=True, order=True)
class Trait:
    """A trait's latest value; None is the tombstone of a removed one. Ordered by (received_at, request)."""

    received_at: Instant
    request: str
    value: Json = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Alias:
    """Whose a visitor is, and since when (ruling 17); the first word stands.

    Once `joined`, everything is the customer's and the visitor's own profile holds nothing any more.
    """

    customer: VisitorId
    at: Instant
    joined: bool = False


@dataclass(frozen=True)
class Profile:
    """Everything folded from one visitor's events, and what follows from it: memberships and the next wake-up.

    Without slots, so that `revised` copies it at once: it happens with every event.
    """

    store: StoreId
    visitor: VisitorId
    version: int = 0
    """0: never stored. Each commit adds one and is conditional on the version that was read."""
    rules_version: int = 0
    """The store's rules that folded it (ruling 9)."""
    ledger: Ledger = EMPTY
    traits: Mapping[str, Trait] = field(default_factory=dict)
    subscriptions: Mapping[SubscriptionId, SubscriptionFact] = field(default_factory=dict)
    memberships: Mapping[SegmentId, Instant] = field(default_factory=dict)
    """Segment to `entered_at`; hidden segments too."""
    left: Mapping[SegmentId, Instant] = field(default_factory=dict)
    """Segment to the latest exit: a later entry is never dated before it (ruling 13)."""
    unsettled: tuple[Flip, ...] = ()
    """Flips decided but not yet written to members and log: the overflow of a transaction (ruling 1)."""
    stale: tuple[SegmentId, ...] = ()
    """Memberships whose row does not show yet that `reachable` turned: the overflow of a transaction."""
    wake_at: Instant | None = None
    """When time alone may next change something; stored lazily, so it may be too early, never too late."""
    first_seen: Instant | None = None
    last_seen: Instant | None = None
    cart: bytes = b""
    """Canonical bytes of the cart's operations (ruling 5)."""
    sessions: bytes = b""
    """Canonical bytes of the sessions (ruling 5)."""
    interactions: bytes = b""
    """Canonical bytes of the newest product interactions (ruling 5)."""
    scores: Mapping[str, Json] = field(default_factory=dict)
    """What the nightly pass computed of this visitor, with its basis and instant (ruling 15)."""
    alias: Alias | None = None
    """Set for a visitor who turned out to be a customer."""
    steps: tuple[PendingStep, ...] = ()
    """Messages that wait for their moment, the earliest first (`scenarios.engage`)."""
    ran: Mapping[str, tuple[Ran, ...]] = field(default_factory=dict)
    """By scenario its newest instances, the latest last."""

    @property
    def latest(self) -> Mapping[str, Ran]:
        """The latest instance of each scenario that ever ran."""
        return {name: ran for name, known in self.ran.items() for ran in known if not ran.refused}

    @property
    def subscribed(self) -> bool:
        """At least one active push subscription."""
        return any(fact.active for fact in self.subscriptions.values())

    @property
    def suppressed(self) -> bool:
        """Whether the shop has said that nothing is ever to be sent (ruling 27)."""
        said = self.traits.get(SUPPRESSED)
        return said is not None and said.value is not None

    @property
    def reachable(self) -> bool:
        """Subscribed, and not suppressed (ruling 21)."""
        return self.subscribed and not self.suppressed

    def with_version(self, version: int) -> "Profile":
        return revised(self, version=version)


def revised(profile: Profile, **moved: object) -> Profile:
    """`dataclasses.replace`, at a fraction of its cost."""
    fresh = _new(Profile)
    _set(fresh, "__dict__", profile.__dict__ | moved)
    return fresh


_new: Final = object.__new__
_set: Final = object.__setattr__


@dataclass(frozen=True, slots=True)
class Candidate:
    """A visitor whom a scheduled scenario may send to from `send_at` on; written with the flip (ruling 14)."""

    scenario: str
    send_at: Instant
    entered_at: Instant


@dataclass(frozen=True, slots=True)
class Missed:
    """Messages of one scenario or campaign that will not be sent any more, decided while they waited.

    `run`: the one that had put them off and counted them as open; None: none knows of them yet.
    """

    source_id: str
    run: str | None
    reason: str
    messages: int
    at: Instant


@dataclass(slots=True, unsafe_hash=True)
class Commit:
    """One transaction: profile, memberships, log and candidates together, or nothing (ruling 1).

    Never changed; not frozen, since one is made with every event, and a frozen one takes three times as long.
    Conditional on `before.version` and on the stored `rules_version` being at most `after.rules_version`.
    `flips` (at most 45) become member rows and log lines; `after.unsettled` holds those left for the next
    part. `refreshed` are memberships whose row changes without a flip (reachable turned).
    """

    before: Profile
    after: Profile
    flips: tuple[Flip, ...] = ()
    refreshed: tuple[SegmentId, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    missed: tuple[Missed, ...] = ()
    """Counted with it, for reports; of at most `MAX_SOURCES` scenarios and campaigns."""

    @property
    def joins(self) -> VisitorId | None:
        """The customer whom this very commit joins an alias into."""
        before, after = self.before.alias, self.after.alias
        if after is None or not after.joined or (before is not None and before.joined):
            return None
        return after.customer
