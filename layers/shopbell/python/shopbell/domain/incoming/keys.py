"""Which secret a store wants to be made."""

from typing import Literal

from shopbell.domain.incoming.faults import Incoming


class KeyIn(Incoming):
    """Body of POST /v1/keys. `identify`: what the shop's server signs with that a visitor is a customer."""

    kind: Literal["identify"]
