"""A call that its caller gave a name, so that it is carried out once although it is sent twice."""

from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant

REMEMBERED: Final[Duration] = DAY


@dataclass(frozen=True, slots=True)
class Once:
    """What was said, and what was answered: `status` 0 as long as it is being carried out, or if that broke off."""

    digest: str
    """Of the call and its body."""
    until: Instant
    """So long it is remembered."""
    status: int = 0
    text: str = ""
    """Of the answer, without anything that is shown once."""
    owner: str = ""
    """Whoever carries it out, drawn by lot."""
    etag: str | None = None
    """That the answer named."""
    shown_once: str | None = None
    """The id of what was made, where a part of the answer is not kept."""
