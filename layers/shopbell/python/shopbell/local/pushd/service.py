"""The push service itself, without a network: subscriptions, what was delivered to them, and faults to come."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from http_ece import ECEException

from shopbell.domain.clock import Clock
from shopbell.local.pushd.checks import Claims, Objection, check_body, check_headers, check_vapid
from shopbell.local.pushd.personalities import PERSONALITIES, PLAIN, Reply
from shopbell.local.pushd.receivers import Receiver, new_receiver


@dataclass(frozen=True, slots=True)
class Posted:
    """A POST as it came in; `connection` numbers the TCP connections from 1."""

    scheme: str
    authority: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    protocol: str
    connection: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault to come: wait, then break the connection, or give this reply, or (neither) serve as usual.

    `go_away` (HTTP/2 only) serves this one as the last of its connection: what the client has begun after it is
    not looked at (RFC 9113 section 6.8).
    """

    delay_seconds: float = 0
    reset: bool = False
    go_away: bool = False
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """An accepted message, decrypted."""

    posted: Posted
    plaintext: bytes
    claims: Claims


@dataclass(slots=True)
class Subscribed:
    """A browser's subscription at this service, bound to a VAPID key; once `gone` it answers 410."""

    endpoint: str
    receiver: Receiver
    bound_key: bytes
    gone: bool = False


@dataclass(slots=True)
class PushService:
    """Strict unless told otherwise; all of it is read and written in the server's thread or while that is idle."""

    clock: Clock
    posts: list[Posted] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    unreadable: list[Posted] = field(default_factory=list)
    _subscriptions: dict[str, Subscribed] = field(default_factory=dict)
    _troubles: deque[Trouble] = field(default_factory=deque)
    _numbers: "count[int]" = field(default_factory=count)

    def subscribe(self, origin: str, bound_key: bytes) -> Subscribed:
        """A new subscription whose endpoint lies under the origin."""
        path = f"/push/{next(self._numbers)}"
        made = Subscribed(f"{origin}{path}", new_receiver(), bound_key)
        self._subscriptions[made.endpoint] = made
        return made

    def expect(self, trouble: Trouble, times: int = 1) -> None:
        """The next POSTs meet it, in the order of their arrival."""
        self._troubles.extend([trouble] * times)

    def take_trouble(self, posted: Posted) -> Trouble | None:
        """Called once for each POST, when it is complete."""
        self.posts.append(posted)
        return self._troubles.popleft() if self._troubles else None

    def serve(self, posted: Posted) -> Reply:
        """Check, decrypt, record: 201 with a location, or the refusal in the words of the host that is played."""
        origin = f"{posted.scheme}://{posted.authority}"
        subscribed = self._subscriptions.get(f"{origin}{posted.path}")
        if subscribed is None:
            return Reply(404)
        if subscribed.gone:
            return Reply(410)
        personality = PERSONALITIES.get(posted.authority, PLAIN)
        try:
            said = posted.headers.get("authorization")
            claims = check_vapid(said, origin, subscribed.bound_key, self.clock())
            check_headers(posted.headers)
            personality.demand(posted.headers)
            check_body(posted.headers, posted.body)
        except Objection as objection:
            return personality.refuse(objection)
        try:
            self.deliveries.append(Delivery(posted, subscribed.receiver.read(posted.body), claims))
        except (ECEException, ValueError):
            # no service could tell: the browser would drop it without a word
            self.unreadable.append(posted)
        return Reply(201, {"location": f"{origin}/m/{len(self.posts)}"})

    def duplicates(self) -> int:
        """How many accepted messages said to the same browser what had been said to it before."""
        said = Counter((delivery.posted.path, delivery.plaintext) for delivery in self.deliveries)
        return sum(said.values()) - len(said)
