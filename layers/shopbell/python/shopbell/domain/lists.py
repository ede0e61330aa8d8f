"""A static list: visitors whom somebody wrote down; rules read it as the trait `list.<id>`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import ListId, StoreId
from shopbell.domain.rules.traits import LIST_PREFIX

ListMode = Literal["add", "remove", "replace"]
"""What becomes of those who are on a list when others are given; `replace`: who is not given goes."""


@dataclass(frozen=True, slots=True)
class VisitorList:
    """`size`: how many were on it when it last changed."""

    store: StoreId
    id: ListId
    name: str
    created_at: Instant
    changed_at: Instant
    revision: int
    description: str | None = None
    size: int = 0
    going: bool = False
    """Deleted by its owner; it is gone once all of its members are."""


def list_trait(name: ListId) -> str:
    """What the fold keeps of it, true while the visitor is on it (ruling 27)."""
    return LIST_PREFIX + name


def names_list(rule: Json, name: ListId) -> bool:
    """Whether a leaf of a stored rule reads this list."""
    match rule:
        case {"list": str(read)}:
            return read == name
        case Mapping():
            return any(names_list(each, name) for each in rule.values())
        case Sequence() if not isinstance(rule, str):
            return any(names_list(each, name) for each in rule)
        case _:
            return False
