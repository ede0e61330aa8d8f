"""A campaign: content for an audience, sent once the marketer says so."""

from dataclasses import dataclass, field
from typing import Literal

from shopbell.domain.clock import Instant
from shopbell.domain.content import Content, ContentBy, Variant
from shopbell.domain.events import Json
from shopbell.domain.ids import CampaignId, SegmentId, StoreId
from shopbell.domain.runs import DeliveryOptions, Terms

CampaignStatus = Literal["draft", "scheduled", "sending", "paused", "sent", "cancelled"]


@dataclass(frozen=True, slots=True)
class CampaignAudience:
    """Include OR-ed, exclude wins; neither segments nor rule: everyone reachable."""

    include: tuple[SegmentId, ...] = ()
    exclude: tuple[SegmentId, ...] = ()
    rule: Json = None
    """An inline rule as given."""
    rule_segment: SegmentId | None = None
    """The hidden segment that the inline rule became (ruling 19)."""


@dataclass(frozen=True, slots=True)
class Campaign:
    store: StoreId
    id: CampaignId
    name: str
    status: CampaignStatus
    audience: CampaignAudience
    content: Content
    delivery: DeliveryOptions
    created_at: Instant
    updated_at: Instant
    revision: int = 1
    sent_at: Instant | None = None
    send_key: str | None = None
    """Idempotency-Key of the call that sent it: the same one again gets the same answer."""
    terms: Terms = field(default_factory=Terms)
    variants: tuple[Variant, ...] = ()
    """Instead of one content; `content` is that of the first then."""
    content_by: ContentBy | None = None
    """Other words for some; `content` is for everybody else."""
