"""What is written for a scenario to leave it as it was read."""

from collections.abc import Mapping
from typing import Any, Final

from shopbell.local.client.contract import shaped

PUT: Final = "PUT /v1/scenarios/{name}"
_STEPS: Final = "steps"


def body_of(read: Mapping[str, Any]) -> dict[str, Any]:
    """A series has its words in its steps, any other scenario at the top; an answer shows both."""
    said_above = ("content", "variants") if _STEPS in read["parameters"] else (_STEPS,)
    return {name: value for name, value in shaped(PUT, read).items() if name not in said_above}
