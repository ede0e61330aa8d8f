"""The connections of one caller, by site: opened, watched, and swept away when they are over."""

import selectors
import ssl
import time
from collections.abc import Iterator, Sequence
from typing import Final

from shopbell.adapters.webpush.exchange import Limits
from shopbell.adapters.webpush.http2.channel import Address, Channel
from shopbell.adapters.webpush.http2.link import Link
from shopbell.adapters.webpush.http2.lookups import LookUp, Lookups
from shopbell.adapters.webpush.http2.sites import Site

LONGEST: Final = 1.0
"""Seconds of one look at the sockets; deadlines are looked at in between."""

_BOTH: Final = selectors.EVENT_READ | selectors.EVENT_WRITE


class Links:
    """Each socket is watched for what it waits for."""

    def __init__(self, limits: Limits, context: ssl.SSLContext, look_up: LookUp) -> None:
        self._limits = limits
        self._lookups = Lookups(look_up, limits.connect_timeout)
        self._context = context
        self._selector = selectors.DefaultSelector()
        self._links: dict[str, list[Link]] = {}

    def __iter__(self) -> Iterator[Link]:
        return (link for links in list(self._links.values()) for link in list(links))

    def to(self, authority: str) -> list[Link]:
        return self._links.setdefault(authority, [])

    @property
    def looking(self) -> bool:
        """Whether a name is being looked up."""
        return self._lookups.waiting

    def way(self, site: Site) -> Sequence[Address] | None:
        """Where it is reached; None: its name is still being looked up. Cut if there is no way at all."""
        return self._lookups.addresses(*site.dialled)

    def open(self, site: Site, way: Sequence[Address]) -> Link:
        """Begin a connection. Cut if nothing is there."""
        self.sweep()  # a number of a socket that is closed may be given to the new one
        deadline = time.monotonic() + self._limits.connect_timeout / 1_000
        link = Link(site, Channel(way, site.name, self._context), deadline)
        self.to(site.authority).append(link)
        return link

    def stirred(self, until: float) -> list[Link]:
        """Those of whose sockets there is news; waits until then at most, on the monotonic clock."""
        for link in self:
            self._forget(link)
        for link in self:
            self._watch(link)
        wait = max(0.0, min(LONGEST, until - time.monotonic()))
        return [key.data for key, _ in self._selector.select(wait)]

    def refresh(self) -> Iterator[Link]:
        """Those that have brought something since the last call; the stale ones are let go."""
        for link in self:
            if link.stale:
                self.drop(link)
            else:
                yield link

    def sweep(self) -> None:
        """Let go of those that are over, or serve nobody and take nothing more."""
        for link in self:
            if link.over or (link.connection.draining and not link.connection.busy):
                self.drop(link)

    def drop(self, link: Link) -> None:
        link.close()
        self._forget(link)
        self._links[link.site.authority].remove(link)

    def _forget(self, link: Link) -> None:
        """A socket that another has taken the place of, or that is closed."""
        if link.watched is not None and (link.over or link.watched[0] is not link.channel.socket):
            self._selector.unregister(link.watched[0])
            link.watched = None

    def _watch(self, link: Link) -> None:
        if link.over:
            return
        wanted = _BOTH if link.channel.waits_to_write else selectors.EVENT_READ
        if link.watched is None:
            self._selector.register(link.channel.socket, wanted, link)
        elif link.watched[1] != wanted:
            self._selector.modify(link.channel.socket, wanted, link)
        link.watched = (link.channel.socket, wanted)
