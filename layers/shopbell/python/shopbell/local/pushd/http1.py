"""HTTP/1.1 over one connection: as little of it as a push needs."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

from shopbell.local.pushd.personalities import Reply
from shopbell.local.pushd.service import Posted, PushService


@dataclass(slots=True)
class Http1:
    """One kept connection; `run` returns when the client has closed it or a fault has broken it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    service: PushService
    number: int
    scheme: str

    async def run(self) -> None:
        while (posted := await self._read()) is not None:
            trouble = self.service.take_trouble(posted)
            await asyncio.sleep(trouble.delay_seconds)
            if trouble.reset:
                self.service.broke(posted)
                self.writer.transport.abort()
                return
            reply = self.service.serve(posted, trouble)
            self.writer.write(_written(reply))
            await self.writer.drain()

    async def _read(self) -> Posted | None:
        try:
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        except asyncio.IncompleteReadError:
            return None
        _, path, protocol = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return Posted(self.scheme, headers["host"], path, headers, body, protocol.lower(), self.number)


def _written(reply: Reply) -> bytes:
    phrase = HTTPStatus(reply.status).phrase
    headers = {**reply.headers, "content-length": str(len(reply.body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {reply.status} {phrase}\r\n{lines}\r\n".encode() + reply.body
