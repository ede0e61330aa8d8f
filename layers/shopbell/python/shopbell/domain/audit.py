"""Who changed what of a store, and how it stood before and after: a line for each write of its people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.store import Role

KEPT: Final[Duration] = 400 * DAY
LONGEST: Final = 2_000
"""Bytes of JSON that a side of a change may have; of a longer one the size is kept alone."""
_NEVER: Final = frozenset({"secret", "private_key", "auth", "code", "codes", "items"})
"""Fields that an audit trail must not repeat: secrets, codes that are worth money, whole lists."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`before` null: it was not there, or nothing was; `after` null: it is gone."""

    field: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One write that succeeded, or broke off (503), so that nobody knows how far it came. `key`: the first characters
    of the hash of the caller's key.
    """

    store: StoreId
    id: str
    at: Instant
    key: str | None
    role: Role | None
    operation: str
    method: str
    path: str
    status: int
    changes: tuple[FieldChange, ...] = ()


def changed(before: Mapping[str, Json], after: Mapping[str, Json]) -> tuple[FieldChange, ...]:
    """The fields that differ, by name; either side may be {}: there was nothing, or there is nothing any more."""
    names = sorted((before.keys() | after.keys()) - _NEVER)
    return tuple(
        FieldChange(name, _short(before.get(name)), _short(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    )


def _short(value: Json) -> Json:
    kept = _clean(value)
    size = len(orjson.dumps(kept))
    return kept if size <= LONGEST else {"omitted_bytes": size}


def _clean(value: Json) -> Json:
    """Without what must not be repeated, at any depth."""
    if isinstance(value, Mapping):
        return {name: _clean(inside) for name, inside in value.items() if name not in _NEVER}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_clean(inside) for inside in value]
    return value
