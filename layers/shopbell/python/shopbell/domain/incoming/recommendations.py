"""Which products a message is to show, as it is asked for: an algorithm, how many, and out of what."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from shopbell.domain.clock import parse_duration
from shopbell.domain.events import Json
from shopbell.domain.incoming.faults import Incoming, checked
from shopbell.domain.incoming.paths import PathText
from shopbell.domain.incoming.texts import Many, Money, Short, check_visitor
from shopbell.domain.recommend.named import LIST_NAME
from shopbell.domain.recommend.names import Algorithm, Seed
from shopbell.domain.recommend.options import Measure, Scope
from shopbell.domain.scenarios.plan import Selection

MAX_PICKS: Final = 12
MAX_SEEDS: Final = 20
_MAX_VALUES: Final = 20
ListName = Annotated[str, Field(pattern=LIST_NAME)]
Several = Short | Annotated[Many[Short], Field(min_length=1, max_length=_MAX_VALUES)]
Paths = PathText | Annotated[Many[PathText], Field(min_length=1, max_length=_MAX_VALUES)]
Window = Annotated[str, AfterValidator(checked(parse_duration))]
Visitor = Annotated[str, AfterValidator(checked(check_visitor))]


class PriceIn(Incoming):
    """Minor units, both ends included."""

    min: Money = 0
    max: Money | None = None


class FiltersIn(Incoming):
    """All must hold. A category holds for what lies under it; of several values, any."""

    category: Paths | None = None
    brand: Several | None = None
    label: Several | None = None
    price: PriceIn | None = None
    in_stock: Literal[True] = True
    min_discount: Annotated[int, Field(ge=1, le=99)] | None = None

    @property
    def said(self) -> Mapping[str, Json]:
        """Without what was left out."""
        given: dict[str, Json] = self.model_dump(mode="json", exclude_none=True)
        return given


class OptionsIn(Incoming):
    """What the algorithm itself takes.

    Top sellers: window, measure, scope; new arrivals: min_pool, min_affinity; discounted: min_discount; predefined:
    list; complementary: bundle_first; alternatives: price_band, exclude_viewed; all that start from products: seed.
    """

    window: Window | None = None
    measure: Measure | None = None
    scope: Scope | None = None
    min_pool: Annotated[int, Field(ge=1, le=100)] | None = None
    min_affinity: Annotated[float, Field(ge=0, le=1)] | None = None
    min_discount: Annotated[int, Field(ge=1, le=99)] | None = None
    seed: Seed | None = None
    list: ListName | None = None
    bundle_first: bool | None = None
    price_band: Annotated[float, Field(gt=0, le=10)] | None = None
    exclude_viewed: bool | None = None


class RecommendationIn(Incoming):
    """Body of POST /v1/recommendations."""

    algorithm: Algorithm
    visitor_id: Visitor | None = None
    product_ids: Annotated[Many[Short], Field(max_length=MAX_SEEDS)] = ()
    """What to start from; without them the visitor's own, as `options.seed` says."""
    count: Annotated[int, Field(ge=1, le=MAX_PICKS)] = 4
    filters: FiltersIn = Field(default_factory=FiltersIn)
    options: OptionsIn = Field(default_factory=OptionsIn)
    fallback_max_level: Annotated[int, Field(ge=0, le=4)] = 4

    @property
    def facts(self) -> Mapping[str, Json]:
        return {"seeds": list(self.product_ids)} if self.product_ids else {}

    @property
    def selection(self) -> Selection:
        options: dict[str, Json] = self.options.model_dump(mode="json", exclude_none=True)
        return Selection(
            self.algorithm,
            self.count,
            filters=self.filters.said,
            options=options,
            fallback_max_level=self.fallback_max_level,
        )
