"""An API key as the shop holds it: `sb_<kind>_<store>_<secret>`, which alone says whose data a call is about."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Final, cast

from shopbell.domain.ids import StoreId
from shopbell.domain.store import KeyKind

MARK: Final = 8
"""Characters of its digest that name a key where people read it: enough to tell a store's keys apart."""
_KEY: Final = re.compile(r"sb_(pub|srv|mgmt)_([a-z0-9]{10})_([0-9A-Za-z]{32})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A well-formed key; whether it is anybody's is for the store's list of digests to say."""

    kind: KeyKind
    store: StoreId
    text: str = field(repr=False)

    @property
    def digest(self) -> str:
        """What is stored: SHA-256 of the whole key, 64 characters of hex."""
        return digest_of(self.text)


def digest_of(text: str) -> str:
    """SHA-256 of a whole key, 64 characters of hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def parse_key(text: str) -> ApiKey | None:
    """None when it cannot be a key of ours."""
    found = _KEY.fullmatch(text)
    if found is None:
        return None
    return ApiKey(cast("KeyKind", found[1]), StoreId(found[2]), text)
