"""Post letters, at most 50 of them unrecorded: seal, sign, hand over, and turn each answer into an end."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from shopbell.app.delivery.compose import Desk
from shopbell.app.delivery.hearing import Hearing, Round, Streak, reopen
from shopbell.app.delivery.ledger import Tally
from shopbell.app.delivery.letters import Letter
from shopbell.app.delivery.pacing import Pacing
from shopbell.app.delivery.signing import Headers, Sign
from shopbell.app.delivery.throttle import Place
from shopbell.app.delivery.wrongkeys import Mismatched, WrongKeys
from shopbell.app.tracking.coupons import coupon_assigned
from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.subscribe import unsubscribed
from shopbell.domain.clock import Clock
from shopbell.domain.coupons import Held as Code
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import RunId, VapidKeyId
from shopbell.domain.push import outcome as outcomes
from shopbell.domain.push.rates import Lane
from shopbell.domain.push.values import BadReceiver, PushRequest
from shopbell.domain.runs import FLUSH_EVERY
from shopbell.domain.subscriptions import PushService, Subscription
from shopbell.ports import Events, KeyUses, PushCodec, PushTransport, Subscriptions


@dataclass(frozen=True, slots=True)
class Post:
    codec: PushCodec
    transport: PushTransport
    sign: Sign
    subscriptions: Subscriptions
    events: Events
    now: Clock
    pacing: Pacing
    uses: KeyUses
    refused: dict[tuple[RunId, PushService], dict[VapidKeyId, int]] = field(default_factory=dict)
    """`Streak.lasting` of the runs that this worker had, at each service: chunks of many shards can be small."""

    def rounds(
        self,
        desk: Desk,
        letters: Sequence[Letter],
        tally: Tally,
        go_on: Callable[[], bool],
        lane: Lane = "runs",
    ) -> Round:
        """Round after round of 50 at most, each saved before the next; ends early when told to, or when it is no use.

        Fewer in a round, or none, where the service's pace allows no more.
        """
        place = desk.run.id, tally.chunk.service
        streak = Streak(self.refused.pop(place, {}) if lane == "runs" else {})
        done = self._rounds(desk, letters, tally, go_on, (streak, Place(tally.chunk.service, desk.store.id, lane)))
        self._wrong_keys.park(streak, tally, stopped=done.stop is not None)
        if lane == "runs" and streak.lasting:
            self.refused[place] = streak.lasting
        return done

    def _rounds(
        self,
        desk: Desk,
        letters: Sequence[Letter],
        tally: Tally,
        go_on: Callable[[], bool],
        at: tuple[Streak, Place],
    ) -> Round:
        done, start, (streak, place) = Round(), 0, at
        while start < len(letters) and go_on():
            leave = self.pacing.leave(place, min(FLUSH_EVERY, len(letters) - start), go_on)
            if not leave.number:
                left = len(letters) - start
                tally.note(leave.why or "throttled", left)
                return done.and_(Round(left, leave.wait, held=leave.why))
            part = letters[start : start + leave.number]
            start += len(part)
            done = done.and_(self._paced(desk, part, tally, streak, place))
            if done.stop is not None or done.sick:
                break
        return done.and_(Round(len(letters) - start))

    def _paced(self, desk: Desk, letters: Sequence[Letter], tally: Tally, streak: Streak, place: Place) -> Round:
        """Without those whose key is left alone for now."""
        keys = self.pacing.keys(place, {letter.vapid_key for letter in letters})
        ready = [letter for letter in letters if letter.vapid_key in keys.admitted][: keys.bound]
        round_, held = Round(), len(letters) - len(ready)
        if ready:
            self.pacing.take(place, len(ready))
            round_ = self._round(desk, ready, tally, streak, place)
        if not held:
            return round_
        tally.note("breaker_open", held)
        return round_.and_(Round(held, keys.wait, held="breaker_open"))

    def _round(self, desk: Desk, letters: Sequence[Letter], tally: Tally, streak: Streak, place: Place) -> Round:
        heard, wrong = Hearing(tally, streak), list[Mismatched]()
        ready = list(self._sealed(desk, letters, tally, heard))
        for index, answer in self.transport.post([request for _, request in ready]):
            found = outcomes.outcome(answer, self.now())
            if isinstance(found, outcomes.KeyMismatch):
                wrong.append((*ready[index], found))
            else:
                heard.hear(ready[index][0], found)
        for letter, found in self._wrong_keys.again(desk, wrong, tally):
            heard.hear(letter, found)
        learned = self.pacing.hear(place, heard.causes, heard.wait)
        for name, number in learned.notes.items():
            tally.note(name, number)
        if heard.stop is not None:
            reopen(streak, tally)
        self._assigned(desk, heard.brought)
        tally.save()
        for letter in heard.gone:
            self._retire(letter.subscription, tally, letter.index)
        tally.save()
        return heard.round(len(letters), learned.warnings)

    @property
    def _wrong_keys(self) -> WrongKeys:
        return WrongKeys(self.transport, self.sign, self.uses, self.now)

    def _sealed(
        self, desk: Desk, letters: Sequence[Letter], tally: Tally, heard: Hearing
    ) -> Iterator[tuple[Letter, PushRequest]]:
        bodies = self.codec.encrypt([one.plaintext for one in letters], [one.keys for one in letters])
        headers = Headers(self.sign, desk.run, desk.store, self.now())
        for letter, body in zip(letters, bodies, strict=True):
            match body:
                case BadReceiver():
                    tally.end(letter.index, "failed:bad_subscription")
                case bytes():
                    try:
                        yield letter, PushRequest(letter.endpoint.url, headers.of(letter), body)
                    except NotFound:
                        # one key without its private half must hold nobody up who is on another
                        tally.note("key_mismatch")
                        heard.hear(letter, outcomes.KeyMismatch(0))

    def _assigned(self, desk: Desk, held: Sequence[Code]) -> None:
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
