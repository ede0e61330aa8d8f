"""Who says that a visitor is a customer, and how they prove it."""

from typing import Annotated

from pydantic import Field

from shopbell.domain.incoming.faults import Incoming
from shopbell.domain.incoming.texts import CustomerText, VisitorText


class IdentifyIn(Incoming):
    """Body of POST /v1/identify. A browser key needs the `signature` of the shop's server."""

    visitor_id: VisitorText
    customer_id: CustomerText
    signature: Annotated[str, Field(min_length=1, max_length=128)] | None = None
