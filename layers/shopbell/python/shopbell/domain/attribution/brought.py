"""What messages brought: what browsers said of them, and the carts and orders that are due to them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.attribution.cells import read_name
from shopbell.domain.attribution.receipts import ACTION, LEFT, RECEIPTS
from shopbell.domain.attribution.statement import REVENUE, SQUARES

_REFUNDED: Final = "refunded:"
Measures = Mapping[str, int]
"""By the names of measures."""


@dataclass(frozen=True, slots=True)
class Brought:
    """Money is in minor units, by currency: `revenue` is what is left of it after `refunded`."""

    receipts: Mapping[str, int] = field(default_factory=dict)
    """shown, clicked, closed and landed."""
    actions: Mapping[str, int] = field(default_factory=dict)
    """Clicks by button; they are in `clicked`, too."""
    carts: int = 0
    orders: int = 0
    refunded_orders: int = 0
    """Given back whole; they are in `orders`, too."""
    revenue: Mapping[str, int] = field(default_factory=dict)
    refunded: Mapping[str, int] = field(default_factory=dict)
    unsubscribed: int = 0
    buyers: int = 0
    """Messages after which somebody bought and kept something."""
    squares: Mapping[str, int] = field(default_factory=dict)
    """Of what each of them spent, by currency."""


NOTHING: Final = Brought(dict.fromkeys(RECEIPTS.values(), 0))


def brought(measures: Measures) -> Brought:
    return Brought(
        receipts={name: measures.get(name, 0) for name in RECEIPTS.values()},
        actions=_under(ACTION, measures),
        carts=measures.get("carts", 0),
        orders=measures.get("orders", 0),
        refunded_orders=measures.get("refunded_orders", 0),
        revenue=_under(REVENUE, measures),
        refunded=_under(_REFUNDED, measures),
        unsubscribed=measures.get(LEFT, 0),
        buyers=measures.get("buyers", 0),
        squares=_under(SQUARES, measures),
    )


def measured(named: Iterable[Mapping[str, int]], *, step: int | None = None, variant: str | None = None) -> Measures:
    """The sums of what cells of these names count; of one step, or of one variant, alone."""
    found: Counter[str] = Counter()
    for each in named:
        for name, number in each.items():
            cell = read_name(name)
            if step in {None, cell.step} and variant in {None, cell.variant}:
                found[cell.measure] += number
    return found


def _under(prefix: str, measures: Measures) -> Mapping[str, int]:
    """Those that are anything."""
    return {name.removeprefix(prefix): n for name, n in sorted(measures.items()) if name.startswith(prefix) and n}
