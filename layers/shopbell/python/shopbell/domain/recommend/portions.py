"""What happened with products, as it is counted by day: parts of records that fit into one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass

from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.lists import Demand

Row = tuple[int, ProductId]
"""UTC day, days since 1970, and product."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Part of what one record adds. `place` orders the portions of one source as the stream does."""

    source: str
    place: str
    rows: Mapping[Row, Demand]
