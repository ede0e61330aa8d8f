"""Chromium's push connection (MCS over TLS): login, heartbeat, messages down, acknowledgements up."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.e2e.browsers.mailboxes import Channel, Message
from tests.e2e.browsers.protobuf import Value, bytes_field, fields, number_field, varint

VERSION = 41
PING, PONG, LOGIN, LOGGED_IN, CLOSE, IQ, DATA = 0, 1, 2, 3, 4, 7, 8
SELECTIVE_ACK, STREAM_ACK = 12, 13
LONGEST_TTL_S = 86_400


@dataclass(slots=True)
class Stream:
    """One connection; every message in either direction has the next number of its direction."""

    writer: asyncio.StreamWriter
    device: str = ""
    sent: int = 0
    received: int = 0
    unacked: dict[int, str] = field(default_factory=dict)

    def send(self, tag: int, body: bytes) -> None:
        self.sent += 1
        self.writer.write(bytes([tag]) + varint(len(body)) + body)

    def send_push(self, channel: Channel, message: Message) -> None:
        subtype = bytes_field(1, "subtype") + bytes_field(2, channel.name)
        body = bytes_field(2, message.id) + bytes_field(3, channel.sender) + bytes_field(5, channel.app)
        body += bytes_field(7, subtype)
        if message.body:
            body += bytes_field(7, bytes_field(1, "content-encoding") + bytes_field(2, "aes128gcm"))
        body += bytes_field(9, message.id) + number_field(10, self.sent + 1) + number_field(11, self.received)
        body += number_field(17, min(message.ttl, LONGEST_TTL_S)) + number_field(18, int(time.time()))
        if message.body:
            body += bytes_field(21, message.body)
        self.send(DATA, body + number_field(24, 1))
        self.unacked[self.sent] = message.id


@dataclass(frozen=True, slots=True)
class Events:
    """What the service does when a browser logs in (False refuses it), has a message, or goes."""

    login: Callable[[Stream, str, int], Awaitable[bool]]
    ready: Callable[[Stream], Awaitable[None]]
    acked: Callable[[Stream, str], None]
    gone: Callable[[Stream], None]


@dataclass(frozen=True, slots=True)
class Mcs:
    events: Events

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stream = Stream(writer)
        try:
            await reader.readexactly(1)
            writer.write(bytes([VERSION]))
            while await self._step(stream, reader):
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            self.events.gone(stream)
            writer.close()

    async def _step(self, stream: Stream, reader: asyncio.StreamReader) -> bool:
        tag = (await reader.readexactly(1))[0]
        body = await reader.readexactly(await _varint(reader))
        stream.received += 1
        match tag:
            case _ if tag == LOGIN:
                return await self._login(stream, list(fields(body)))
            case _ if tag == PING:
                stream.send(PONG, b"")
            case _ if tag == IQ:
                self._iq(stream, dict(fields(body)))
            case _ if tag == CLOSE:
                return False
            case _:
                pass
        return True

    async def _login(self, stream: Stream, given: list[tuple[int, Value]]) -> bool:
        one = dict(given)
        if not await self.events.login(stream, _text(one[3]), int(_text(one[5]))):
            return False
        stream.send(LOGGED_IN, bytes_field(1, _text(one[1])) + number_field(8, int(time.time() * 1000)))
        for number, value in given:
            if number == 10:
                self.events.acked(stream, _text(value))
        await self.events.ready(stream)
        return True

    def _iq(self, stream: Stream, message: dict[int, Value]) -> None:
        extension = message.get(7)
        if not isinstance(extension, bytes):
            return
        inner = dict(fields(extension))
        if inner.get(1) == SELECTIVE_ACK and isinstance(inner.get(2), bytes):
            for _, value in fields(_bytes(inner[2])):
                self.events.acked(stream, _text(value))
        elif inner.get(1) == STREAM_ACK:
            last = message.get(10, 0)
            for number in [n for n in stream.unacked if isinstance(last, int) and n <= last]:
                self.events.acked(stream, stream.unacked.pop(number))


async def _varint(reader: asyncio.StreamReader) -> int:
    number = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number


def _bytes(value: Value) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _text(value: Value) -> str:
    return _bytes(value).decode()
