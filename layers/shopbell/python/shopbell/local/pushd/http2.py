"""HTTP/2 over one connection, by the h2 library: strict about the protocol, patient about the client's window."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, RequestReceived, StreamEnded, StreamReset, WindowUpdated
from h2.exceptions import ProtocolError
from hyperframe.frame import GoAwayFrame

from shopbell.local.pushd.personalities import Reply
from shopbell.local.pushd.service import Posted, PushService

READ: int = 1 << 16


@dataclass(slots=True)
class Http2:
    """One connection; `run` returns when the client has closed it or a fault has broken it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    service: PushService
    number: int
    _h2: H2Connection = field(default_factory=lambda: H2Connection(H2Configuration(client_side=False)))
    _requests: dict[int, tuple[dict[str, str], bytearray]] = field(default_factory=dict)
    _answers: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _last: int | None = None
    _window: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        self._h2.initiate_connection()
        self._flush()
        try:
            while data := await self.reader.read(READ):
                for event in self._h2.receive_data(data):
                    self._on(event)
                self._flush()
        finally:
            for task in self._answers.values():
                task.cancel()

    def _on(self, event: Event) -> None:
        match event:
            case RequestReceived(stream_id=int(stream), headers=headers):
                if self._last is None or stream <= self._last:
                    fields = {bytes(name).decode(): bytes(value).decode() for name, value in headers or []}
                    self._requests[stream] = (fields, bytearray())
            case DataReceived(stream_id=int(stream), data=data, flow_controlled_length=int(length)):
                self._read(stream, data or b"", length)
            case StreamEnded(stream_id=int(stream)) if stream in self._requests:
                self._answers[stream] = asyncio.create_task(self._answer(stream))
            case StreamReset(stream_id=int(stream)):
                if task := self._answers.pop(stream, None):
                    task.cancel()
            case WindowUpdated():
                self._window.set()
            case _:
                pass

    def _read(self, stream: int, data: bytes, length: int) -> None:
        if stream in self._requests:
            self._requests[stream][1].extend(data)
        self._h2.acknowledge_received_data(length, stream)

    async def _answer(self, stream: int) -> None:
        fields, body = self._requests.pop(stream)
        headers = {name: value for name, value in fields.items() if not name.startswith(":")}
        authority, path = fields[":authority"], fields[":path"]
        posted = Posted(fields[":scheme"], authority, path, headers, bytes(body), "h2", self.number)
        trouble = self.service.take_trouble(posted)
        await asyncio.sleep(trouble.delay_seconds)
        if trouble.reset:
            self.service.broke(posted)
            self.writer.transport.abort()
            return
        if trouble.go_away:
            self._go_away(stream)
        reply = self.service.serve(posted, trouble)
        with suppress(ProtocolError, ConnectionError):
            await self._send(stream, reply)

    def _go_away(self, stream: int) -> None:
        """h2 itself would end the connection with it; written by hand, what came before can still be answered."""
        self._last = stream
        self._requests = {begun: got for begun, got in self._requests.items() if begun <= stream}
        for begun in [begun for begun in self._answers if begun > stream]:
            self._answers.pop(begun).cancel()
        self._flush()
        self.writer.write(GoAwayFrame(0, last_stream_id=stream).serialize())

    async def _send(self, stream: int, reply: Reply) -> None:
        headers = [(":status", str(reply.status)), *reply.headers.items()]
        self._h2.send_headers(stream, headers, end_stream=not reply.body)
        rest = memoryview(reply.body)
        while rest:
            self._window.clear()
            room = min(self._h2.local_flow_control_window(stream), self._h2.max_outbound_frame_size, len(rest))
            if room:
                self._h2.send_data(stream, bytes(rest[:room]), end_stream=room == len(rest))
                rest = rest[room:]
                self._flush()
                await self.writer.drain()
            else:
                await self._window.wait()
        self._flush()

    def _flush(self) -> None:
        self.writer.write(self._h2.data_to_send())
