"""Post letters, at most 50 of them unrecorded: seal, sign, hand over, and turn each answer into an end."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.app.delivery.compose import Desk
from shopbell.app.delivery.ledger import Tally
from shopbell.app.delivery.letters import Letter
from shopbell.app.tracking.coupons import coupon_assigned
from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.subscribe import unsubscribed
from shopbell.domain.clock import Clock, Duration, Instant
from shopbell.domain.coupons import Held
from shopbell.domain.ids import VapidKeyId
from shopbell.domain.push import outcome as outcomes
from shopbell.domain.push.headers import bounded_ttl, message_headers
from shopbell.domain.push.values import BadReceiver, PushRequest
from shopbell.domain.runs import FLUSH_EVERY
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import Subscription
from shopbell.ports import Events, PushCodec, PushTransport, Subscriptions

REFUSALS_IN_A_ROW: Final = 50
"""So many refusals of one key, and the fault is ours: the run stops (reliability, table 3.A)."""
SICK: Final = 0.5
"""Share of a round that was put off, from which on the service is left alone for now."""

Sign = Callable[[Store, str, VapidKeyId, Instant], str]
"""(store, origin, key, now) to the `Authorization` header (RFC 8292); raises NotFound without the private key."""


@dataclass(slots=True)
class Streak:
    """Refusals in a row, by key."""

    places: dict[VapidKeyId, list[tuple[int, str]]] = field(default_factory=dict)

    def add(self, key: VapidKeyId, place: int, outcome: str) -> bool:
        """Whether that was one too many."""
        row = self.places.setdefault(key, [])
        row.append((place, outcome))
        return len(row) >= REFUSALS_IN_A_ROW

    def end(self, key: VapidKeyId) -> None:
        self.places.pop(key, None)


@dataclass(frozen=True, slots=True)
class Round:
    """How one round went: how long to wait for those put off, and why the run must stop, if it must."""

    put_off: int = 0
    wait: Duration = 0
    stop: str | None = None
    unsure: frozenset[int] = frozenset()
    """Places of those of whom it is not known whether the service took the message before it failed."""


@dataclass(frozen=True, slots=True)
class Post:
    codec: PushCodec
    transport: PushTransport
    sign: Sign
    subscriptions: Subscriptions
    events: Events
    now: Clock

    def rounds(self, desk: Desk, letters: Sequence[Letter], tally: Tally, go_on: Callable[[], bool]) -> Round:
        """Round after round of 50, each saved before the next; ends early when told to, or when it is no use."""
        streak, put_off, wait, unsure = Streak(), 0, 0, frozenset[int]()
        for start in range(0, len(letters), FLUSH_EVERY):
            if not go_on():
                return Round(put_off + len(letters) - start, wait, unsure=unsure)
            part = letters[start : start + FLUSH_EVERY]
            done = self._round(desk, part, tally, streak)
            put_off, wait, unsure = put_off + done.put_off, max(wait, done.wait), unsure | done.unsure
            if done.stop is not None or done.put_off > SICK * len(part):
                return Round(put_off + len(letters) - start - len(part), wait, done.stop, unsure)
        return Round(put_off, wait, unsure=unsure)

    def _round(self, desk: Desk, letters: Sequence[Letter], tally: Tally, streak: Streak) -> Round:
        heard = _Heard(tally, streak)
        ready = list(self._sealed(desk, letters, tally))
        for place, answer in self.transport.post([request for _, request in ready]):
            heard.hear(ready[place][0], outcomes.outcome(answer, self.now()))
        if heard.stop is not None:
            _reopen(streak, tally)
        self._assigned(desk, heard.brought)
        tally.save()
        for letter in heard.gone:
            self._retire(letter.subscription, tally, letter.index)
        tally.save()
        return Round(heard.put_off, heard.wait, heard.stop, frozenset(heard.unsure))

    def _sealed(self, desk: Desk, letters: Sequence[Letter], tally: Tally) -> Iterator[tuple[Letter, PushRequest]]:
        bodies = self.codec.encrypt([one.plaintext for one in letters], [one.keys for one in letters])
        for letter, body in zip(letters, bodies, strict=True):
            match body:
                case BadReceiver():
                    tally.end(letter.index, "failed:bad_subscription")
                case bytes():
                    yield letter, self._request(desk, letter, body)

    def _request(self, desk: Desk, letter: Letter, body: bytes) -> PushRequest:
        run, now = desk.run, self.now()
        ttl = bounded_ttl(run.delivery.ttl, now=now, ends_at=letter.ends_at)
        authorization = self.sign(desk.store, letter.endpoint.origin, letter.vapid_key, now)
        headers = message_headers(authorization, ttl, letter.urgency, letter.topic)
        return PushRequest(letter.endpoint.url, headers, body)

    def _assigned(self, desk: Desk, held: Sequence[Held]) -> None:
        """The event before the ledger says that it is done: who dies between the two tells the same once more."""
        events = [system_item(desk.store.id, coupon_assigned(one, desk.run, self.now())) for one in held]
        if events:
            self.events.append(events)

    def _retire(self, subscription: Subscription, tally: Tally, place: int) -> None:
        """The event first: once the row is gone, nobody could tell the fold any more."""
        now = self.now()
        self.events.append([system_item(subscription.store, unsubscribed(subscription, now, "gone"))])
        if not self.subscriptions.retire(subscription, now, "gone"):
            tally.note("retire_overtaken")
        tally.end(place, "retired")


@dataclass(slots=True)
class _Heard:
    """The answers of one round, each turned into an end or into what is left to do."""

    tally: Tally
    streak: Streak
    gone: list[Letter] = field(default_factory=list)
    put_off: int = 0
    wait: Duration = 0
    stop: str | None = None
    unsure: list[int] = field(default_factory=list)
    brought: list[Held] = field(default_factory=list)
    """Codes that a service took."""

    def hear(self, letter: Letter, found: outcomes.Outcome) -> None:
        match found:
            case outcomes.Accepted():
                self.streak.end(letter.vapid_key)
                self.tally.end(letter.index, "accepted")
                self.brought += [letter.held] if letter.held else []
            case outcomes.Gone():
                self.streak.end(letter.vapid_key)
                self.gone.append(letter)
            case outcomes.Retry(cause=cause, after=after):
                self.put_off, self.wait = self.put_off + 1, max(self.wait, after or 0)
                self.unsure += [] if cause in outcomes.UNTAKEN else [letter.index]
                self.tally.note(f"put_off_{cause}")
            case outcomes.KeyMismatch(status=status):
                self._refused(letter, "failed:key_mismatch", str(status))
            case outcomes.Refused(status=status, reason=reason):
                self._refused(letter, "failed:refused", f"{status} {reason}")
            case outcomes.TooLarge():
                self._refused(letter, "failed:too_large", "413")
            case outcomes.Redirected(status=status):
                self._refused(letter, "failed:redirect", str(status))

    def _refused(self, letter: Letter, outcome: str, said: str) -> None:
        self.tally.end(letter.index, outcome)
        if self.streak.add(letter.vapid_key, letter.index, outcome):
            self.stop = f"{outcome} {said} at {letter.endpoint.origin}"


def _reopen(streak: Streak, tally: Tally) -> None:
    """The recipients of a stopped run are not at fault: they are sent to when it goes on."""
    for row in streak.places.values():
        if len(row) >= REFUSALS_IN_A_ROW:
            for place, outcome in row:
                tally.reopen(place, outcome)
