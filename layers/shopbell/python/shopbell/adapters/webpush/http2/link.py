"""A connection with its socket: from the first packet to the last, for one site."""

import socket
import time
from contextlib import suppress
from typing import Final

from shopbell.adapters.webpush.http2.channel import Channel, Cut
from shopbell.adapters.webpush.http2.connection import Connection
from shopbell.adapters.webpush.http2.frames import Broken
from shopbell.adapters.webpush.http2.sites import Site
from shopbell.adapters.webpush.http2.streams import Ended

IDLE: Final = 60.0
"""Seconds after which a connection that nobody used is not trusted any more: a thaw may have come between."""


class Link:
    """Once `over`, nothing goes or comes; `fault` then says why, if it never served."""

    def __init__(self, site: Site, channel: Channel, deadline: float) -> None:
        self.site = site
        self.channel = channel
        self.connection = Connection()
        self.deadline = deadline
        """By when it must be ready, on the monotonic clock."""
        self.over = False
        self.fault: Cut | None = None
        self.speaks_http1 = False
        self.watched: tuple[socket.socket, int] | None = None
        """Its socket as the selector knows it, and what for."""
        self._used = time.monotonic()

    @property
    def ready(self) -> bool:
        return self.connection.settled

    @property
    def stale(self) -> bool:
        return not self.connection.busy and time.monotonic() - self._used > IDLE

    def stir(self) -> list[Ended]:
        """Whatever has ended by what came, or by the end of the connection."""
        ended: list[Ended] = []
        try:
            data = self.channel.stir()
            if self.channel.stage == "open" and self.channel.protocol != "h2":
                self.speaks_http1 = True
                self.close()
                return []
            if data:
                self._used = time.monotonic()
                ended = self.connection.receive(data)
            self._write()
        except (Cut, Broken) as fault:
            return ended + self._end(fault)
        return ended + self._end(Cut("reset", "the service hung up")) if self.channel.closed else ended

    def flush(self) -> list[Ended]:
        """Send what waits to be sent."""
        try:
            self._write()
        except Cut as fault:
            return self._end(fault)
        return []

    def close(self) -> None:
        """Whatever is under way is not asked about any more."""
        if not self.over:
            self.over = True
            self.channel.close()

    def fail(self, fault: Cut) -> list[Ended]:
        return self._end(fault)

    def _write(self) -> None:
        outgoing = self.connection.outgoing
        if outgoing and self.channel.stage == "open":
            self._used = time.monotonic()
            self.channel.write(outgoing)
            outgoing.clear()

    def _end(self, fault: Cut | Broken) -> list[Ended]:
        if isinstance(fault, Broken):
            with suppress(Cut):
                self._write()  # tells the peer why
            fault = Cut("reset", str(fault))
        if not self.connection.settled:
            self.fault = fault
        ended = self.connection.lost(str(fault))
        self.close()
        return ended
