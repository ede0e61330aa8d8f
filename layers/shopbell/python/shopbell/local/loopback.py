"""Small HTTP servers on loopback: keep-alive, no delay, one thread per connection, nothing printed."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from shopbell.local.ports import LOOPBACK

_POLL_SECONDS: Final = 5.0


class Handler(BaseHTTPRequestHandler):
    """Answers in one segment: with Nagle's delay each answer would cost 40 ms."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: callers keep journals of what matters."""

    def answer(self, status: int, body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def content(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))


def loopback_url(port: int) -> str:
    """Where a server of this port is reached."""
    return f"http://{LOOPBACK}:{port}"


class Server(ThreadingHTTPServer):
    """Serves from `start` to `stop`; connections that are open at the end are dropped."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, handler: type[Handler], port: int = 0) -> None:
        super().__init__((LOOPBACK, port), handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return loopback_url(self.port)

    def start(self, name: str) -> "Server":
        threading.Thread(target=self.serve_forever, args=(_POLL_SECONDS,), name=name, daemon=True).start()
        return self

    def stop(self) -> None:
        """Take no new connection; does not wait for the loop, which notices within seconds."""
        self.socket.close()
        threading.Thread(target=self.shutdown, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that breaks off is the other side's end, not ours."""
