"""The products that a campaign's messages show, as a marketer asks for them."""

from typing import Annotated, Final

import orjson
from pydantic import Field, JsonValue

from shopbell.domain.clock import DAY, Duration
from shopbell.domain.errors import Rejected
from shopbell.domain.incoming.faults import Incoming
from shopbell.domain.recommend.names import Algorithm
from shopbell.domain.scenarios.filters import Filters
from shopbell.domain.scenarios.kinds import WrongInsideError
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.scenarios.push_recommendation import DEEPEST
from shopbell.domain.scenarios.shared import MAX_PRODUCTS

_FILTERS: Final = Filters("filters", "")
SHOWN_AGAIN: Final[Duration] = 14 * DAY
"""A product that was pushed to somebody is not pushed to them again for so long."""


class CampaignProductsIn(Incoming):
    """So many by that algorithm, among those that the filters let through; picked for each visitor at dispatch."""

    algorithm: Algorithm
    count: Annotated[int, Field(ge=1, le=MAX_PRODUCTS)] = 1
    filters: dict[str, JsonValue] = Field(default_factory=dict)

    @property
    def selection(self) -> Selection:
        """As the scenario `push_recommendation` picks. Rejected names the filter that is wrong."""
        try:
            filters = orjson.loads(orjson.dumps(_FILTERS.read(self.filters)))  # as it will be read again
        except WrongInsideError as exc:
            raise Rejected.at(f"products.filters.{exc.field}", str(exc)) from None
        return Selection(
            self.algorithm, self.count, filters=filters, fallback_max_level=DEEPEST, exclude_shown=SHOWN_AGAIN
        )
