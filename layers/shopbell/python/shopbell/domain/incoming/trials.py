"""When a marketer tries a scenario out."""

from typing import Literal

from shopbell.domain.clock import Instant, parse_instant
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import ProductId
from shopbell.domain.incoming.faults import Incoming
from shopbell.domain.incoming.texts import InstantText, Money, ProductText
from shopbell.domain.scenarios.tidings import Supposed


class DryRunIn(Incoming):
    """Body of POST /v1/scenarios/{name}/dry-run. Without `as_of`: now. `all`: everybody, as a job.

    `product_id` with `price` (*price drop*) or `in_stock` (*back in stock*): what that change would bring, made now.
    """

    as_of: InstantText | None = None
    all: bool = False
    product_id: ProductText | None = None
    price: Money | None = None
    in_stock: Literal[True] | None = None

    @property
    def at(self) -> Instant | None:
        return None if self.as_of is None else parse_instant(self.as_of)[0]

    @property
    def supposed(self) -> Supposed | None:
        """Rejected where one field lacks another, or stands beside one that it cannot stand beside."""
        said = self.price is not None or self.in_stock is not None
        if self.product_id is None:
            if said:
                raise Rejected.at("product_id", "must say which product price or in_stock is of")
            return None
        if not said:
            raise Rejected.at("product_id", "takes the price, or that it is in_stock, which is supposed")
        if self.as_of is not None:
            raise Rejected.at("as_of", "cannot stand beside product_id: what is supposed happens now")
        return Supposed(ProductId(self.product_id), self.price, self.in_stock)
