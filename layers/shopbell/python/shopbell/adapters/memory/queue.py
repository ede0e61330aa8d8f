"""A queue in memory that keeps what it was given, in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shopbell.ports import Message


@dataclass(frozen=True, slots=True)
class MemoryQueue:
    """`messages` is what a consumer would see; tests read it and clear it."""

    messages: list[Message] = field(default_factory=list)

    def send(self, messages: Sequence[Message]) -> None:
        self.messages.extend(messages)

    def take(self) -> list[Message]:
        """All that wait, removed."""
        taken = list(self.messages)
        self.messages.clear()
        return taken
