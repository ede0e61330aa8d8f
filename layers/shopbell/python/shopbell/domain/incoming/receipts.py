"""What a service worker or a landing page reports of a message."""

from typing import Annotated, Literal

from pydantic import Field

from shopbell.domain.incoming.faults import Incoming

ReceiptKind = Literal["shown", "clicked", "closed", "landed"]


class ReceiptIn(Incoming):
    """Body of POST /v1/receipts; the token is its only credential (ruling 29)."""

    message: Annotated[str, Field(min_length=1, max_length=512)]
    kind: ReceiptKind
    action: Annotated[str, Field(min_length=1, max_length=64)] | None = None
