"""What a store has set for one scenario."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shopbell.domain.content import Content
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, StoreId


@dataclass(frozen=True, slots=True)
class ScenarioSettings:
    """Parameters as the marketer gave them, over the scenario's defaults."""

    store: StoreId
    name: str
    enabled: bool
    parameters: Mapping[str, Json] = field(default_factory=dict)
    content: Content | None = None
    """None: the shipped words."""
    segment: SegmentId | None = None
    """The hidden segment whose clock entries fire it (ruling 19)."""
