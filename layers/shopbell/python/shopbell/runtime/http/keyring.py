"""From the key that a call carries to who calls: tracking checks its keys itself, the authorizer for management."""

from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import MINUTE, Clock, Duration
from shopbell.domain.errors import Forbidden
from shopbell.domain.keys import ApiKey, parse_key
from shopbell.domain.origins import OriginRefused, admitted
from shopbell.domain.store import KeyKind, Principal, Store
from shopbell.ports import Stores
from shopbell.runtime.http.remembered import Remembered
from shopbell.runtime.http.request import Request

KEEP: Final[Duration] = MINUTE
"""A revoked key is dead within it (ruling 28)."""
KEY_MARK: Final = 8
"""Characters of its hash that name a key where people read it: enough to tell a store's keys apart."""
_NO_KEY: Final = "Send a key of this store as `Authorization: Bearer sb_…`."
_NOT_KNOWN: Final = "The key is unknown or revoked."


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a key stands for, with the store as it was at most a minute ago."""

    principal: Principal
    store: Store


class Keyring:
    """Looks keys up, at most once a minute each."""

    def __init__(self, stores: Stores, now: Clock) -> None:
        self._stores = stores
        self._now = now
        self._callers = Remembered(self._look_up, KEEP, now)

    def of(self, key: ApiKey) -> Caller | None:
        """None: nobody has it, or it was revoked."""
        return self._callers(key)

    def _look_up(self, key: ApiKey) -> Caller | None:
        stored = self._stores.key(key.store, key.digest)
        store = self._stores.get(key.store)
        now = self._now()
        if stored is None or not stored.alive(now) or stored.kind != key.kind or store is None:
            return None
        self._stores.used(stored, now)
        return Caller(Principal(stored.store, stored.kind, stored.role, stored.digest[:KEY_MARK]), store)


def tracking_caller(request: Request, keyring: Keyring, kinds: frozenset[KeyKind]) -> Caller:
    """Raises Forbidden: 401 without a good key, 403 with one of the wrong kind or from a foreign page."""
    key = presented(request)
    caller = keyring.of(key) if key else None
    if key is None or caller is None:
        raise Forbidden(_NOT_KNOWN if key else _NO_KEY, status=401)
    if key.kind not in kinds:
        wanted = " or ".join(f"sb_{kind}_" for kind in sorted(kinds))
        raise Forbidden(f"This call takes a key that begins with {wanted}, not sb_{key.kind}_.")
    origin = request.origin
    if key.kind == "pub" and origin is not None and not admitted(origin, caller.store.origins):
        raise OriginRefused(origin)
    return caller


def presented(request: Request) -> ApiKey | None:
    """The key in `Authorization`, else a browser key in `?key=`: URLs are logged, so no other kind may go there."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme:
        return parse_key(value.strip()) if scheme.lower() == "bearer" else None
    key = parse_key(request.query.get("key", ""))
    if key is not None and key.kind != "pub":
        raise Forbidden("Only a browser key (sb_pub_) may stand in a URL; send this one in `Authorization`.")
    return key
