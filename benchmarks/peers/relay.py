"""Counts what passes between a client and the sink, in a place where it costs the client nothing."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

READ = 1 << 16


@dataclass(slots=True)
class Relay:
    """`up`: bytes to the sink, TLS and all that is over TCP; `down`: back."""

    port: int = 0
    up: int = 0
    down: int = 0
    connections: int = 0


@contextmanager
def relay(to: int) -> Iterator[Relay]:
    """A port of 127.0.0.1 that leads to another one."""
    counted, loop = Relay(), asyncio.new_event_loop()
    ready, stop = threading.Event(), asyncio.Event()

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        counted.connections += 1
        back, forth = await asyncio.open_connection("127.0.0.1", to)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(_pass(reader, forth, counted, "up"), _pass(back, writer, counted, "down"))

    async def run() -> None:
        listener = await asyncio.start_server(taken, "127.0.0.1", 0)
        counted.port = listener.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        listener.close()
        for task in (left := asyncio.all_tasks() - {asyncio.current_task()}):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield counted
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counted: Relay, way: str) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(READ):
            setattr(counted, way, getattr(counted, way) + len(data))
            writer.write(data)
            await writer.drain()
    writer.close()
