"""A segment as stored, and all live rules of a store as one versioned value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId

SegmentState = Literal["draft", "building", "active", "paused", "archived"]


@dataclass(frozen=True, slots=True)
class Segment:
    """The latest version; earlier ones are kept unchanged beside it."""

    store: StoreId
    id: SegmentId
    name: str
    rule: Json
    """As given and validated; the rule language's JSON."""
    state: SegmentState
    version: int
    """Of the definition: one up with every edit of the rule."""
    revision: int
    """Of the row: one up with every write, for If-Match."""
    created_at: Instant
    last_changed_at: Instant
    last_verified_at: Instant | None = None
    hidden: bool = False
    """An inline rule of a campaign or a scenario: versioned and built, not listed (ruling 19)."""
    scenario: str | None = None
    """For a hidden one: the scenario whose candidates its clock entries make."""
    description: str | None = None
    tags: tuple[str, ...] = ()
    build_percent: int | None = None
    created_by: str | None = None
    """The key that made it, by the first characters of its hash."""
    changed_by: str | None = None
    """The key that wrote this revision."""

    @property
    def live(self) -> bool:
        """Evaluated on every event: building or active."""
        return self.state in {"building", "active"}


@dataclass(frozen=True, slots=True)
class LiveRule:
    """One live segment in the rules: what evaluation needs of it."""

    segment: SegmentId
    version: int
    rule: Json
    since: int
    """The rules_version that brought this version of the rule: a visitor stamped earlier flips by `definition`."""
    scenario: str | None = None


@dataclass(frozen=True, slots=True)
class StoredRules:
    """Everything live in a store. `bits` gives every feature its place in the ledger, never reused while it lives."""

    store: StoreId
    version: int = 0
    rules: tuple[LiveRule, ...] = ()
    bits: Mapping[str, int] = field(default_factory=dict)
    """Feature key (canonical text) to bit number."""
    features_since: int = 0
    """The latest version that added or widened a feature: a visitor stamped earlier is folded from the log first."""
    next_bit: int = 0
    """The lowest bit never given to any feature; it only grows, so that no bit ever means two things."""
    paused: tuple[SegmentId, ...] = ()
    """Not evaluated, and their members stay; who is in a segment that is neither live nor here is let go."""
    statistics: Mapping[str, float] = field(default_factory=dict)
    """Of the store, as the live rules compare with them: name to value."""
    settings: str = ""
    """The settings of the store under which everything was folded (`segments.refold`); empty: never noted."""
