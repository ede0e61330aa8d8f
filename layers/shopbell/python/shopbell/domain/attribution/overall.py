"""What all messages of a store brought: the same numbers as of their sources, counted once more for the store."""

from collections import Counter
from typing import Final

from shopbell.domain.attribution.cells import NO_VARIANT, Cell, Cells
from shopbell.domain.attribution.receipts import ACTION

_STORE: Final = "store:"
SOURCE: Final = "store:messages"
"""What they are counted under; no campaign, scenario or trigger is called so."""


def overall(cells: Cells) -> Counter[Cell]:
    """The same, and their sums by the hour; buttons of different messages have nothing in common."""
    total = Counter(cells)
    for cell, number in cells.items():
        if not cell.source_id.startswith(_STORE) and not cell.measure.startswith(ACTION):
            total[Cell(SOURCE, cell.at, 0, NO_VARIANT, cell.measure)] += number
    return Counter({cell: number for cell, number in total.items() if number})
