"""One POST and its answer on a libcurl handle that is used again and again."""

from dataclasses import dataclass
from typing import Final

import pycurl

from shopbell.adapters.webpush.trust import Trust
from shopbell.domain.clock import SECOND, Duration
from shopbell.domain.push.values import Failure, PushAnswer, PushRequest

MAX_ANSWER: Final = 4_096
"""Bytes of an answer's body that are read; of its headers the same."""

_CUT_BY_US: Final = 23
# libcurl's error numbers (curl/curl.h); any other means that the exchange broke off
_FAILURES: Final[dict[int, Failure]] = {
    **dict.fromkeys((1, 3), "refused"),
    **dict.fromkeys((5, 6), "dns"),
    7: "connect",
    28: "timeout",
    **dict.fromkeys((35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91, 98), "tls"),
    **dict.fromkeys((_CUT_BY_US, 63, 100), "too_large"),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a connection may cost and whom it may trust; the same for every exchange of a transport."""

    trust: Trust
    connect_to: tuple[str, ...] = ()
    connect_timeout: Duration = 2 * SECOND
    timeout: Duration = 10 * SECOND


class Exchange:
    """`begin` it, let libcurl do it, ask for its `answer`; then it can begin again."""

    def __init__(self, limits: Limits) -> None:
        self.handle = pycurl.Curl()
        self.index = -1
        self._headers: dict[str, str] = {}
        self._header_bytes = 0
        self._body = bytearray()
        for option, value in _constant(limits):
            self.handle.setopt(option, value)
        self.handle.setopt(pycurl.HEADERFUNCTION, self._on_header)
        self.handle.setopt(pycurl.WRITEFUNCTION, self._on_body)

    def begin(self, index: int, request: PushRequest, *, plain: bool) -> None:
        """Only `plain` makes http possible: no redirect, no configuration and no mistake can."""
        self.index = index
        self._headers.clear()
        self._header_bytes = 0
        self._body.clear()
        lines = [f"{name}: {value}" for name, value in request.headers.items()]
        self.handle.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP if plain else pycurl.PROTO_HTTPS)
        self.handle.setopt(pycurl.URL, request.url)
        # an empty Expect: the pause for "100 Continue" would cost a round trip
        self.handle.setopt(pycurl.HTTPHEADER, [*lines, "Expect:"])
        self.handle.setopt(pycurl.POSTFIELDS, request.body)

    def answer(self, error: int, message: str) -> PushAnswer:
        """`error` is libcurl's number, 0 for none. A final status is an answer, however the rest of it ended."""
        status = int(self.handle.getinfo(pycurl.RESPONSE_CODE))
        failure = _FAILURES.get(error, "reset") if error else None
        if status >= 200:  # noqa: PLR2004 - 1xx are no answers (RFC 9110 section 15.2)
            return PushAnswer(status, self._body.decode("utf-8", "replace"), dict(self._headers), failure)
        return PushAnswer(0, f"{error}: {message}", {}, failure or "reset")

    def _on_header(self, line: bytes) -> None:
        if line.startswith(b"HTTP/"):
            self._headers.clear()
        self._header_bytes += len(line)
        name, colon, value = line.decode("latin-1").partition(":")
        if colon and self._header_bytes <= MAX_ANSWER:
            self._headers[name.strip().lower()] = value.strip()

    def _on_body(self, data: bytes) -> int:
        """Answering less than was given makes libcurl end the exchange (but keep an HTTP/2 connection)."""
        room = MAX_ANSWER - len(self._body)
        self._body += data[:room]
        return len(data) if len(data) <= room else 0


def _constant(limits: Limits) -> list[tuple[int, object]]:
    options: list[tuple[int, object]] = [
        (pycurl.POST, 1),
        (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS),
        # wait for the first connection's ALPN: without it each of the first exchanges opens its own
        (pycurl.PIPEWAIT, 1),
        (pycurl.FOLLOWLOCATION, 0),
        (pycurl.PROXY, ""),
        (pycurl.NOPROXY, "*"),
        (pycurl.SSL_VERIFYPEER, 1),
        (pycurl.SSL_VERIFYHOST, 2),
        (pycurl.PATH_AS_IS, 1),
        (pycurl.NOSIGNAL, 1),
        (pycurl.TCP_KEEPALIVE, 1),
        (pycurl.CONNECTTIMEOUT_MS, limits.connect_timeout),
        (pycurl.TIMEOUT_MS, limits.timeout),
        (pycurl.USERAGENT, "shopbell"),
        (pycurl.CONNECT_TO, list(limits.connect_to)),
    ]
    trust = limits.trust
    if trust.directory is not None:
        options.append((pycurl.CAPATH, trust.directory))
    if trust.file is not None:
        options.append((pycurl.CAINFO, trust.file))
    if trust.text is not None:
        options.append((pycurl.CAINFO_BLOB, trust.text))
    return options
