"""Keys and secrets over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from shopbell.app.management.keys import (
    ListKeys,
    MadeKey,
    MadeSecret,
    MakeIdentifySecret,
    MakeKey,
    RevokeKey,
    RotateKey,
    mark_of,
)
from shopbell.domain.clock import Clock, Instant, format_instant
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.keys import KeyIn, KeyRotationIn
from shopbell.domain.store import Key
from shopbell.ports import Keys, OnceCalls, RandomBytes, Secrets
from shopbell.runtime.http import key_answers as out
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer, answer, nothing
from shopbell.runtime.http.request import Request
from shopbell.runtime.http.shapes import instant


@dataclass(frozen=True, slots=True)
class KeyCalls:
    make_secret: MakeIdentifySecret
    make_key: MakeKey
    rotate: RotateKey
    revoke: RevokeKey
    keys: ListKeys

    @classmethod
    def over(cls, keys: Keys, secrets: Secrets, turns: OnceCalls, random: RandomBytes, now: Clock) -> "KeyCalls":
        make = MakeKey(keys, random, now)
        identify = MakeIdentifySecret(secrets, turns, random, now)
        return cls(identify, make, RotateKey(keys, random, now), RevokeKey(keys), ListKeys(keys))

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {
            "listKeys": self._list,
            "makeKey": self._make,
            "rotateKey": self._rotate,
            "revokeKey": self._revoke,
        }

    @property
    def twins(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        """For the trail: what the calls about one key change of it, for no call reads one alone."""
        return dict.fromkeys(("rotateKey", "revokeKey"), self._one)

    def _list(self, store: StoreId, request: Request) -> Answer:
        return reading.listed_by_place(request, partial(self.keys.page, store), _key)

    def _one(self, store: StoreId, request: Request) -> Answer:
        found = next((row for row in self.keys(store) if mark_of(row[0]) == request.params["key_id"]), None)
        return nothing() if found is None else answer(_key(found))

    def _make(self, store: StoreId, request: Request) -> Answer:
        given = reading.body(KeyIn, request)
        if given.kind != "identify":
            made = _made_key(self.make_key(store, given.kind, given.role, given.name, reading.caller(request)))
        elif given.role is not None:
            raise Rejected.at("role", "is for kind mgmt alone")
        elif given.name is not None:
            raise Rejected.at("name", "is for keys alone; there is one identify secret")
        else:
            made = _made_secret(self.make_secret(store))
        return answer(made, 201, headers={"cache-control": "no-store"})

    def _rotate(self, store: StoreId, request: Request) -> Answer:
        given = reading.body(KeyRotationIn, request)
        made, until = self.rotate(store, request.params["key_id"], given.time, reading.caller(request))
        return answer(_made_key(made, until), 201, headers={"cache-control": "no-store"})

    def _revoke(self, store: StoreId, request: Request) -> Answer:
        self.revoke(store, request.params["key_id"])
        return nothing()


def _key(row: tuple[Key, Instant | None]) -> out.KeyOut:
    known, used_at = row
    return out.KeyOut(
        id=mark_of(known),
        kind=known.kind,
        role=known.role,
        name=known.name,
        created_by=known.created_by,
        created_at=format_instant(known.created_at),
        last_used_at=instant(used_at),
        expires_at=instant(known.expires_at),
        revoked=known.revoked,
    )


def _made_key(made: MadeKey, previous_until: Instant | None = None) -> out.SecretOut:
    key = made.key
    return out.SecretOut(
        id=mark_of(key),
        kind=key.kind,
        role=key.role,
        name=key.name,
        secret=made.text,
        created_at=format_instant(key.created_at),
        previous_until=instant(previous_until),
    )


def _made_secret(made: MadeSecret) -> out.SecretOut:
    return out.SecretOut(
        id=None,
        kind="identify",
        role=None,
        name=None,
        secret=made.text,
        created_at=format_instant(made.made_at),
        previous_until=instant(made.before_until),
    )
