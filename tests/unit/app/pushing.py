"""Push services in memory: every post is accepted, readable and remembered, unless a test says otherwise."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shopbell.app.delivery.pacing import Pacing
from shopbell.app.delivery.signing import Sign
from shopbell.app.delivery.throttle import Throttle
from shopbell.domain.clock import Duration, Instant
from shopbell.domain.push.values import BadReceiver, PushAnswer, PushRequest, ReceiverKeys


class OpenCodec:
    """Leaves messages readable. The real codecs have tests of their own."""

    def encrypt(self, plaintexts: Sequence[bytes], keys: Sequence[ReceiverKeys]) -> Sequence[bytes | BadReceiver]:
        return [text if key.auth else BadReceiver("no auth") for text, key in zip(plaintexts, keys, strict=True)]


@dataclass
class PushWorld:
    """Every push service at once: what was posted where, and an answer for each post."""

    answer: Callable[[PushRequest], PushAnswer] = lambda _: PushAnswer(201)
    posts: list[PushRequest] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def post(self, requests: Sequence[PushRequest]) -> Iterator[tuple[int, PushAnswer]]:
        for place, request in enumerate(requests):
            self.before()
            self.posts.append(request)
            yield place, self.answer(request)

    @property
    def by_url(self) -> Counter[str]:
        return Counter(request.url for request in self.posts)


def put_off(seconds: int) -> PushAnswer:
    return PushAnswer(429, headers={"retry-after": str(seconds)})


def openly(push: PushWorld) -> tuple[OpenCodec, PushWorld, Sign]:
    """Nothing is sealed, and everything has the same signature."""
    return OpenCodec(), push, lambda *_: "vapid t=a,k=b"


class Ticking(Protocol):
    """A clock that moves when somebody rests."""

    now: Instant

    def __call__(self) -> Instant: ...


def paced(clock: Ticking, throttle: Throttle | None = None) -> Pacing:
    """At the pace of one worker, by that clock."""

    def rest(wait: Duration) -> None:
        clock.now += wait

    return Pacing(throttle or Throttle(), clock, rest)
