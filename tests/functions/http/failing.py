"""A management whose ports fail at one of their calls: whoever works dies there, or is told to come again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.domain.errors import Unavailable
from shopbell.ports import Message
from shopbell.runtime.http.management_uses import management

from tests.functions.http.office import Office


class Down(MemoryQueue):
    """A queue that takes nothing."""

    def send(self, messages: Sequence[Message]) -> None:  # noqa: ARG002 - as a queue has it
        raise Unavailable("the queue")


class KilledError(Exception):
    """Nobody catches it, and nobody is answered."""


@dataclass
class Fault:
    """At the call of that number, before it or after it was done."""

    at: int
    after: bool
    error: type[Exception]
    calls: int = 0

    @property
    def met(self) -> bool:
        return self.calls > self.at

    def repair(self) -> bool:
        """Whether it was met; from now on nothing fails."""
        met, self.at = self.met, -1
        return met

    def before(self, mine: int) -> None:
        if mine == self.at and not self.after:
            raise self.error

    def behind(self, mine: int) -> None:
        if mine == self.at:
            raise self.error


@dataclass
class Between(Fault):
    """Nothing fails: before the call of that number somebody else does something."""

    do: Callable[[], None] = lambda: None

    def before(self, mine: int) -> None:
        if mine == self.at:
            self.do()

    def behind(self, mine: int) -> None:
        """Nothing."""


@dataclass(frozen=True)
class _Failing:
    inner: object
    fault: Fault

    def __getattr__(self, name: str) -> Callable[..., object]:
        method: Callable[..., object] = getattr(self.inner, name)

        def call(*args: object, **kwargs: object) -> object:
            mine, self.fault.calls = self.fault.calls, self.fault.calls + 1
            self.fault.before(mine)
            answer = method(*args, **kwargs)
            self.fault.behind(mine)
            return answer

        return call


def plan_over(office: Office, queue: MemoryQueue) -> None:
    """Its campaigns are planned over that queue from now on."""
    office.plan = queue
    office.managing = management(office.ports())
    office.swap()


def break_at(office: Office, fault: Fault) -> None:
    office.managing = management(_over(office.ports(), fault))
    office.swap()


def _over(ports: Any, fault: Fault) -> Any:
    changed = {}
    for field in fields(ports):
        port = getattr(ports, field.name)
        if type(port).__module__.startswith("shopbell.adapters.memory"):
            changed[field.name] = _Failing(port, fault)
        elif is_dataclass(port) and "Ports" in type(port).__name__:
            changed[field.name] = _over(port, fault)
    return replace(ports, **changed)


ERRORS: tuple[type[Exception], ...] = (KilledError, Unavailable)
