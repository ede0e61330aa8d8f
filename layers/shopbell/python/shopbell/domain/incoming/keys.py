"""Which key or secret a store wants to be made."""

from typing import Literal

from shopbell.domain.incoming.faults import Incoming


class KeyIn(Incoming):
    """Body of POST /v1/keys. `identify`: what the shop's server signs with that a visitor is a customer.

    `pub` for pages, `srv` for the shop's server, `mgmt` for people and their tools: that one needs a `role`.
    """

    kind: Literal["identify", "pub", "srv", "mgmt"]
    role: Literal["viewer", "marketer", "admin"] | None = None
