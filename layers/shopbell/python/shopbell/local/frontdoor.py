"""The API's address: passes requests to the engine's HTTP API under a plain path, hands OPTIONS to its function.

The engine answers every OPTIONS itself, with 403 where no CORS is configured; API Gateway routes it like any other.
"""

from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Final

from shopbell.local.loopback import Handler, Server
from shopbell.local.ports import LOOPBACK
from shopbell.local.preflight import Preflight

MAX_BODY: Final = 10 * 1024 * 1024
"""API Gateway's limit for a request."""
_BAD_LENGTH: Final = b'{"message":"Bad Request"}'
_TOO_LARGE: Final = b'{"message":"Request Entity Too Large"}'
_UNAVAILABLE: Final = b'{"message":"Service Unavailable"}'
_LINE: Final = 65_537
_JSON: Final = (("content-type", "application/json"),)
_HOP: Final = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
_OURS: Final = {"content-length", "date", "server", "x-amz-request-id", "x-amz-id-2"}


@dataclass(frozen=True, slots=True)
class Api:
    """One HTTP API of the engine, and the function that its OPTIONS route leads to."""

    engine_port: int
    id: str
    preflight: Preflight | None

    def path(self, target: str) -> str:
        return f"/_aws/execute-api/{self.id}/$default{target}"


def front_door(api: Api, port: int) -> Server:
    """A server for the API's public address; not yet started."""

    class Bound(_FrontHandler):
        target = api

    return Server(Bound, port)


class _FrontHandler(Handler):
    """One client connection, with a connection of its own to the engine."""

    target: Api
    _engine: HTTPConnection | None = None

    def handle_one_request(self) -> None:
        """Any method: the API decides which it has."""
        self.raw_requestline = self.rfile.readline(_LINE)
        if not self.raw_requestline:
            self.close_connection = True
        elif self.parse_request():
            self._serve()
            self.wfile.flush()

    def _serve(self) -> None:
        try:
            body = self._read()
        except ValueError:
            # Where the next request would begin is unknown.
            self.close_connection = True
            self.answer(400, _BAD_LENGTH, _JSON)
            return
        if body is None:
            self.close_connection = True
            self.answer(413, _TOO_LARGE, _JSON)
        elif self.command == "OPTIONS" and self.target.preflight is not None:
            self._preflight(self.target.preflight)
        else:
            self._pass(body)

    def _read(self) -> bytes | None:
        """The body, or None when it is larger than the API takes. ValueError for a length that is none."""
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            return self._chunks()
        length = _length(self.headers.get("Content-Length", "0").strip(), 10)
        return None if length > MAX_BODY else self.rfile.read(length)

    def _chunks(self) -> bytes | None:
        body = bytearray()
        while size := _length(self.rfile.readline(_LINE).partition(b";")[0].strip().decode("latin-1"), 16):
            if len(body) + size > MAX_BODY:
                return None
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            continue
        return bytes(body)

    def _preflight(self, preflight: Preflight) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        said = preflight(self.path, headers, str(self.client_address[0]))
        self.answer(said.status, said.body, said.headers)

    def _pass(self, body: bytes) -> None:
        try:
            said = self._ask(body)
            content = said.read()
        except (OSError, HTTPException):
            self._drop_engine()
            self.answer(503, _UNAVAILABLE, _JSON)
            return
        kept = tuple((n, v) for n, v in said.getheaders() if n.lower() not in _HOP | _OURS)
        self.answer(said.status, content, kept)

    def _ask(self, body: bytes) -> HTTPResponse:
        """One request to the engine; a kept connection that it has closed meanwhile is made anew."""
        kept = self._engine is not None
        try:
            return self._send(body)
        except (OSError, HTTPException):
            self._drop_engine()
            if not kept:
                raise
            return self._send(body)

    def _send(self, body: bytes) -> HTTPResponse:
        if self._engine is None:
            self._engine = HTTPConnection(LOOPBACK, self.target.engine_port, timeout=60)
        self._engine.putrequest(self.command, self.target.path(self.path), skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in _HOP | {"content-length", "x-forwarded-for"}:
                self._engine.putheader(name, value)
        client = str(self.client_address[0])
        earlier = self.headers.get("X-Forwarded-For")
        self._engine.putheader("X-Forwarded-For", f"{earlier}, {client}" if earlier else client)
        self._engine.putheader("Content-Length", str(len(body)))
        self._engine.endheaders(body)
        return self._engine.getresponse()

    def _drop_engine(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def finish(self) -> None:
        super().finish()
        self._drop_engine()


def _length(text: str, base: int) -> int:
    """Digits alone (RFC 9112, sections 6.3 and 7.1): `int` would take a sign, blanks and underscores too."""
    if not text.isascii() or not text.isalnum():
        raise ValueError("is no length")
    return int(text, base)
