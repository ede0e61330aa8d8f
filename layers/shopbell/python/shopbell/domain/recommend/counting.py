"""What the events of an item add to the demand for products, day by day."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from shopbell.domain.clock import DAY, Instant
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.bonds import MAX_AGE
from shopbell.domain.recommend.lists import NOTHING, WINDOWS, Demand
from shopbell.domain.recommend.portions import Portion, Row
from shopbell.domain.store import Store
from shopbell.domain.visits.products import facts_of, named, price_of, quantity_of

COUNTED: Final = frozenset({"product_view", "purchase", "refund"})
"""Events that say something of demand. A refund says which products only where it names its items."""
TELLING: Final = frozenset({"product_view", "purchase"})
"""Those that say what goes together."""
ROWS: Final = 64
"""Of a portion; a transaction has room for one with its place, and mostly for many."""
_SEQUENCE_DIGITS: Final = 40


def portions(item: EventItem, source: str, sequence: str, store: Store, now: Instant) -> Sequence[Portion]:
    """Always the same ones in the same order for one record; none where its events say nothing of demand.

    What lies further back than the longest window is left out, and so are test orders and, where only the shop's
    server tells the truth about orders, those of browsers. What goes together may have done so a year ago.
    """
    believed = [event for event in item.events if event.type in COUNTED and _believed(event, store)]
    sums: dict[Row, Demand] = {}
    for event in believed:
        if 0 <= now // DAY - event.at // DAY < WINDOWS[-1]:
            for product, demand in _said(event, store):
                row = (event.at // DAY, product)
                sums[row] = sums.get(row, NOTHING) + demand
    rows = sorted(sums)
    deeds = tuple(one for one in believed if one.type in TELLING and 0 <= now // DAY - one.at // DAY <= MAX_AGE)
    parts = [{row: sums[row] for row in rows[at : at + ROWS]} for at in range(0, len(rows), ROWS)]
    return [
        Portion(source, f"{sequence.zfill(_SEQUENCE_DIGITS)}#{part:04d}", some, () if part else deeds)
        for part, some in enumerate(parts or ([{}] if deeds else []))
    ]


def _believed(event: Event, store: Store) -> bool:
    if event.type == "product_view":
        return True
    return not event.properties.get("test") and (event.trusted or store.revenue_source == "any")


def _said(event: Event, store: Store) -> Iterator[tuple[ProductId, Demand]]:
    """An order counts once for each of its products, however many lines it has of it."""
    if event.type == "product_view":
        yield from ((product, Demand(views=1)) for product, _ in named(event))
        return
    sign = -1 if event.type == "refund" else 1
    ordered: set[ProductId] = set()
    for product, line in named(event):
        units = quantity_of(line) or 1
        paid = units * (price_of(line, facts_of(event, product)) or 0) if _mine(event.properties, store) else 0
        yield product, Demand(0 if product in ordered else sign, sign * units, sign * paid)
        ordered.add(product)


def _mine(properties: Mapping[str, Json], store: Store) -> bool:
    """Money of another currency is not counted as ours."""
    return properties.get("currency", store.currency) == store.currency
