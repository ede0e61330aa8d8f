"""Found a store: its row, keys, VAPID pair, secrets and predefined segments; every secret is answered once."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import Conflict, Problem, Rejected
from shopbell.domain.ids import SegmentId, StoreId, VapidKeyId
from shopbell.domain.keys import digest_of
from shopbell.domain.origins import check_origin
from shopbell.domain.policy import CAPS, QUIET_HOURS, Cap, QuietHours
from shopbell.domain.predefined.library import installed
from shopbell.domain.predefined.model import Predefined
from shopbell.domain.predefined.render import render
from shopbell.domain.push.vapid import check_subject
from shopbell.domain.scores.ledgers import buyers_segment
from shopbell.domain.segments.definition import Segment
from shopbell.domain.store import Key, KeyKind, Role, Store, VapidKey
from shopbell.ports import RandomBytes, Secrets, Segments, Stores

STORE_ID_LENGTH: Final = 10
SECRET_LENGTH: Final = 32
TOKEN_SECRET_BYTES: Final = 32
MAX_NAME: Final = 200
_LOWER: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
BASE62: Final = _LOWER + _LOWER[:26].upper()
_KEYS: Final[tuple[tuple[KeyKind, Role | None], ...]] = (("pub", None), ("srv", None), ("mgmt", "admin"))

VapidPairs = Callable[[], tuple[bytes, str]]
"""A new (private PEM, public key in base64url)."""


Limits = tuple[tuple[Cap, ...], QuietHours]
LIMITS: Final[Limits] = (CAPS, QUIET_HOURS)
NO_LIMITS: Final[Limits] = ((), QuietHours(0, 0))
"""For trying it out: every message is seen at once, however many and at whatever hour."""


@dataclass(frozen=True, slots=True)
class NewStore:
    """What the founder decides."""

    name: str
    contact: str
    origins: tuple[str, ...] = ()
    time_zone: str = "UTC"
    currency: str = "EUR"
    language: str = "en"
    shards: int = 1
    limits: Limits = LIMITS


@dataclass(frozen=True, slots=True)
class StoreKeys:
    """Shown once: of the keys only hashes are kept."""

    store_id: StoreId
    publishable_key: str = field(repr=False)
    server_key: str = field(repr=False)
    management_key: str = field(repr=False)
    vapid_public_key: str


@dataclass(frozen=True, slots=True)
class FoundStore:
    """Makes a store that can take events and send pushes at once."""

    stores: Stores
    secrets: Secrets
    segments: Segments
    vapid_pair: VapidPairs
    random: RandomBytes
    now: Clock

    def __call__(self, wanted: NewStore) -> StoreKeys:
        """Raises Rejected for a name, contact or origin that none can be, Conflict if chance gave an id twice."""
        check_subject(wanted.contact)
        _check(wanted)
        now = self.now()
        store_id = StoreId(text(self.random, STORE_ID_LENGTH, _LOWER))
        private, public = self.vapid_pair()
        vapid = VapidKey(VapidKeyId("k1"), public, "active", now)
        # secrets first: a store that is readable must be able to send
        self.secrets.put(f"{store_id}/vapid/{vapid.id}", private)
        self.secrets.put(f"{store_id}/message-token", token_keys(self.random))
        if not self.stores.save(_store(wanted, store_id, vapid, now), expected=None):
            raise Conflict(f"store {store_id} is already there")
        keys = {kind: self._key(store_id, kind, role, now) for kind, role in _KEYS}
        self.segments.save(buyers_segment(store_id, now, there=False), expected=None)
        for row in installed():
            self.segments.save(predefined(store_id, row, now), expected=None)
        return StoreKeys(store_id, keys["pub"], keys["srv"], keys["mgmt"], public)

    def _key(self, store: StoreId, kind: KeyKind, role: Role | None, now: Instant) -> str:
        secret = key_text(self.random, kind, store)
        self.stores.add_key(Key(store, digest_of(secret), kind, role, now))
        return secret


def _check(wanted: NewStore) -> None:
    problems = []
    if not wanted.name.strip() or len(wanted.name) > MAX_NAME or not wanted.name.isprintable():
        problems.append(Problem("name", f"must be 1 to {MAX_NAME} printable characters"))
    for place, origin in enumerate(wanted.origins):
        try:
            check_origin(origin)
        except ValueError as exc:
            problems.append(Problem(f"origins.{place}", str(exc)))
    if problems:
        raise Rejected(problems)


def text(random: RandomBytes, length: int, alphabet: str) -> str:
    """`length` characters, each equally likely: bytes beyond the last whole multiple are thrown away."""
    limit = 256 - 256 % len(alphabet)
    drawn: list[str] = []
    while len(drawn) < length:
        drawn += [alphabet[byte % len(alphabet)] for byte in random(length) if byte < limit]
    return "".join(drawn[:length])


def key_text(random: RandomBytes, kind: KeyKind, store: StoreId) -> str:
    """A new API key, as it is shown once."""
    return f"sb_{kind}_{store}_{text(random, SECRET_LENGTH, BASE62)}"


def token_keys(random: RandomBytes) -> bytes:
    """The first message-token key, as the secret is kept: key id to base64 (ruling 29)."""
    keys: Mapping[str, str] = {"1": base64.b64encode(random(TOKEN_SECRET_BYTES)).decode()}
    return json.dumps(keys).encode()


def predefined(store: StoreId, row: Predefined, now: Instant) -> Segment:
    """An editable draft; it costs nothing until it is activated (ruling 19)."""
    rendered = render(row)
    return Segment(
        store=store,
        id=SegmentId(row.id),
        name=rendered.name,
        rule=rendered.rule,
        state="draft",
        version=1,
        revision=1,
        created_at=now,
        last_changed_at=now,
        description=row.description,
        tags=("predefined",),
    )


def _store(wanted: NewStore, store_id: StoreId, vapid: VapidKey, now: Instant) -> Store:
    return Store(
        id=store_id,
        name=wanted.name,
        shards=wanted.shards,
        created_at=now,
        contact=wanted.contact,
        time_zone=wanted.time_zone,
        currency=wanted.currency,
        language=wanted.language,
        origins=wanted.origins,
        vapid_keys=(vapid,),
        caps=wanted.limits[0],
        quiet_hours=wanted.limits[1],
    )
