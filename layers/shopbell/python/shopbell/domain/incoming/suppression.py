"""Whether anything may be sent to a visitor, as the shop says it."""

from typing import Annotated

from pydantic import Field

from shopbell.domain.incoming.faults import Incoming


class SuppressionIn(Incoming):
    suppressed: bool
    reason: Annotated[str, Field(min_length=1, max_length=256)] | None = None
