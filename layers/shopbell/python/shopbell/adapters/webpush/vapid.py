"""VAPID signatures by py_vapid, the signer of pywebpush: one per push service and key, used for half a day."""

from dataclasses import dataclass, field
from typing import Final

from py_vapid import Vapid

from shopbell.adapters.webpush.keys import load_private
from shopbell.domain.clock import SECOND, Instant
from shopbell.domain.push.vapid import claims, usable

_CACHED_AT_MOST: Final = 4_096


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, PEM or 32 raw bytes, and the contact of the store that signs with it. Never printed."""

    private: bytes = field(repr=False)
    subject: str
    """Passed `domain.push.vapid.check_subject`."""


@dataclass(frozen=True, slots=True)
class _Signature:
    header: str = field(repr=False)
    expires: Instant


class VapidSigner:
    """Makes the `Authorization` header; remembers keys and signatures, so make one for a process."""

    def __init__(self) -> None:
        self._signers: dict[bytes, Vapid] = {}
        self._signatures: dict[tuple[str, SigningKey], _Signature] = {}

    def authorization(self, origin: str, key: SigningKey, now: Instant) -> str:
        """`vapid t=…,k=…` for one push service (`Endpoint.origin`), good for at least half an hour from `now`.

        ValueError if the private key is none.
        """
        known = self._signatures.get((origin, key))
        if known is not None and usable(known.expires, now):
            return known.header
        fresh = self._sign(origin, key, now)
        if len(self._signatures) >= _CACHED_AT_MOST:
            self._signatures.clear()
            self._signers.clear()
        self._signatures[origin, key] = fresh
        return fresh.header

    def _sign(self, origin: str, key: SigningKey, now: Instant) -> _Signature:
        signer = self._signers.get(key.private)
        if signer is None:
            # its own check of `sub` refuses any https contact with a path; ours is the stricter one
            signer = self._signers[key.private] = Vapid(load_private(key.private), {"no-strict": True})
        said = claims(origin, key.subject, now)
        return _Signature(str(signer.sign(said)["Authorization"]), int(said["exp"]) * SECOND)
