"""Kills a worker: after so many calls to the world it is gone, in the middle of whatever it was doing."""

from dataclasses import dataclass
from typing import TypeVar, cast

P = TypeVar("P")


class Killed(BaseException):
    """No code of ours catches it, as none runs after a kill."""


@dataclass
class Fuse:
    """`calls` left before the worker dies; None: it lives. Each call counts twice: before and after it is done."""

    calls: int | None = None

    def burn(self) -> None:
        if self.calls is None:
            return
        if self.calls == 0:
            self.calls = None
            raise Killed
        self.calls -= 1


@dataclass(frozen=True)
class _Fused:
    inner: object
    fuse: Fuse

    def __getattr__(self, name: str) -> object:
        found = getattr(self.inner, name)
        if not callable(found):
            return found

        def call(*args: object, **kwargs: object) -> object:
            self.fuse.burn()
            answer: object = found(*args, **kwargs)
            self.fuse.burn()
            return answer

        return call


def fused(port: P, fuse: Fuse) -> P:
    """The same port over a fuse."""
    return cast("P", _Fused(port, fuse))
