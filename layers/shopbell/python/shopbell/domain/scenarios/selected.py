"""What a selection of products answers: each with the algorithm, the level it came from, its score and why."""

from dataclasses import dataclass

from shopbell.domain.catalogue import Product


@dataclass(frozen=True, slots=True)
class Pick:
    """One product for one visitor. `level` of the fallback chain, 0 being the algorithm that was asked for."""

    product: Product
    algorithm: str
    level: int
    score: float
    reason: str
    """In words that a marketer reads, such as "3 views in Boots"."""
    lowest: int | None = None
    """The lowest price of the 30 days before, in minor units, where it was asked for and is known."""
