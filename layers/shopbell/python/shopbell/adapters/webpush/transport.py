"""The PushTransport: many POSTs at once over few kept HTTP/2 connections, by libcurl."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from time import sleep
from typing import Final

import pycurl

from shopbell.adapters.webpush.exchange import Exchange, Limits
from shopbell.domain.push.values import PushAnswer, PushRequest

IN_FLIGHT: Final = 100
"""Exchanges at once: what most servers admit on one HTTP/2 connection."""
CONNECTIONS_PER_HOST: Final = 8
CONNECTIONS: Final = 200

_WAIT: Final = 1.0
"""Seconds; libcurl wakes us for its own timers, this only bounds a lost one."""
_NO_SOCKET_WAIT: Final = 0.005
_REDIRECTION: Final = re.compile(r"([A-Za-z0-9.-]+:\d{1,5})=([A-Za-z0-9.-]+:\d{1,5})")


def parse_connect_to(text: str) -> tuple[str, ...]:
    """`host:443=127.0.0.1:9443,…` as libcurl's CONNECT_TO: another address, the same name and certificate.

    ValueError names the entry that has another form (ruling 39).
    """
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    found = [(entry, _REDIRECTION.fullmatch(entry)) for entry in entries]
    for entry, match in found:
        if match is None:
            raise ValueError(f"{entry!r} is not host:port=host:port")
    return tuple(f"{match[1]}:{match[2]}" for _, match in found if match)


class CurlTransport:
    """Keeps its connections from call to call: make one for a process.

    Each post runs on a line of its own (a multi handle with its connections), so that calls may overlap, also in
    threads; lines that come free are used again.
    """

    def __init__(self, limits: Limits, plain_origins: frozenset[str] = frozenset()) -> None:
        """`plain_origins`: the origins for which http is admitted, such as `http://127.0.0.1:8080`."""
        self._limits = limits
        self._plain = plain_prefixes(plain_origins)
        self._free: list[_Line] = []

    def post(self, requests: Sequence[PushRequest]) -> Iterator[tuple[int, PushAnswer]]:
        """(index, answer) in the order of completion, at most 100 under way; never raises for a single push.

        Whoever stops reading ends the exchanges that are under way: their fate is then unknown.
        """
        line = self._free.pop() if self._free else _Line(self._limits)
        waiting = iter(enumerate(requests))
        try:
            while True:
                for index, request in islice(waiting, IN_FLIGHT - line.busy):
                    why = refusal(request, self._plain)
                    if why is None:
                        line.begin(index, request, plain=request.url.startswith("http://"))
                    else:
                        yield index, PushAnswer(0, why, {}, "refused")
                if not line.busy:
                    return
                yield from line.finished()
        finally:
            line.abandon()
            if not line.suspect:
                self._free.append(line)


def plain_prefixes(origins: Iterable[str]) -> tuple[str, ...]:
    """How the addresses begin that may be posted to without TLS."""
    return tuple(f"{origin}/" for origin in origins if origin.startswith("http://"))


def refusal(request: PushRequest, plain: tuple[str, ...]) -> str | None:
    """Why it is not sent at all; None if it may be. `plain` as of `plain_prefixes`."""
    if not request.url.startswith(("https://", *plain)):
        return "neither https nor an admitted local origin"
    if not _is_plain("".join((request.url, *request.headers, *request.headers.values()))):
        return "characters that would break the request"
    return None


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


class _Line:
    """A multi handle, its connections and its handles."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._idle: list[Exchange] = []
        self._active: dict[pycurl.Curl, Exchange] = {}
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_PIPELINING, pycurl.PIPE_MULTIPLEX)
        self._multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, CONNECTIONS_PER_HOST)
        self._multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, CONNECTIONS)
        self._multi.setopt(pycurl.M_MAXCONNECTS, CONNECTIONS)
        self.suspect = False
        """After a timeout: its connections may lead nowhere, and libcurl would go on using them."""

    @property
    def busy(self) -> int:
        return len(self._active)

    def begin(self, index: int, request: PushRequest, *, plain: bool) -> None:
        exchange = self._idle.pop() if self._idle else Exchange(self._limits)
        exchange.begin(index, request, plain=plain)
        self._active[exchange.handle] = exchange
        self._multi.add_handle(exchange.handle)

    def finished(self) -> Iterator[tuple[int, PushAnswer]]:
        """Do what can be done now, then wait for more; whatever ended meanwhile."""
        _, running = self._multi.perform()
        if running == self.busy:
            self._wait()
            return
        more = 1
        while more:
            more, accepted, failed = self._multi.info_read()
            ended = [(handle, 0, "") for handle in accepted] + [(h, code, text) for h, code, text in failed]
            for handle, error, message in ended:
                exchange = self._release(handle)
                answer = exchange.answer(error, message)
                self.suspect |= answer.failure == "timeout"
                yield exchange.index, answer

    def _wait(self) -> None:
        """Until a connection stirs or a timer of libcurl runs out."""
        timer = self._multi.timeout()
        wait = _WAIT if timer < 0 else min(_WAIT, timer / 1_000)
        if self._multi.select(wait) < 0:
            # it has no socket yet (a name is being looked up), and then does not wait at all
            sleep(min(wait, _NO_SOCKET_WAIT))

    def abandon(self) -> None:
        for handle in list(self._active):
            self._release(handle)
        if self.suspect:
            self._multi.close()

    def _release(self, handle: pycurl.Curl) -> Exchange:
        exchange = self._active.pop(handle)
        self._multi.remove_handle(handle)
        self._idle.append(exchange)
        return exchange
