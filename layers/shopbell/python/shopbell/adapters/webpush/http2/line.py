"""One call of the transport: its requests under way, each on a connection or waiting for one."""

import ssl
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.adapters.webpush.exchange import Limits
from shopbell.adapters.webpush.http2 import lookups
from shopbell.adapters.webpush.http2.channel import Cut
from shopbell.adapters.webpush.http2.link import Link
from shopbell.adapters.webpush.http2.links import Links
from shopbell.adapters.webpush.http2.lookups import LookUp
from shopbell.adapters.webpush.http2.sites import Site
from shopbell.adapters.webpush.http2.streams import Ended
from shopbell.adapters.webpush.transport import CONNECTIONS_PER_HOST, IN_FLIGHT
from shopbell.domain.push.values import PushAnswer, PushRequest

BATCH: Final = 16
"""So many are begun together, if there are so many: what is sent at once costs little more than one."""
TRIES: Final = 20
"""Of a request that services give back unread: some close each connection after a few."""
LOOK: Final = 0.02
"""Seconds after which it is seen again whether a name's address is known by now."""
FRUITLESS: Final = 2 * CONNECTIONS_PER_HOST
"""Connections to a site in a row that brought no answer, after which it is left."""

Target = tuple[Site, str] | str | None
"""Site and path; or why it is refused; None: not by HTTP/2."""


@dataclass(slots=True)
class _Job:
    index: int
    request: PushRequest
    site: Site
    path: str
    deadline: float
    tries: int = 0
    link: Link | None = None


class Line:
    """Keeps its connections from call to call; not for two calls at a time."""

    def __init__(
        self, limits: Limits, context: ssl.SSLContext, http1: set[str], look_up: LookUp = lookups.look_up
    ) -> None:
        """`http1`: the authorities that are known to speak no HTTP/2; more are added."""
        self._timeout = limits.timeout / 1_000
        self._http1 = http1
        self._links = Links(limits, context, look_up)
        self._queues: dict[str, deque[_Job]] = {}
        self._jobs: dict[int, _Job] = {}
        self._fruitless: dict[str, int] = {}
        self._done: list[tuple[int, PushAnswer]] = []

    def run(
        self, requests: Sequence[PushRequest], target: Callable[[PushRequest], Target], elsewhere: list[int]
    ) -> Iterator[tuple[int, PushAnswer]]:
        """As `PushTransport.post`; the places of those that must go by HTTP/1.1 are put into `elsewhere`."""
        for link in self._links.refresh():
            self._settle(link, link.stir())
        self._links.sweep()
        self._fruitless.clear()
        place = 0
        while place < len(requests) or self._jobs:
            if len(self._jobs) <= IN_FLIGHT - BATCH:
                upto = min(len(requests), place + IN_FLIGHT - len(self._jobs))
                for index in range(place, upto):
                    self._take(index, requests[index], target(requests[index]), elsewhere)
                place = upto
            self._dispatch(elsewhere)
            if self._jobs and not self._done:
                self._wait()
            done, self._done = self._done, []
            yield from done

    def abandon(self) -> None:
        """Nobody waits for what is under way any more: the services are told, and it is forgotten."""
        for job in self._jobs.values():
            if job.link is not None and not job.link.over:
                job.link.connection.cancel(job.index, "reset")
                job.link.flush()
        self._jobs.clear()
        self._queues.clear()
        self._done.clear()
        self._links.sweep()

    def _take(self, index: int, request: PushRequest, target: Target, elsewhere: list[int]) -> None:
        match target:
            case None:
                elsewhere.append(index)
            case str():
                self._done.append((index, PushAnswer(0, target, {}, "refused")))
            case (site, path):
                self._jobs[index] = job = _Job(index, request, site, path, time.monotonic() + self._timeout)
                self._queue(site).append(job)

    def _queue(self, site: Site) -> deque[_Job]:
        return self._queues.setdefault(site.authority, deque())

    def _dispatch(self, elsewhere: list[int]) -> None:
        """Give those who wait to connections that have room; open more where that is not enough."""
        for authority, queue in self._queues.items():
            if authority in self._http1:
                elsewhere += (self._jobs.pop(job.index).index for job in queue)
                queue.clear()
            for link in self._links.to(authority) if queue else ():
                self._hand_over(queue, link)
            if queue:
                self._open(queue[0].site, queue)

    def _hand_over(self, queue: deque[_Job], link: Link) -> None:
        connection = link.connection
        room = min(connection.room, len(queue)) if not link.over else 0
        if room <= 0:
            return
        for _ in range(room):
            job = queue.popleft()
            job.link, request = link, job.request
            connection.begin(job.index, link.site.authority, job.path, request.headers, request.body)
        self._settle(link, link.flush())

    def _open(self, site: Site, queue: deque[_Job]) -> None:
        """One at a time, as the first may tell that HTTP/2 is not spoken or one connection is enough."""
        links = self._links.to(site.authority)
        if len(links) >= CONNECTIONS_PER_HOST or any(not one.ready for one in links):
            return
        tried = self._fruitless.get(site.authority, 0)
        if tried >= FRUITLESS:
            self._fail(queue, Cut("reset", "one connection after another brought nothing"))
            return
        try:
            way = self._links.way(site)
            if way is not None:
                self._fruitless[site.authority] = tried + 1
                self._links.open(site, way)
        except Cut as fault:
            self._fail(queue, fault)

    def _fail(self, queue: deque[_Job], fault: Cut) -> None:
        for job in queue:
            self._finish(job, PushAnswer(0, str(fault), {}, fault.failure))
        queue.clear()

    def _finish(self, job: _Job, answer: PushAnswer) -> None:
        del self._jobs[job.index]
        self._done.append((job.index, answer))

    def _wait(self) -> None:
        ends = [link.deadline for link in self._links if not link.ready]
        ends += [time.monotonic() + LOOK] if self._links.looking else []
        ends.append(next(iter(self._jobs.values())).deadline)
        for link in self._links.stirred(min(ends)):
            self._settle(link, link.stir())
        self._expire(time.monotonic())
        self._links.sweep()

    def _settle(self, link: Link, ended: Sequence[Ended]) -> None:
        """Pass the answers on; what was given back unread waits again, before all others."""
        if link.speaks_http1 or link.connection.http1_wanted:
            self._http1.add(link.site.authority)
        for index, answer in ended:
            if answer is not None:
                self._fruitless[link.site.authority] = 0
                self._finish(self._jobs[index], answer)
        for index in [index for index, answer in reversed(ended) if answer is None]:
            self._give_back(self._jobs[index])
        alone = all(one.over for one in self._links.to(link.site.authority))
        if link.fault is not None and alone:
            self._fail(self._queue(link.site), link.fault)

    def _give_back(self, job: _Job) -> None:
        if job.tries >= TRIES:
            self._finish(job, PushAnswer(0, "given back unread again and again", {}, "reset"))
        else:
            job.tries, job.link = job.tries + 1, None
            self._queue(job.site).appendleft(job)

    def _expire(self, now: float) -> None:
        for link in self._links:
            if not link.ready and not link.over and link.deadline <= now:
                self._settle(link, link.fail(Cut("timeout", "the service does not greet")))
        for job in list(self._jobs.values()):
            if job.deadline > now:
                return
            if job.link is None:
                self._queue(job.site).remove(job)
                self._finish(job, PushAnswer(0, "it took too long", {}, "timeout"))
            else:
                self._give_up(job, job.link)

    def _give_up(self, job: _Job, link: Link) -> None:
        """The connection takes nothing more: it may lead nowhere."""
        link.connection.draining = True
        self._settle(link, [*link.connection.cancel(job.index, "timeout"), *link.flush()])
