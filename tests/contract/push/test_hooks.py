"""Posts to addresses of strangers, by real sockets: refused where they lead inside, bounded where they lead out."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from shopbell.adapters.webhooks.https import REFUSED, HttpsHooks
from shopbell.adapters.webhooks.names import leads_to_public
from shopbell.adapters.webpush.exchange import Limits
from shopbell.adapters.webpush.trust import trusted

HEADERS = {"content-type": "application/json", "webhook-id": "msg_1"}


class Receiver(BaseHTTPRequestHandler):
    """Answers what the path says."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        match self.path:
            case "/moved":
                self.send_response(307)
                self.send_header("location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")  # type: ignore[attr-defined]
                self.end_headers()
            case "/much":
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"x" * 1_000_000)
            case "/silent":
                self.server.hold.wait(60)  # type: ignore[attr-defined]
            case _:
                self.send_response(int(self.path.strip("/")))
                self.send_header("retry-after", "7")
                self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def receiver() -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.hold = [], threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.hold.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


def hooks(*, loopback: bool, timeout: int = 10_000) -> HttpsHooks:
    return HttpsHooks(Limits(trusted(), timeout=timeout), loopback, lambda: time.monotonic_ns() // 1_000_000)


def at(receiver: Any, path: str) -> str:
    return f"http://127.0.0.1:{receiver.server_port}{path}"


def test_a_post_arrives_whole_with_its_headers(receiver: Any) -> None:
    answer = hooks(loopback=True).post(at(receiver, "/204"), HEADERS, b'{"type":"x"}')
    assert (answer.status, answer.failure, answer.headers["retry-after"]) == (204, None, "7")
    ((path, headers, body),) = receiver.got
    assert (path, body, headers["webhook-id"]) == ("/204", b'{"type":"x"}', "msg_1")


@pytest.mark.parametrize("status", [410, 429, 500])
def test_an_error_is_an_answer(receiver: Any, status: int) -> None:
    assert hooks(loopback=True).post(at(receiver, f"/{status}"), HEADERS, b"{}").status == status


def test_a_redirect_is_not_followed(receiver: Any) -> None:
    assert hooks(loopback=True).post(at(receiver, "/moved"), HEADERS, b"{}").status == 307
    assert [path for path, _, _ in receiver.got] == ["/moved"]


def test_of_a_large_answer_little_is_read(receiver: Any) -> None:
    assert hooks(loopback=True).post(at(receiver, "/much"), HEADERS, b"{}").status == 200


def test_who_never_answers_is_left_in_time(receiver: Any) -> None:
    answer = hooks(loopback=True, timeout=300).post(at(receiver, "/silent"), HEADERS, b"{}")
    assert (answer.status, answer.failure) == (0, "no answer in time")


def test_who_does_not_listen_is_named() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    answer = hooks(loopback=True).post(f"http://127.0.0.1:{port}/", HEADERS, b"{}")
    assert (answer.status, answer.failure) == (0, "nobody takes the connection")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0"])
@pytest.mark.parametrize("loopback", [False, True])
def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(host: str, loopback: bool) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as trap:
        trap.setblocking(False)
        url = f"https://{host}:{trap.getsockname()[1]}/"
        answer = hooks(loopback=loopback).post(url, HEADERS, b"{}")
        assert (answer.status, answer.failure) == (0, REFUSED)
        with pytest.raises(BlockingIOError):
            trap.accept()


def test_a_name_whose_second_address_leads_inside_is_refused_as_well() -> None:
    """Whoever owns a name may let it lead to two places; the first here takes no connection."""
    with closing(socket.create_server(("127.0.0.1", 0))) as trap:
        trap.setblocking(False)
        port = trap.getsockname()[1]
        tried: list[str] = []

        def admits(address: str) -> bool:
            tried.append(address)
            return address == "::1"

        guarded = HttpsHooks(Limits(trusted(), timeout=5_000), False, lambda: 0, admits)
        answer = guarded.post(f"https://localhost:{port}/", HEADERS, b"{}")
        assert answer.status == 0
        assert tried
        with pytest.raises(BlockingIOError):
            trap.accept()


@pytest.mark.parametrize("url", ["http://localhost:80/", "http://hooks.shop.example/", "file:///etc/passwd"])
def test_what_is_not_https_is_not_even_looked_up(url: str) -> None:
    assert hooks(loopback=True).post(url, HEADERS, b"{}").failure == REFUSED


def test_on_other_stages_this_machine_is_refused(receiver: Any) -> None:
    assert hooks(loopback=False).post(at(receiver, "/204"), HEADERS, b"{}").failure == REFUSED
    assert receiver.got == []


def test_headers_that_would_break_the_request_are_refused(receiver: Any) -> None:
    broken = {**HEADERS, "webhook-id": "a\r\nhost: x"}
    assert hooks(loopback=True).post(at(receiver, "/204"), broken, b"{}").failure == REFUSED


def test_whoever_makes_a_webhook_is_told_where_its_name_leads() -> None:
    assert not leads_to_public("https://localhost/")
    assert leads_to_public("https://no-such-host.invalid/")
