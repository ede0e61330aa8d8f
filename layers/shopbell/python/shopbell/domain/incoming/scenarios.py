"""What a marketer sets for a scenario; each parameter is judged by the scenario's own table."""

from pydantic import Field, JsonValue

from shopbell.domain.incoming.campaigns import Later
from shopbell.domain.incoming.content import ContentIn
from shopbell.domain.incoming.faults import Incoming


class ScenarioIn(Incoming):
    """Body of PUT /v1/scenarios/{name}; without content the shipped words are sent."""

    enabled: bool
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    content: ContentIn | None = None
    audience: Later = None
