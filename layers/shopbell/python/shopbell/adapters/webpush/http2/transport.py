"""The PushTransport over our own HTTP/2, and over libcurl's HTTP/1.1 where a service speaks no other."""

from collections.abc import Iterator, Sequence

from shopbell.adapters.webpush.exchange import Limits
from shopbell.adapters.webpush.http2 import lookups
from shopbell.adapters.webpush.http2.channel import context_of
from shopbell.adapters.webpush.http2.line import Line, Target
from shopbell.adapters.webpush.http2.lookups import LookUp
from shopbell.adapters.webpush.http2.sites import Sites
from shopbell.adapters.webpush.transport import CurlTransport, plain_prefixes, refusal
from shopbell.domain.push.values import PushAnswer, PushRequest


class Http2Transport:
    """Keeps its connections from call to call: make one for a process.

    Calls may overlap, also in threads: each has a line of its own, with connections of its own.
    """

    def __init__(
        self, limits: Limits, plain_origins: frozenset[str] = frozenset(), look_up: LookUp = lookups.look_up
    ) -> None:
        """`plain_origins`: the origins for which http is admitted, such as `http://127.0.0.1:8080`."""
        self._limits = limits
        self._look_up = look_up
        self._context = context_of(limits.trust)
        self._sites = Sites(limits.connect_to)
        self._curl = CurlTransport(limits, plain_origins)
        self._plain = plain_prefixes(plain_origins)
        self._http1: set[str] = set()
        self._free: list[Line] = []

    def post(self, requests: Sequence[PushRequest]) -> Iterator[tuple[int, PushAnswer]]:
        """(index, answer) in the order of completion, at most 100 under way; never raises for a single push.

        Whoever stops reading ends the exchanges that are under way: their fate is then unknown.
        """
        line = self._free.pop() if self._free else self._line()
        elsewhere: list[int] = []
        try:
            yield from line.run(requests, self._target, elsewhere)
        finally:
            line.abandon()
            self._free.append(line)
        for index, answer in self._curl.post([requests[index] for index in elsewhere]):
            yield elsewhere[index], answer

    def _line(self) -> Line:
        return Line(self._limits, self._context, self._http1, self._look_up)

    def _target(self, request: PushRequest) -> Target:
        why = refusal(request, self._plain)
        if why is not None:
            return why
        if request.url.startswith("http://"):
            return None
        return self._sites.find(request.url) or "names no host"
