"""A world that fails: refuses calls at random, and does others but loses the answer."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from shopbell.domain.errors import Unavailable

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class _Unreliable:
    inner: object
    chance: random.Random
    refused: float
    lost: float

    def __getattr__(self, name: str) -> Callable[..., object]:
        method: Callable[..., object] = getattr(self.inner, name)

        def call(*args: object, **kwargs: object) -> object:
            if self.chance.random() < self.refused:
                raise Unavailable(f"{name} was refused")
            answer = method(*args, **kwargs)
            if self.chance.random() < self.lost:
                raise Unavailable(f"the answer of {name} was lost")
            return answer

        return call


def unreliable(port: P, chance: random.Random, *, refused: float = 0.1, lost: float = 0.1) -> P:
    """The same port, of which each call raises Unavailable with these chances: before it, or after it was done."""
    return cast(P, _Unreliable(port, chance, refused, lost))
