"""The API's address on this machine: what it answers itself, before the engine is asked."""

import socket
from collections.abc import Iterator

import pytest
from shopbell.local.frontdoor import Api, front_door
from shopbell.local.loopback import Server
from shopbell.local.ports import LOOPBACK


@pytest.fixture
def door() -> Iterator[Server]:
    """Port 1 stands for an engine that is not there: nothing here may get as far."""
    server = front_door(Api(1, "api", None), 0).start("door")
    yield server
    server.stop()


def _said(door: Server, request: bytes) -> bytes:
    """Everything that it answers until it closes."""
    with socket.create_connection((LOOPBACK, door.port), timeout=10) as client:
        client.sendall(request)
        return b"".join(iter(lambda: client.recv(65_536), b""))


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: many\r\n\r\n",
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: 1_0\r\n\r\n",
        b"Content-Length:\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n\r\n",
    ],
)
def test_a_length_that_is_none_is_answered_with_400_and_the_connection_closed(door: Server, rest: bytes) -> None:
    said = _said(door, b"POST /v1/events HTTP/1.1\r\nHost: x\r\n" + rest)
    assert said.startswith(b"HTTP/1.1 400 ")
    assert said.endswith(b'{"message":"Bad Request"}')


def test_a_length_beyond_the_apis_limit_is_answered_with_413(door: Server) -> None:
    said = _said(door, b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 10485761\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 413 ")
