"""The push service on a port of 127.0.0.1, in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ssl import SSLContext, SSLObject

from shopbell.local.pushd.http1 import Http1
from shopbell.local.pushd.http2 import Http2
from shopbell.local.pushd.service import PushService


@dataclass(slots=True)
class Server:
    """Where it listens, and how many connections it has taken."""

    service: PushService
    context: SSLContext | None
    loop: asyncio.AbstractEventLoop
    port: int = 0
    connections: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def origin(self) -> str:
        """As an endpoint names it when it is not redirected."""
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection in the protocol that it has agreed on."""
        self.connections += 1
        self._open.add(writer)
        spoken = writer.get_extra_info("ssl_object")
        protocol = spoken.selected_alpn_protocol() if isinstance(spoken, SSLObject) else None
        with suppress(ConnectionError, asyncio.CancelledError):
            if protocol == "h2":
                await Http2(reader, writer, self.service, self.connections).run()
            else:
                scheme = "https" if self.context else "http"
                await Http1(reader, writer, self.service, self.connections, scheme).run()
        self._open.discard(writer)
        writer.transport.abort()

    def hang_up(self) -> None:
        """Break every connection that is open; they are broken when it returns."""
        asyncio.run_coroutine_threadsafe(self.break_off(), self.loop).result(10)

    async def break_off(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.gather(*(writer.wait_closed() for writer in list(self._open)), return_exceptions=True)


@contextmanager
def serving(service: PushService, context: SSLContext | None) -> Iterator[Server]:
    """While the block runs. Without a context it speaks plain HTTP/1.1."""
    loop = asyncio.new_event_loop()
    server = Server(service, context, loop)
    listening = threading.Event()
    stop = asyncio.Event()

    async def run() -> None:
        listener = await asyncio.start_server(server.connected, "127.0.0.1", 0, ssl=context)
        server.port = listener.sockets[0].getsockname()[1]
        listening.set()
        await stop.wait()
        listener.close()
        await server.break_off()
        await _end()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    try:
        if not listening.wait(10):
            raise TimeoutError("the push service did not start")
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


async def _end() -> None:
    """Let the cancelled connections finish, so that nothing is left when the loop goes."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
