"""The push service itself, without a network: subscriptions, what was delivered to them, and faults to come."""

import secrets
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from http_ece import ECEException

from shopbell.domain.clock import Clock
from shopbell.local.pushd.book import Book, Delivered, Note, Wrong, name_of
from shopbell.local.pushd.checks import Claims, Objection, check_body, check_headers, check_vapid
from shopbell.local.pushd.faults import Faults, Trouble
from shopbell.local.pushd.personalities import GONE, PERSONALITIES, PLAIN, UNKNOWN, Personality, Reply
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

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def voice(self) -> Personality:
        return PERSONALITIES.get(self.authority, PLAIN)


@dataclass(frozen=True, slots=True)
class Delivery:
    """An accepted message, decrypted."""

    posted: Posted
    plaintext: bytes
    claims: Claims


@dataclass(slots=True)
class Subscribed:
    """A browser's subscription at this service, bound to a VAPID key; once `gone` it answers 410."""

    id: str
    endpoint: str
    receiver: Receiver
    bound_key: bytes
    gone: bool = False

    def to_json(self) -> dict[str, object]:
        """What a browser would report, and the name under which the service tells of it."""
        return {"id": self.id, "endpoint": self.endpoint, "keys": self.receiver.to_json()}


@dataclass(slots=True)
class PushService:
    """Strict unless told otherwise; all of it is read and written in the server's thread or while that is idle."""

    clock: Clock
    faults: Faults = field(default_factory=Faults)
    book: Book = field(default_factory=Book)
    keep: int | None = None
    """Of how many POSTs all is remembered, bodies too; None: of all."""
    posts: deque[Posted] = field(init=False)
    deliveries: deque[Delivery] = field(init=False)
    unreadable: deque[Posted] = field(init=False)
    _subscriptions: dict[str, Subscribed] = field(default_factory=dict)
    _troubles: deque[Trouble] = field(default_factory=deque)
    _numbers: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self.posts, self.deliveries, self.unreadable = deque(maxlen=self.keep), deque(maxlen=self.keep), deque()

    @property
    def subscriptions(self) -> Iterable[Subscribed]:
        return self._subscriptions.values()

    def subscribe(self, origin: str, bound_key: bytes, receiver: Receiver | None = None) -> Subscribed:
        """A new subscription whose endpoint lies under the origin, with keys of its own or with these."""
        name, folder = str(next(self._numbers)), PERSONALITIES.get(origin.partition("://")[2], PLAIN).folder
        endpoint = f"{origin}{folder}{secrets.token_urlsafe(96)}"
        made = Subscribed(name, endpoint, receiver or new_receiver(), bound_key)
        self._subscriptions[made.endpoint] = made
        return made

    def expect(self, trouble: Trouble, times: int = 1) -> None:
        """The next POSTs meet it, in the order of their arrival, before any rule of `faults` is asked."""
        self._troubles.extend([trouble] * times)

    def take_trouble(self, posted: Posted) -> Trouble:
        """Called once for each POST, when it is complete."""
        self.posts.append(posted)
        if self._troubles:
            return self._troubles.popleft()
        return self.faults.meet(posted.voice, self._name(posted), posted.origin, self.clock()) or Trouble()

    def broke(self, posted: Posted) -> None:
        """Its connection was broken off instead of an answer."""
        self.book.answered(posted.voice.service, "reset")

    def serve(self, posted: Posted, trouble: Trouble) -> Reply:
        """Check, decrypt, record: 201, or the refusal in the words of the host that is played."""
        reply = trouble.reply or self._reply(posted)
        self.book.answered(posted.voice.service, reply.status)
        return Reply(reply.status, reply.headers, reply.body + b"x" * trouble.padding)

    def duplicates(self) -> int:
        """How many accepted messages said to the same browser what had been said to it before."""
        said = Counter((delivery.posted.path, delivery.plaintext) for delivery in self.deliveries)
        return sum(said.values()) - len(said)

    def _reply(self, posted: Posted) -> Reply:
        subscribed = self._subscriptions.get(f"{posted.origin}{posted.path}")
        if subscribed is None or subscribed.gone:
            return posted.voice.turn_away(UNKNOWN if subscribed is None else GONE, None)
        try:
            said = posted.headers.get("authorization")
            claims = check_vapid(said, posted.origin, subscribed.bound_key, self.clock())
            check_headers(posted.headers)
            posted.voice.demand(posted.headers)
            check_body(posted.headers, posted.body)
        except Objection as objection:
            reply = posted.voice.refuse(objection)
            self._object(posted, objection.fault, objection.detail, reply.status)
            return reply
        if (wrong := self.book.repeated(posted.body)) is not None:
            self._object(posted, wrong, "a salt and a key of the sender serve one message", 201)
        self._read(posted, subscribed, claims)
        return posted.voice.accept(posted.origin, secrets.token_urlsafe(16), posted.headers["ttl"])

    def _read(self, posted: Posted, subscribed: Subscribed, claims: Claims) -> None:
        try:
            plaintext = subscribed.receiver.read(posted.body)
        except (ECEException, ValueError) as exc:
            # no service could tell: the browser would drop it without a word
            self.unreadable.append(posted)
            self._object(posted, "unreadable", type(exc).__name__, 201)
            return
        self.deliveries.append(Delivery(posted, plaintext, claims))
        self.book.deliver(self._entry(posted, subscribed, plaintext))

    def _entry(self, posted: Posted, subscribed: Subscribed, plaintext: bytes) -> Delivered:
        now, (message, tag), said = self.clock(), name_of(plaintext), posted.headers
        urgency, ttl, topic = said.get("urgency", "normal"), int(said["ttl"]), said.get("topic")
        return Delivered(subscribed.id, posted.voice.service, message, tag, topic, urgency, ttl, now, now)

    def _object(self, posted: Posted, wrong: Wrong, detail: str, status: int) -> None:
        note = Note(self.clock(), posted.voice.service, self._name(posted), wrong, detail, status)
        self.book.note(note)

    def _name(self, posted: Posted) -> str:
        subscribed = self._subscriptions.get(f"{posted.origin}{posted.path}")
        return subscribed.id if subscribed else "unknown"
