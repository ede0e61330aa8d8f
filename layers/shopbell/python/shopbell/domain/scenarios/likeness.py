"""Which products an instance of a scenario is about, in a few bytes, and how far two of them differ."""

import hashlib
from collections.abc import Iterable
from typing import Final

from shopbell.domain.events import Event
from shopbell.domain.ids import ProductId
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.visits.products import named

MOST: Final = 20
_WIDTH: Final = 6


def asks(plan: Plan) -> bool:
    """Whether the plan ever compares products."""
    return plan.unlike is not None or any(one.same == "products" for one in plan.exit_if)


def written(products: Iterable[ProductId]) -> str:
    """Distinct products, each as six hexadecimal digits of its hash, at most 20 of them."""
    digests = {hashlib.sha256(product.encode()).hexdigest()[:_WIDTH] for product in products}
    return "".join(sorted(digests)[:MOST])


def of_event(event: Event) -> str:
    return written(product for product, _ in named(event))


def shared(one: str, other: str) -> bool:
    """Whether they have a product in common."""
    return not _read(one).isdisjoint(_read(other))


def differ(one: str, other: str, percent: int) -> bool:
    """Whether so many percent of the longer one's products are not in the other; nothing differs from nothing."""
    mine, theirs = _read(one), _read(other)
    most = max(len(mine), len(theirs))
    return most > 0 and 100 * (most - len(mine & theirs)) >= percent * most


def _read(about: str) -> frozenset[str]:
    return frozenset(about[place : place + _WIDTH] for place in range(0, len(about), _WIDTH))
