"""A message to be looked at as one visitor would get it, before anything is sent."""

from typing import Annotated, Final

from pydantic import Field, JsonValue

from shopbell.domain.events import Json
from shopbell.domain.incoming.faults import Incoming
from shopbell.domain.incoming.recommendations import FiltersIn, OptionsIn
from shopbell.domain.incoming.scenarios import MAX_STEPS
from shopbell.domain.incoming.texts import LanguageText, Short
from shopbell.domain.incoming.variants import SpokenIn
from shopbell.domain.recommend.names import Algorithm
from shopbell.domain.scenarios.plan import STATIC, Selection

MAX_SHOWN: Final = 4


class ShownIn(Incoming):
    """Which products the texts may name."""

    algorithm: Algorithm
    count: Annotated[int, Field(ge=1, le=MAX_SHOWN)] = 1
    filters: FiltersIn = Field(default_factory=FiltersIn)
    options: OptionsIn = Field(default_factory=OptionsIn)
    fallback_max_level: Annotated[int, Field(ge=0, le=STATIC)] = STATIC

    @property
    def selection(self) -> Selection:
        options: dict[str, Json] = self.options.model_dump(mode="json", exclude_none=True)
        level = self.fallback_max_level
        return Selection(self.algorithm, self.count, 1, self.filters.said, options, level)


class RenderIn(SpokenIn):
    """Body of POST /v1/visitors/{id}/render. `event`: facts of a trigger, for what texts say of it.

    Of `variants` the visitor gets the one that is theirs in the message `step` (from 1) of `source`, a campaign's id
    or a scenario's name.
    """

    source: Short = "preview"
    step: Annotated[int, Field(ge=1, le=MAX_STEPS)] = 1
    products: ShownIn | None = None
    language: LanguageText | None = None
    event: Annotated[dict[Short, JsonValue], Field(max_length=20)] = Field(default_factory=dict)
