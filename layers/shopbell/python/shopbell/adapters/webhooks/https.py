"""Posts to addresses that stores gave: what a name leads to is looked at where the connection is made.

A check of the name's addresses beforehand proves nothing, for the next look-up may answer otherwise (DNS rebinding).
So libcurl asks for each socket that it is about to connect, and gets none for an address that is not public.
"""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pycurl

from shopbell.adapters.webpush.exchange import Exchange, Limits
from shopbell.domain.clock import Clock
from shopbell.domain.push.values import PushRequest
from shopbell.domain.webhooks.addresses import is_public
from shopbell.ports.webhooks import HookAnswer

REFUSED: Final = "the address is not public"
_PLAIN: Final = "http://127.0.0.1:"
LOOPBACK: Final = "127.0.0.1"
Admits = Callable[[str], bool]


@dataclass(slots=True)
class _Guard:
    """Opens the sockets of one post; once one was refused, none is opened any more."""

    admits: Admits
    refused: bool = False

    def __call__(self, _: int, address: Any) -> Any:
        family, kind, protocol, place = address
        self.refused |= not self.admits(place[0])
        return pycurl.SOCKET_BAD if self.refused else socket.socket(family, kind, protocol)


@dataclass(frozen=True, slots=True)
class HttpsHooks:
    """A connection of its own for each post: nothing is kept that was checked for another one.

    Redirects are not followed, no proxy is asked, of an answer 4 KB are read, and it all ends in time (`limits`).
    """

    limits: Limits
    loopback: bool
    """Stage local: `http://127.0.0.1:<port>` may be posted to as well."""
    now: Clock
    admits: Admits = is_public

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        plain = self.loopback and url.startswith(_PLAIN)
        if not (plain or url.startswith("https://")) or not _printable(url, headers):
            return HookAnswer(0, REFUSED)
        guard, began = _Guard(partial(_is, LOOPBACK) if plain else self.admits), self.now()
        exchange = Exchange(self.limits)
        try:
            exchange.handle.setopt(pycurl.OPENSOCKETFUNCTION, guard)
            exchange.begin(0, PushRequest(url, headers, body), plain=plain)
            error, message = _perform(exchange.handle)
            answer = exchange.answer(error, message)
        finally:
            exchange.handle.close()
        if guard.refused:
            return HookAnswer(0, REFUSED)
        failure = None if answer.status else _WORDS.get(answer.failure or "reset", answer.failure)
        return HookAnswer(answer.status, failure, answer.headers, self.now() - began)


_WORDS: Final[Mapping[str, str]] = {
    "timeout": "no answer in time",
    "dns": "the name is not known",
    "connect": "nobody takes the connection",
    "tls": "the certificate or TLS is not good",
    "reset": "the connection broke off",
    "too_large": "the answer is too large",
    "refused": REFUSED,
}


def _is(wanted: str, address: str) -> bool:
    return address == wanted


def _printable(url: str, headers: Mapping[str, str]) -> bool:
    """Nothing that would break the request."""
    text = "".join((url, *headers, *headers.values()))
    return text.isascii() and text.isprintable()


def _perform(handle: pycurl.Curl) -> tuple[int, str]:
    """The error number of libcurl, 0 for none, with its words."""
    try:
        handle.perform()
    except pycurl.error as exc:
        told: tuple[Any, ...] = exc.args
        return int(told[0]), str(told[1])
    return 0, ""
