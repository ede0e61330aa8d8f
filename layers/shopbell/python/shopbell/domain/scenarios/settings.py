"""What a store has set for one scenario."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.content import Content, Variant
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId


@dataclass(frozen=True, slots=True)
class StepSettings:
    """Of one message of a series: its content, or variants of it; neither: the shipped words."""

    content: Content | None = None
    enabled: bool = True
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnAudience:
    """Who of a scenario's audience is meant: members of any of these segments or of the rule; exclude wins."""

    include: tuple[SegmentId, ...] = ()
    rule: Json = None
    exclude: tuple[SegmentId, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenarioSettings:
    """Parameters as the marketer gave them, over the scenario's defaults."""

    store: StoreId
    name: str
    enabled: bool
    parameters: Mapping[str, Json] = field(default_factory=dict)
    content: Content | None = None
    """Of the first message. None: the shipped words."""
    segment: SegmentId | None = None
    """The hidden segment whose clock entries fire it (ruling 19)."""
    revision: int = 0
    """One up with every write, for If-Match; 0: never set."""
    since: Instant = 0
    """When it was switched on or its calendar last changed: what was due before is not made up for."""
    spread: Duration = 0
    """Over how long those who are in the audience already are sent to, where they are to be."""
    steps: tuple[StepSettings, ...] = ()
    """By place in the series; those that are left out are as shipped."""
    variants: tuple[Variant, ...] = ()
    """Of the first message, instead of its content."""
    audience: OwnAudience | None = None
    """None: all whom the scenario means."""

    def step(self, place: int) -> StepSettings:
        """What holds for one message; what is said of the scenario is of the first, where the series says nothing."""
        own = self.steps[place] if place < len(self.steps) else StepSettings()
        if place or own.content is not None or own.variants:
            return own
        return StepSettings(self.content, own.enabled, self.variants)
