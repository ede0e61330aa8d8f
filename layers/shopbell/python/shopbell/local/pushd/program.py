"""The push service as a program: two ports of loopback, progress on the terminal, until it is stopped."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TextIO

from aiohttp import web

from shopbell.domain.clock import Clock
from shopbell.local.pushd.authority import Authority, keep_authority
from shopbell.local.pushd.control import Control
from shopbell.local.pushd.faults import Faults
from shopbell.local.pushd.personalities import PERSONALITIES
from shopbell.local.pushd.server import Server
from shopbell.local.pushd.service import PushService

PROTOCOLS: Final = ("h2", "http/1.1")
KEPT: Final = 100
"""POSTs of which the bodies are remembered."""
EVERY: Final = 1.0
"""Seconds between two looks at whether there is something to tell."""


@dataclass(frozen=True, slots=True)
class Options:
    """`folder` keeps the authority; a port 0 is any that is free."""

    folder: Path
    port: int = 0
    control_port: int = 0
    seed: int = 0
    as_json: bool = False


@dataclass(slots=True)
class Teller:
    """Writes lines for people, or one JSON object a line for programs."""

    as_json: bool
    out: TextIO = field(default_factory=lambda: sys.stdout)
    _told: object = None

    def begin(self, told: Mapping[str, str]) -> None:
        if self.as_json:
            self._write(json.dumps({"event": "listening", **told}))
            return
        self._write("\n".join(f"{name:32} {value}" for name, value in told.items()))

    def summary(self, said: Mapping[str, object], event: str = "progress") -> None:
        """Progress is told only if something has come since."""
        if said == self._told and event == "progress":
            return
        told, self._told = self._told, dict(said)
        if told is None and not said["posts"] and event == "progress":
            return
        self._write(json.dumps({"event": event, **said}) if self.as_json else _line(said))

    def _write(self, text: str) -> None:
        self.out.write(f"{text}\n")
        self.out.flush()


async def serve(options: Options, clock: Clock, teller: Teller) -> None:
    """Until it is cancelled."""
    authority = keep_authority(options.folder, list(PERSONALITIES))
    service = PushService(clock, Faults(options.seed), keep=KEPT)
    server = Server(service, authority.context(PROTOCOLS), asyncio.get_running_loop())
    async with await asyncio.start_server(server.connected, "127.0.0.1", options.port, ssl=server.context) as pushes:
        server.port = pushes.sockets[0].getsockname()[1]
        runner = web.AppRunner(Control(service, server.origin).app(), access_log=None)
        await runner.setup()
        try:
            control = web.TCPSite(runner, "127.0.0.1", options.control_port)
            await control.start()
            teller.begin({"control": f"http://127.0.0.1:{runner.addresses[0][1]}", **told_of(server, authority)})
            while True:
                await asyncio.sleep(EVERY)
                teller.summary(service.book.summary())
        finally:
            teller.summary(service.book.summary(), "end")
            await server.break_off()
            await runner.cleanup()


def told_of(server: Server, authority: Authority) -> dict[str, str]:
    """Where it is, and what leads a local stage there (ruling 39)."""
    connect = ",".join(f"{host}:443=127.0.0.1:{server.port}" for host in PERSONALITIES)
    return {
        "push": server.origin,
        "SHOPBELL_PUSH_CONNECT": connect,
        "SHOPBELL_PUSH_CA": str(authority.ca_file),
        "SHOPBELL_EXTRA_PUSH_HOSTS": server.origin,
    }


def _line(said: Mapping[str, object]) -> str:
    counts = [f"{said[name]} {name}" for name in ("posts", "messages", "duplicates")]
    for name in ("statuses", "wrong"):
        found = said[name]
        if isinstance(found, Mapping) and found:
            counts.append(f"{name}: " + ", ".join(f"{key} × {number}" for key, number in Counter(found).items()))
    return " · ".join(counts)
