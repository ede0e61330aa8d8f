"""Ask the gates about each recipient of a chunk, as things stand now: who is posted to, who is not, who waits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.app.delivery.compose import Desk
from shopbell.app.delivery.ledger import Tally
from shopbell.app.delivery.letters import Addressee, Closed, Letter, own_step, waiting
from shopbell.app.delivery.reserving import Release, Reserve, Wish
from shopbell.app.delivery.vouchers import Vouchers
from shopbell.app.people import Mailboxes, People
from shopbell.app.reporting.lift import Noting, nothing_noted
from shopbell.domain.coupons import NOTHING, Past
from shopbell.domain.gates import Defer, Open, Skip
from shopbell.domain.gates.asking import sending_of
from shopbell.domain.ids import SubscriptionId, VisitorId, visitor_hash
from shopbell.domain.outcomes import ACCEPTED, CODES, OPEN
from shopbell.domain.part import PartName
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.sends import EMPTY, SendRecord
from shopbell.domain.subscriptions import Subscription
from shopbell.ports import Sends, Subscriptions, Visitors

_ACCEPTED: Final = CODES[ACCEPTED]
_HEAD: Final[tuple[PartName, ...]] = ("P",)
"""Of a profile all that gates, products and words ask for: none of them reads the ledger."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One open recipient: their place, device and person."""

    place: int
    visitor: VisitorId
    row: Subscription | None
    to: Addressee


@dataclass(slots=True)
class Piles:
    """`letters` have their place in the records of their people; who else is not in `waits` has their end."""

    letters: list[Letter] = field(default_factory=list)
    waits: list[tuple[Asked, Defer]] = field(default_factory=list)
    people: Mapping[VisitorId, Profile] = field(default_factory=dict)
    """Whose the open ones are, by the ids that they were planned under."""


@dataclass(frozen=True, slots=True)
class Sort:
    visitors: Visitors
    subscriptions: Subscriptions
    sends: Sends
    vouchers: Vouchers
    note: Noting = nothing_noted
    """Told whom a message was decided for where some are held out of it, before it goes to anybody."""

    def __call__(self, desk: Desk, tally: Tally, step: PendingStep | None = None) -> Piles:
        """Raises Unavailable. `step`: what the chunk's one person waited for; None: the run's message to all."""
        piles, written = Piles(), list[tuple[Asked, Letter]]()
        recipients = tally.chunk.recipients
        first = {one.subscription: place for place, one in reversed(list(enumerate(recipients)))}
        everyone = self._asked(desk, tally, step)
        piles.people = {one.visitor: one.to.profile for one in everyone if one.to.profile is not None}
        for asked in everyone:
            device = recipients[asked.place].subscription
            before = waiting(desk.run, device, asked.to.profile) if step is None else None
            made = before or desk.letter(asked.place, asked.row, asked.to, repeated=first[device] != asked.place)
            match made:
                case Letter():
                    written.append((asked, made))
                case Defer():
                    _wait(piles, tally, asked, made)
                case Closed():
                    _close(tally, asked.place, made)
        self.note(desk.store, desk.sides)
        self._reserve(desk, tally, written, piles)
        self._hand_out(desk, tally, {asked.place: asked.to for asked in everyone}, piles)
        for letter in piles.letters:
            for fault in letter.faults:
                tally.note(fault)
        return piles

    def _hand_out(self, desk: Desk, tally: Tally, people: Mapping[int, Addressee], piles: Piles) -> None:
        if desk.voucher is None:
            return
        letters, piles.letters = piles.letters, []
        for made in self.vouchers.hand_out(desk, letters, people):
            match made:
                case Letter():
                    piles.letters.append(made)
                case place, Closed() as closed:
                    _close(tally, place, closed)
        going = {one.held.code for one in piles.letters if one.held}
        self.vouchers.give_back([to for to in people.values() if to.past.held and to.past.held.code not in going])
        self.release(desk, tally, replace(piles, letters=letters))

    def settle(self, tally: Tally, letters: Sequence[Letter], unsure: frozenset[int]) -> None:
        """What is known of the codes of these letters, once they were posted or not. Raises Unavailable."""
        self.vouchers.settle(letters, tally.codes, unsure)

    def abandon(self, run: Run, tally: Tally, instance: str) -> None:
        """The codes of messages that are never posted any more go back. Raises Unavailable."""
        if run.terms.coupon is not None:
            names = sorted({tally.chunk.recipients[place].visitor for place in tally.open})
            found = People(self.visitors).load_many(run.store, names)
            owners = sorted({found[name].visitor if name in found else name for name in names})
            self.vouchers.abandon(run, owners, instance)

    def release(self, desk: Desk, tally: Tally, piles: Piles) -> None:
        """Give back the places of messages that reached none of a person's devices and have nothing left to try.

        Of who has devices in other chunks, too, the place stays: it may have reached one of those.
        """
        if not desk.remembers:
            return
        ends = {one.subscription: code for one, code in zip(tally.chunk.recipients, tally.codes, strict=True)}
        for letter in piles.letters:
            person = piles.people.get(tally.chunk.recipients[letter.index].visitor)
            if person is not None and _all_failed(person, ends, newest=desk.run.terms.newest_device_only):
                Release(self.sends)(desk.store.id, person.visitor, letter.sent.mark)

    def _asked(self, desk: Desk, tally: Tally, step: PendingStep | None) -> list[Asked]:
        places, store = tally.open, desk.store.id
        recipients = [tally.chunk.recipients[place] for place in places]
        people, names = People(self.visitors), sorted({one.visitor for one in recipients})
        profiles = people.load_many(store, names, _HEAD)
        records: Mapping[VisitorId, SendRecord] = self.sends.of(store, names) if desk.remembers else {}
        wanted = [(one.visitor, one.subscription) for one in recipients]
        rows = Mailboxes(self.subscriptions, people).of(store, wanted)
        past = self._past(desk, profiles.values(), step)
        found = []
        for place, one in zip(places, recipients, strict=True):
            profile = profiles.get(one.visitor)
            variant = tally.variant(place, profile.visitor if profile else one.visitor)
            had = past.get(profile.visitor, NOTHING) if profile else NOTHING
            to = Addressee(profile, records.get(one.visitor, EMPTY), step, variant, had)
            found.append(Asked(place, one.visitor, rows.get((one.visitor, one.subscription)), to))
        return found

    def _past(self, desk: Desk, profiles: Iterable[Profile], step: PendingStep | None) -> Mapping[VisitorId, Past]:
        if desk.voucher is None:
            return {}
        mark = sending_of(desk.run, own_step(desk.run, step)).mark
        return self.vouchers.past(desk.run, {profile.visitor: mark for profile in profiles})

    def _reserve(self, desk: Desk, tally: Tally, written: Sequence[tuple[Asked, Letter]], piles: Piles) -> None:
        if not desk.remembers:
            piles.letters += [letter for _, letter in written]
            return
        verdicts = Reserve(self.sends)(desk.store.id, [_wish(desk, asked, letter) for asked, letter in written])
        for (asked, letter), answer in zip(written, verdicts, strict=True):
            match answer:
                case Open():
                    piles.letters.append(letter)
                case Defer():
                    _wait(piles, tally, asked, answer)
                case Skip():
                    tally.end(asked.place, answer.outcome)


def _wish(desk: Desk, asked: Asked, letter: Letter) -> Wish:
    """The candidates of a run may be one person by now: under each id their devices were planned."""
    to, sent = asked.to, letter.sent
    if to.step is None and desk.run.audience.candidates is not None:
        sent = sent._replace(by=visitor_hash(desk.store.id, asked.visitor)[:4])
    return Wish(
        asked.visitor,
        sent,
        to.record,
        lambda record: desk.again(asked.row, replace(to, record=record)),
    )


def _all_failed(person: Profile, ends: Mapping[SubscriptionId, int], *, newest: bool) -> bool:
    """`ends`: of all devices of the chunk. `newest`: it was for one of theirs alone."""
    elsewhere = any(fact.active and name not in ends for name, fact in person.subscriptions.items())
    mine = {ends[name] for name in person.subscriptions if name in ends}
    return mine.isdisjoint({_ACCEPTED, OPEN}) and (newest or not elsewhere)


def _wait(piles: Piles, tally: Tally, asked: Asked, until: Defer) -> None:
    """Nobody can wait of whom there is no profile."""
    if asked.to.profile is None:
        tally.end(asked.place, f"skipped:{until.reason}")
    else:
        piles.waits.append((asked, until))


def _close(tally: Tally, place: int, made: Closed) -> None:
    tally.end(place, made.outcome)
    if made.why is not None:
        tally.note(f"{made.outcome.partition(':')[2]}_{made.why}")
