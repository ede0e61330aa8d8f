"""One page of a longer list."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items in key order, and where the next page begins; None: there is none."""

    items: tuple[T, ...]
    cursor: str | None = None
