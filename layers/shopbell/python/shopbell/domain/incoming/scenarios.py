"""What a marketer sets for a scenario; each parameter is judged by the scenario's own table."""

from typing import Annotated, Final

from pydantic import Field, JsonValue

from shopbell.domain.ids import SegmentId
from shopbell.domain.incoming.campaigns import AudienceIn
from shopbell.domain.incoming.texts import DurationText, Many
from shopbell.domain.incoming.variants import WordsIn
from shopbell.domain.scenarios.settings import OwnAudience

MAX_STEPS: Final = 10


class StepIn(WordsIn):
    """One message of a series; what is left out is as it is shipped."""

    delay: DurationText | None = None
    enabled: bool = True


class ScenarioIn(WordsIn):
    """Body of PUT /v1/scenarios/{name}; without content the shipped words are sent.

    `content` or `variants` are of the first message; in a series `steps` say more, in their order.
    """

    enabled: bool
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    steps: Annotated[Many[StepIn], Field(max_length=MAX_STEPS)] = ()
    audience: AudienceIn | None = None


def own_audience(given: AudienceIn | None) -> OwnAudience | None:
    """None where nobody is named or left out."""
    if given is None or not (given.include or given.exclude or given.rule is not None):
        return None
    include, exclude = (tuple(SegmentId(name) for name in side) for side in (given.include, given.exclude))
    return OwnAudience(include, given.rule, exclude)
