"""What is done about subscriptions that a push service says were made with another key: none is ever deleted.

The store's other keys are tried once, and one that is taken is the subscription's from then on. Whom none of them
reaches is parked, if the key has reached others meanwhile: else the fault is likely the key's, thus ours, and
parking would silence everybody who is on it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shopbell.app.delivery.compose import Desk
from shopbell.app.delivery.hearing import Streak
from shopbell.app.delivery.ledger import Tally
from shopbell.app.delivery.letters import Letter
from shopbell.app.delivery.signing import Sign
from shopbell.domain.clock import Clock
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import VapidKeyId
from shopbell.domain.push import outcome as outcomes
from shopbell.domain.push.values import PushRequest
from shopbell.ports import KeyUses, PushTransport

Posted = tuple[Letter, PushRequest]
Mismatched = tuple[Letter, PushRequest, outcomes.KeyMismatch]


@dataclass(frozen=True, slots=True)
class WrongKeys:
    transport: PushTransport
    sign: Sign
    uses: KeyUses
    now: Clock

    def again(
        self, desk: Desk, refused: Sequence[Mismatched], tally: Tally
    ) -> Iterator[tuple[Letter, outcomes.Outcome]]:
        """How each of them ends, after the store's other keys, the newest first. Raises Unavailable."""
        if not refused:
            return
        self._note(desk, refused, tally)
        left = {letter.index: (letter, request, found) for letter, request, found in refused}
        for key in reversed(desk.store.vapid_keys):
            signed = list(self._signed(desk, key.id, [(one, request) for one, request, _ in left.values()]))
            for place, answer in self.transport.post([request for _, request in signed]):
                letter, found = signed[place][0], outcomes.outcome(answer, self.now())
                if isinstance(found, outcomes.Accepted | outcomes.Gone | outcomes.Retry):
                    del left[letter.index]
                    yield self._taken(letter, key.id, tally) if found == outcomes.Accepted() else letter, found
        for letter, _, mismatch in left.values():
            yield letter, mismatch

    def park(self, streak: Streak, tally: Tally, *, stopped: bool) -> None:
        """Those who were not reached with a key that has reached others; who is reached again no more.

        Raises Unavailable.
        """
        for letter in streak.back:
            self.uses.move(letter.subscription, letter.vapid_key, None)
        for letter in () if stopped else streak.wrong:
            if letter.vapid_key in streak.proven:
                self.uses.move(letter.subscription, letter.vapid_key, self.now())
                tally.note("key_parked")

    def _note(self, desk: Desk, refused: Sequence[Mismatched], tally: Tally) -> None:
        """The alarm rests on this count, which nothing takes back."""
        tally.note("key_mismatch", len(refused))
        for key, times in Counter(letter.vapid_key for letter, _, _ in refused).items():
            self.uses.refused(desk.store.id, key, times, self.now())

    def _signed(self, desk: Desk, key: VapidKeyId, posted: Sequence[Posted]) -> Iterator[Posted]:
        """None where the private half is missing, as of a pair that is only being brought in."""
        for letter, request in posted:
            if letter.vapid_key == key:
                continue
            try:
                authorization = self.sign(desk.store, letter.endpoint.origin, key, self.now())
            except NotFound:
                return
            yield letter, replace(request, headers={**request.headers, "Authorization": authorization})

    def _taken(self, letter: Letter, key: VapidKeyId, tally: Tally) -> Letter:
        self.uses.move(letter.subscription, key, None)
        tally.note("key_found")
        return replace(
            letter, vapid_key=key, subscription=replace(letter.subscription, vapid_key=key, state="active")
        )
