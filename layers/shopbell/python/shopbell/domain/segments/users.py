"""Who uses a segment, and the refusal to take it from them (ruling 20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shopbell.domain.errors import Conflict


@dataclass(frozen=True, slots=True)
class User:
    """`holds`: the segment may not go while it is so (ruling 20)."""

    kind: Literal["campaign", "scenario", "trigger", "segment", "webhook"]
    id: str
    name: str
    state: str
    holds: bool


class InUse(Conflict):
    """The users stand in the way; they are listed so that they can be dealt with."""

    def __init__(self, detail: str, users: Sequence[User]) -> None:
        super().__init__(detail)
        self.users = tuple(users)
