"""Keys and secrets that a store makes for itself; each is shown once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.app.founding import BASE62, key_text, text
from shopbell.app.paging import page_of
from shopbell.app.turning import TRIES
from shopbell.domain.clock import MINUTE, Clock, Duration, Instant, format_instant
from shopbell.domain.errors import Conflict, NotFound, Rejected, Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.keys import MARK, digest_of
from shopbell.domain.once import Once
from shopbell.domain.signatures import MOST, OVERLAP, IdentifySecret, accepted, dump, load, room_from
from shopbell.domain.store import Key, KeyKind, Role
from shopbell.ports import Keys, OnceCalls, Page, RandomBytes, Secrets

_LENGTH: Final = 43
"""Characters of base 62: 256 bits."""
_MAKING: Final = "identify-secret"
_TURN: Final[Duration] = MINUTE
"""Longer than any call takes: whoever dies in their turn keeps others from it no longer."""


@dataclass(frozen=True, slots=True)
class MadeSecret:
    """`before_until`: until when the secret that it follows is still good; None: it is the first."""

    text: str = field(repr=False)
    made_at: Instant
    before_until: Instant | None


@dataclass(frozen=True, slots=True)
class MakeIdentifySecret:
    """They lie in one place, which has no conditional write: one at a time is made, in its turn."""

    secrets: Secrets
    turns: OnceCalls
    random: RandomBytes
    now: Clock

    def __call__(self, store: StoreId) -> MadeSecret:
        """A new one beside all that are good, which stay so until their own ends.

        Conflict where another is being made, and where too many are good.
        """
        now = self.now()
        turn = Once("", now + _TURN)
        if self.turns.begin(store, _MAKING, turn, now) is not None:
            raise Conflict("Another identify secret is being made: try again in a minute.")
        try:
            return self._made(store, now)
        finally:
            self.turns.end(store, _MAKING, replace(turn, until=now))

    def _made(self, store: StoreId, now: Instant) -> MadeSecret:
        name = f"{store}/identify"
        before = accepted(self._known(name), now)
        if len(before) >= MOST:
            until = format_instant(room_from(before))
            raise Conflict(f"{MOST} identify secrets are good already: the oldest ends at {until}.")
        made = IdentifySecret(f"sb_idn_{store}_{text(self.random, _LENGTH, BASE62)}", now)
        self.secrets.put(name, dump([made, *before]))
        return MadeSecret(made.text, now, now + OVERLAP if before else None)

    def _known(self, name: str) -> tuple[IdentifySecret, ...]:
        """As they stand: of what this process remembers another may have made more."""
        try:
            return load(self.secrets.get(name, fresh=True))
        except NotFound:
            return ()


@dataclass(frozen=True, slots=True)
class MadeKey:
    key: Key
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MakeKey:
    keys: Keys
    random: RandomBytes
    now: Clock

    def __call__(
        self, store: StoreId, kind: KeyKind, role: Role | None, name: str | None = None, by: str | None = None
    ) -> MadeKey:
        """Of the key itself only its digest is kept. Rejected unless a management key, and no other, has a role.

        `by`: the mark of the key that asks for it.
        """
        if (kind == "mgmt") is (role is None):
            raise Rejected.at(
                "role", "is required for a management key" if kind == "mgmt" else "is for kind mgmt alone"
            )
        shown = key_text(self.random, kind, store)
        made = Key(store, digest_of(shown), kind, role, self.now(), name=name, created_by=by)
        self.keys.add_key(made)
        return MadeKey(made, shown)


@dataclass(frozen=True, slots=True)
class RevokeKey:
    """A revoked key is dead within a minute (ruling 28), and stays on the list."""

    keys: Keys

    def __call__(self, store: StoreId, name: str) -> None:
        """NotFound, or Conflict for the last key that could make another, also where two revoke each other."""
        for _ in range(TRIES):
            turn = self.keys.turn(store)
            known = [key for key, _ in self.keys.keys(store)]
            key = _named(known, name)
            if key.revoked:
                return
            if _admin(key) and not any(_admin(one) for one in known if one != key):
                raise Conflict("It is the store's last admin key: make another one first.")
            if self.keys.turned(store, turn, [(key, replace(key, revoked=True))]):
                return
        raise Unavailable("the store's keys kept changing")


@dataclass(frozen=True, slots=True)
class RotateKey:
    """A new key in the place of an old one, which stays good for a while so that nobody is locked out."""

    keys: Keys
    random: RandomBytes
    now: Clock

    def __call__(self, store: StoreId, name: str, overlap: Duration, by: str | None) -> tuple[MadeKey, Instant]:
        """The new one, and until when the old one opens. NotFound; Conflict where it is on its way out already.

        Both are written at once: of a key that is revoked at the same time nothing comes, and none is revived.
        """
        for _ in range(TRIES):
            turn, now = self.keys.turn(store), self.now()
            old = _named([key for key, _ in self.keys.keys(store)], name)
            if old.revoked or old.expires_at is not None:
                raise Conflict("It is revoked, or another key has taken its place already.")
            shown = key_text(self.random, old.kind, store)
            made = replace(old, digest=digest_of(shown), created_at=now, created_by=by, line=line_of(old))
            ending = replace(old, expires_at=now + overlap)
            if self.keys.turned(store, turn, [(old, ending), (None, made)]):
                return MadeKey(made, shown), now + overlap
        raise Unavailable("the store's keys kept changing")


@dataclass(frozen=True, slots=True)
class ListKeys:
    keys: Keys

    def __call__(self, store: StoreId) -> Sequence[tuple[Key, Instant | None]]:
        """Oldest first, each with its last use."""
        return self.keys.keys(store)

    def page(self, store: StoreId, after: str | None, limit: int) -> Page[tuple[Key, Instant | None]]:
        """The same; never of the digest is told more than its mark."""
        return page_of(self(store), lambda row: f"{row[0].created_at:015d}#{mark_of(row[0])}", after, limit)


def mark_of(key: Key) -> str:
    """What people call a key, since nobody can show the key itself any more."""
    return key.digest[:MARK]


def line_of(key: Key) -> str:
    """The same for all keys that took each other's place: they are one person's."""
    return key.line or mark_of(key)


def same_person(keys: Sequence[Key], one: str, other: str | None) -> bool:
    """Whether keys of these marks are the same, or came of each other by rotation."""
    lines = {mark_of(key): line_of(key) for key in keys}
    return other is not None and lines.get(one, one) == lines.get(other, other)


def _named(known: Sequence[Key], name: str) -> Key:
    found = next((one for one in known if mark_of(one) == name), None)
    if found is None:
        raise NotFound(name)
    return found


def _admin(key: Key) -> bool:
    """Whether it can make another, and goes on to."""
    return key.role == "admin" and not key.revoked and key.expires_at is None
