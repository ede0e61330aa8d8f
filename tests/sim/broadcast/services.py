"""Push services and browsers of the simulation: they throttle, fail, go down, forget whom they answered, and show."""

import json
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final
from urllib.parse import urlsplit

from shopbell.domain.clock import HOUR, SECOND, Clock, Duration, Instant
from shopbell.domain.push.values import PushAnswer, PushRequest
from shopbell.domain.subscriptions import PushService

ENDPOINTS: Final[Mapping[PushService, str]] = {
    "fcm": "https://fcm.googleapis.com/fcm/send/",
    "apple": "https://web.push.apple.com/",
    "wns": "https://wns2-by3p.notify.windows.com/w/",
    "mozilla": "https://updates.push.services.mozilla.com/wpush/v2/",
}
MIX: Final[Mapping[PushService, int]] = {"fcm": 80, "apple": 8, "wns": 6, "mozilla": 6}
REMEMBERED: Final = 50
"""Messages that the service worker knows again (ruling 34)."""
FAILURES: Final = 0.05
FORGOTTEN: Final = 0.1
"""Share of the failures in which the service has taken the message and its answer is lost."""


@dataclass(slots=True)
class Browser:
    """One subscription. While it is offline its service keeps the last message of each topic for it."""

    online: bool
    gone: bool = False
    known: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    waiting: dict[str, str] = field(default_factory=dict)
    shown: Counter[str] = field(default_factory=Counter)
    taken: int = 0
    tags: set[str] = field(default_factory=set)

    def take(self, topic: str, message: str) -> None:
        self.taken += 1
        self.waiting[topic] = message
        if self.online:
            self.wake()

    def wake(self) -> None:
        """What waits arrives; the service worker shows what it does not know yet."""
        for message in self.waiting.values():
            if message not in self.known:
                self.known.append(message)
                self.shown[message] += 1
        self.waiting.clear()


@dataclass(frozen=True, slots=True)
class Outage:
    service: PushService
    begins: Instant
    length: Duration = HOUR

    def at(self, now: Instant) -> bool:
        return self.begins <= now < self.begins + self.length


@dataclass(slots=True)
class Services:
    """All four, by one clock; `caps` are messages a second."""

    clock: Clock
    random: Random
    outage: Outage
    caps: Mapping[PushService, int]
    browsers: dict[str, Browser] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    lost_answers: int = 0
    _seconds: Counter[tuple[PushService, int]] = field(default_factory=Counter)

    def answer(self, request: PushRequest) -> PushAnswer:
        service, now = service_of(request.url), self.clock()
        if self.outage.at(now):
            self.answers[f"{service} down"] += 1
            return PushAnswer(0, "nobody takes the connection", failure="connect")
        second = (service, now // SECOND)
        if self._seconds[second] >= self.caps[service]:
            self.answers[f"{service} throttled"] += 1
            status, wait = 406 if service == "wns" else 429, self.random.randint(1, 30)
            return PushAnswer(status, headers={"retry-after": str(wait)})
        self._seconds[second] += 1
        if self.random.random() < FAILURES:
            return self._fail(service, request)
        return self._take(service, request)

    def _fail(self, service: PushService, request: PushRequest) -> PushAnswer:
        self.answers[f"{service} failed"] += 1
        if self.random.random() < FORGOTTEN and not self.browsers[request.url].gone:
            self.lost_answers += 1
            self._take(service, request)
            return PushAnswer(0, "broken off", failure="reset")
        return self.random.choice([PushAnswer(503), PushAnswer(500), PushAnswer(0, "late", failure="timeout")])

    def _take(self, service: PushService, request: PushRequest) -> PushAnswer:
        browser = self.browsers[request.url]
        if browser.gone:
            self.answers[f"{service} gone"] += 1
            return PushAnswer(410)
        self.answers[f"{service} taken"] += 1
        said = json.loads(request.body)["notification"]
        browser.tags.add(said["tag"])
        browser.take(request.headers["Topic"], said["data"]["message"])
        return PushAnswer(201)


def service_of(url: str) -> PushService:
    host = urlsplit(url).netloc
    return next(service for service, endpoint in ENDPOINTS.items() if urlsplit(endpoint).netloc == host)
