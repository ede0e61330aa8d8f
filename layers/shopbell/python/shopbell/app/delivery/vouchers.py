"""The codes of messages: handed out just before the post, and given back if nobody can have seen them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.delivery.compose import Desk
from shopbell.app.delivery.letters import Addressee, Closed, Letter
from shopbell.app.delivery.promising import Promises
from shopbell.domain.clock import Clock
from shopbell.domain.coupons import Claim, Held, NoCoupon, Offer, Past, either
from shopbell.domain.ids import CUSTOMER_PREFIX, SubscriptionId, VisitorId
from shopbell.domain.outcomes import ACCEPTED, CODES, OPEN
from shopbell.domain.runs import Run
from shopbell.domain.sends import mark_of
from shopbell.ports import Aliases
from shopbell.ports.coupons import CouponClaims

_ACCEPTED: Final = CODES[ACCEPTED]
Known = Mapping[VisitorId, Past]


@dataclass(frozen=True, slots=True)
class Vouchers:
    """A code is a message's from the moment before it is posted. Its devices are noted before it can reach them, so
    that whoever takes the work up after a crash neither takes a second code nor gives away one that was seen.
    """

    claims: CouponClaims
    promises: Promises
    now: Clock
    aliases: Aliases

    def past(self, run: Run, marks: Mapping[VisitorId, bytes]) -> Known:
        """What each of them has of it; nothing where the run brings no codes. Raises Unavailable.

        A customer has what they were given before they said who they are, too (ruling 17).
        """
        if run.terms.coupon is None or run.source == "test" or not marks:
            return {}
        whose = self.aliases.of_many(run.store, [who for who in marks if who.startswith(CUSTOMER_PREFIX)])
        names = {who: (who, *whose.get(who, ())) for who in marks}
        asked = [(name, mark) for who, mark in marks.items() for name in names[who]]
        found = self.claims.past(run.store, run.source_id, list(dict.fromkeys(asked)))
        return {who: either(found[name, mark] for name in names[who]) for who, mark in marks.items()}

    def hand_out(
        self, desk: Desk, letters: Sequence[Letter], people: Mapping[int, Addressee]
    ) -> list[Letter | tuple[int, Closed]]:
        """Each letter in words that name the code, or how the message at that place ends instead."""
        if desk.voucher is None or desk.run.source == "test":
            return list(letters)
        promised = {one.index: one for one in letters if isinstance(desk.offer(people[one.index]), Offer)}
        held = self._held(desk, list(promised.values()), people)
        return [
            _worded(desk, one, people[one.index], held.get(_visitor(one, people))) if one.index in promised else one
            for one in letters
        ]

    def settle(self, letters: Sequence[Letter], codes: Sequence[int], unsure: frozenset[int]) -> None:
        """After the post: notes who certainly has none, and gives back what nobody can have. Raises Unavailable."""
        ended: dict[str, Held] = {}
        for letter in letters:
            if letter.held is None or codes[letter.index] == _ACCEPTED:
                continue
            if letter.index not in unsure and not letter.doubted:
                self.claims.unpost(letter.held, frozenset({letter.subscription.id}))
            if codes[letter.index] != OPEN:
                ended[letter.held.code] = letter.held
        for held in ended.values():
            self.claims.give_back(held)

    def give_back(self, people: Sequence[Addressee]) -> None:
        """Of messages that are not sent now, as far as no device may have it."""
        for held in {one.past.held.code: one.past.held for one in people if one.past.held is not None}.values():
            self.claims.give_back(held)

    def abandon(self, run: Run, visitors: Sequence[VisitorId], instance: str) -> None:
        """Nothing of the run, or of that instance, is sent to them any more."""
        marks = {who: mark_of(run.source_id, instance, run.terms.step) for who in visitors}
        for past in self.past(run, marks).values():
            if past.held is not None:
                self.claims.give_back(past.held)

    def _held(
        self, desk: Desk, letters: Sequence[Letter], people: Mapping[int, Addressee]
    ) -> Mapping[VisitorId, Held | None]:
        devices: dict[VisitorId, set[SubscriptionId]] = {}
        first: dict[VisitorId, Letter] = {}
        for letter in letters:
            devices.setdefault(_visitor(letter, people), set()).add(letter.subscription.id)
            first.setdefault(_visitor(letter, people), letter)
        found: dict[VisitorId, Held | None] = dict(self._had(first, devices, people))
        wanted = [
            self._claim(desk, letter, who, frozenset(devices[who]), people)
            for who, letter in first.items()
            if who not in found
        ]
        if wanted:
            found.update(zip((one.visitor for one in wanted), self.claims.claim(wanted), strict=True))
        if None in found.values():
            self.promises.found_empty(desk.run)
        return found

    def _had(
        self,
        first: Mapping[VisitorId, Letter],
        devices: Mapping[VisitorId, set[SubscriptionId]],
        people: Mapping[int, Addressee],
    ) -> Iterator[tuple[VisitorId, Held]]:
        """Those of an earlier try, or of another of the person's devices."""
        for who, letter in first.items():
            held = people[letter.index].past.held
            if held is not None and self.claims.post(held, frozenset(devices[who])):
                yield who, held

    def _claim(
        self,
        desk: Desk,
        letter: Letter,
        who: VisitorId,
        devices: frozenset[SubscriptionId],
        people: Mapping[int, Addressee],
    ) -> Claim:
        terms, offer = desk.run.terms.coupon, desk.offer(people[letter.index])
        if terms is None or not isinstance(offer, Offer):
            raise TypeError("no code was promised")
        now = self.now()
        return Claim(
            store=desk.store.id,
            visitor=who,
            mark=letter.sent.mark,
            pool=terms.pool,
            run=desk.run.id,
            source_id=desk.run.source_id,
            at=now,
            expires_at=offer.expires_at,
            devices=devices,
            every=terms.every,
        )


def _worded(desk: Desk, letter: Letter, to: Addressee, held: Held | None) -> Letter | tuple[int, Closed]:
    if held is None and desk.voucher is not None and desk.voucher.terms.required:
        return letter.index, Closed("skipped:no_coupon", "empty")
    offer = NoCoupon("empty") if held is None else desk.offer(replace(to, past=Past(held)))
    made = desk.reworded(letter, to, offer)
    if isinstance(made, Closed):
        return letter.index, made
    before = to.past.held.claim.devices if to.past.held else frozenset()
    return replace(made, held=held, doubted=letter.subscription.id in before)


def _visitor(letter: Letter, people: Mapping[int, Addressee]) -> VisitorId:
    profile = people[letter.index].profile
    return profile.visitor if profile else letter.subscription.visitor
