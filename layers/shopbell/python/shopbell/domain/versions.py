"""How a product changes: what stands on the shelf, what stood there before it, and what of a change is news."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, Duration, Instant

Source = Literal["api", "feed", "learned"]
"""Who said it: the shop's server, a feed file, or pages as visitors looked at them."""
VERSION_TTL: Final[Duration] = 90 * DAY
"""How long what stood there before can be read."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A product as it stands.

    `revision` grows with each change, and beyond a deletion: no two states of one product share it.
    """

    product: Product
    revision: int = 0
    at: Instant = 0
    """Since when it stands like that."""
    source: Source = "api"
    said: Instant | None = None
    """When it was said, where that was before it stood there: a feed is as old as the moment it was given."""

    @property
    def as_of(self) -> Instant:
        return self.at if self.said is None else self.said


@dataclass(frozen=True, slots=True)
class Version:
    """What stood there until something else took its place."""

    shelved: Shelved
    until: Instant


@dataclass(frozen=True, slots=True)
class Change:
    """From what was read to what is to stand there; None: nothing."""

    before: Shelved | None
    after: Shelved | None
    at: Instant

    @property
    def created(self) -> bool:
        return self.before is None

    @property
    def price_changed(self) -> bool:
        """Another price, or the same number of another currency."""
        if self.before is None or self.after is None:
            return False
        old, new = self.before.product, self.after.product
        return (old.price, old.currency) != (new.price, new.currency)

    @property
    def stock_changed(self) -> bool:
        if self.before is None or self.after is None:
            return False
        old, new = self.before.product, self.after.product
        return (old.in_stock, old.stock) != (new.in_stock, new.stock)

    @property
    def sale_changed(self) -> bool:
        """Taken out of sale, or back in it."""
        return (self.before is not None and self.after is not None) and (
            self.before.product.active != self.after.product.active
        )

    @property
    def is_news(self) -> bool:
        """Whether anybody may wait for it: a new product, another price, another stock, another word on its sale."""
        return self.after is not None and (
            self.created or self.price_changed or self.stock_changed or self.sale_changed
        )


def change_to(
    product: Product,
    before: Shelved | None,
    source: Source,
    now: Instant,
    gone: Version | None = None,
    said: Instant | None = None,
) -> Change | None:
    """None where nothing differs. A product keeps the `created_at` of its first appearance unless it names one, also
    beyond a deletion (`gone`: what stood there until then).

    What a page taught and the shop now says itself is the shop's word from then on.
    """
    if product.created_at is None:
        past = before if before is not None or gone is None else gone.shelved
        known = None if past is None else past.product.created_at
        product = replace(product, created_at=now if known is None else known)
    if before is not None and before.product == product and not (before.source == "learned" != source):
        return None
    revision = now if before is None else max(now, before.revision + 1)
    return Change(before, Shelved(product, revision, now, source, said), now)
