"""Which key or secret a store wants to be made."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator

from shopbell.domain.clock import DAY, Duration, parse_duration
from shopbell.domain.incoming.faults import Incoming, checked
from shopbell.domain.incoming.segments import Title
from shopbell.domain.incoming.texts import DurationText

MAX_OVERLAP: Final[Duration] = 30 * DAY


def _check_overlap(text: str) -> None:
    if parse_duration(text) > MAX_OVERLAP:
        raise ValueError("must be at most P30D")


class KeyIn(Incoming):
    """Body of POST /v1/keys. `identify`: what the shop's server signs with that a visitor is a customer.

    `pub` for pages, `srv` for the shop's server, `mgmt` for people and their tools: that one needs a `role`.
    """

    kind: Literal["identify", "pub", "srv", "mgmt"]
    role: Literal["viewer", "marketer", "admin"] | None = None
    name: Title | None = None


class KeyRotationIn(Incoming):
    """Body of POST /v1/keys/{key_id}/rotate: how long the old key stays good beside the new one."""

    overlap: Annotated[DurationText, AfterValidator(checked(_check_overlap))] = "P1D"

    @property
    def time(self) -> Duration:
        """In milliseconds."""
        return parse_duration(self.overlap)
