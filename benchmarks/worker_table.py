"""AWS as cheap as it can be: a process that answers DynamoDB's and SSM's calls from memory, over kept connections."""

import asyncio
import multiprocessing
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Final

import orjson

Raw = Mapping[str, Any]
_HEAD_END: Final = b"\r\n\r\n"


@dataclass(slots=True)
class Table:
    """Items as the bytes that they were written as; conditions hold always, changes are forgotten."""

    items: dict[tuple[str, str, str], bytes] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def answer(self, target: str, body: Raw) -> bytes:
        known: dict[str, Callable[[Raw], bytes]] = {
            "GetItem": self._get,
            "BatchGetItem": self._batch,
            "PutItem": self._put,
            "TransactWriteItems": self._transact,
            "Query": lambda _: b'{"Items":[],"Count":0,"ScannedCount":0}',
            "GetParameter": lambda asked: orjson.dumps({"Parameter": {"Value": self.secrets[asked["Name"]]}}),
            "PutParameter": self._secret,
        }
        does = known.get(target)
        return b"{}" if does is None else does(body)

    def _get(self, body: Raw) -> bytes:
        found = self.items.get(_key(body["TableName"], body["Key"]))
        return b"{}" if found is None else b'{"Item":' + found + b"}"

    def _batch(self, body: Raw) -> bytes:
        ((table, asked),) = body["RequestItems"].items()
        found = (self.items.get(_key(table, key)) for key in asked["Keys"])
        rows = b",".join(row for row in found if row is not None)
        name: bytes = table.encode()
        return b'{"Responses":{"' + name + b'":[' + rows + b']},"UnprocessedKeys":{}}'

    def _put(self, body: Raw) -> bytes:
        self.items[_key(body["TableName"], body["Item"])] = orjson.dumps(body["Item"])
        return b"{}"

    def _transact(self, body: Raw) -> bytes:
        for operation in body["TransactItems"]:
            if "Put" in operation:
                self._put(operation["Put"])
        return b"{}"

    def _secret(self, body: Raw) -> bytes:
        self.secrets[body["Name"]] = body["Value"]
        return b"{}"


def _key(table: str, item: Raw) -> tuple[str, str, str]:
    return table, item["pk"]["S"], item["sk"]["S"]


class _Line(asyncio.Protocol):
    """One kept connection."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._read = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(_HEAD_END)) >= 0:
            head = dict(line.lower().partition(b":")[::2] for line in bytes(self._read[:end]).split(b"\r\n"))
            whole = end + len(_HEAD_END) + int(head.get(b"content-length", b"0"))
            if len(self._read) < whole:
                return
            target = bytes(self._read[:end]).partition(b"X-Amz-Target: ")[2].partition(b"\r\n")[0]
            body = orjson.loads(bytes(self._read[end + len(_HEAD_END) : whole]))
            del self._read[:whole]
            self._say(self._table.answer(target.decode().rpartition(".")[2], body))

    def _say(self, body: bytes) -> None:
        head = f"content-type: application/x-amz-json-1.0\r\nx-amz-crc32: {zlib.crc32(body)}\r\n"
        line = f"HTTP/1.1 200 OK\r\n{head}content-length: {len(body)}\r\n\r\n"
        self._transport.write(line.encode() + body)  # type: ignore[attr-defined]


def _serve(ready: Connection, parent: int) -> None:
    async def main() -> None:
        table = Table()
        asyncio.get_running_loop().create_task(_end_with(parent))
        server = await asyncio.get_running_loop().create_server(lambda: _Line(table), "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


async def _end_with(parent: int) -> None:
    """However the benchmark ends, nothing of it stays."""
    while os.getppid() == parent:  # noqa: ASYNC110 - nobody tells a process that its parent is gone
        await asyncio.sleep(1)
    os._exit(0)


@contextmanager
def canned() -> Iterator[str]:
    """Its address, while the block runs."""
    theirs = multiprocessing.get_context("spawn")
    ours, ready = theirs.Pipe(duplex=False)
    process = theirs.Process(target=_serve, args=(ready, os.getpid()), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()
