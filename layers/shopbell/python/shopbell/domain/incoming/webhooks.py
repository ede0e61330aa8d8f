"""A webhook as its owner gives it."""

from typing import Annotated, Final

from pydantic import Field

from shopbell.domain.incoming.faults import Incoming
from shopbell.domain.incoming.keys import KeyRotationIn
from shopbell.domain.incoming.texts import MAX_URL, Many, Short
from shopbell.domain.webhooks.hook import EventType

MAX_SEGMENTS: Final = 100
MAX_DESCRIPTION: Final = 500

Address = Annotated[str, Field(min_length=1, max_length=MAX_URL)]
Events = Annotated[Many[EventType], Field(min_length=1)]
Segments = Annotated[Many[Short], Field(max_length=MAX_SEGMENTS)]
Description = Annotated[str, Field(max_length=MAX_DESCRIPTION)]


class WebhookIn(Incoming):
    """Body of POST /v1/webhooks. `segments`: of entries and exits those of these alone; none: of all.

    `url` is an https address on port 443 of a public host. In its place `event_bus` puts the same on the event bus of
    the deployment. `enabled` false: it is switched on later.
    """

    url: Address | None = None
    event_bus: bool = False
    events: Events
    segments: Segments = ()
    description: Description | None = None
    enabled: bool = True


class WebhookPatchIn(Incoming):
    """Body of PATCH /v1/webhooks/{webhook_id}: what is left out stays. `enabled`: switch it off, or on again."""

    url: Address | None = None
    events: Events | None = None
    segments: Segments | None = None
    description: Description | None = None
    enabled: bool | None = None


class WebhookRotationIn(KeyRotationIn):
    """Body of POST /v1/webhooks/{webhook_id}/rotate: how long both secrets sign."""
