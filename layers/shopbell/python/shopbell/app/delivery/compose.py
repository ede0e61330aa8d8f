"""Make the request of one push: gates, products, words, token, payload, endpoint; or say how it ends instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from shopbell.app.delivery.addressing import WITHOUT, Envelope
from shopbell.app.delivery.asking import Asking, Kept, asking
from shopbell.app.delivery.letters import Addressee, Closed, Letter
from shopbell.app.delivery.picking import Picking, TooFew
from shopbell.app.delivery.promising import Promise
from shopbell.app.delivery.wording import Wording, values_of
from shopbell.domain import naming
from shopbell.domain.attribution.parting import Side
from shopbell.domain.clock import Instant
from shopbell.domain.coupons import NoCoupon, Offer
from shopbell.domain.events import Json
from shopbell.domain.gates import Defer, Moment, Open, Sending, Skip, Told, Verdict, told, verdict
from shopbell.domain.gates.minutes import Minutes
from shopbell.domain.gates.parting import sides
from shopbell.domain.ids import VisitorId
from shopbell.domain.push.endpoints import AllowedHosts
from shopbell.domain.push.token import TokenKey
from shopbell.domain.rendering import NoContent, Written
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.scenarios.selected import Pick
from shopbell.domain.scenarios.upcoming import NOTHING, Upcoming
from shopbell.domain.sends import Sent
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class Desk:
    """What all letters of a chunk share."""

    run: Run
    store: Store
    token_key: TokenKey
    wording: Wording
    allowed: AllowedHosts
    picking: Picking
    now: Instant
    priorities: Mapping[str, int] = field(default_factory=dict)
    """Of the store's scenarios, by `source_id`."""
    upcoming: Upcoming = NOTHING
    voucher: Promise | None = None
    """What is promised of a coupon; None: the messages bring none."""
    told: dict[VisitorId, dict[str, Told]] = field(default_factory=dict)
    """By visitor and gate what those that were closed rested on, for whoever asks later."""
    sides: dict[VisitorId, tuple[Side, ...]] = field(default_factory=dict)
    """Where somebody is held out: of each person who could have had the message, whether they are."""
    kept: Kept = field(default_factory=Kept, repr=False)

    @property
    def _envelope(self) -> Envelope:
        if self.kept.envelope is None:
            self.kept.envelope = Envelope(self.run, self.store, self.token_key, self.allowed)
        return self.kept.envelope

    def asking(self, step: PendingStep | None) -> Asking:
        """What the gates are asked of the step; None: of the run's message to everyone."""
        if step is None and self.kept.asking is not None:
            return self.kept.asking
        lacking = None if self.voucher is None else self._lacking
        made = asking(self.run, self.store, step, (self.priorities, self.upcoming), self.now, lacking)
        if step is None:
            self.kept.asking = made
        return made

    @property
    def remembers(self) -> bool:
        """Whether the visitors' records are asked and written: what keeps to nothing costs no write (ruling 8)."""
        run = self.run
        terms = run.terms
        limited = terms.respect_caps or terms.max_per_user is not None
        told_apart = terms.phase is not None or run.weighed is not None
        minded = run.source == "scenario" or limited or told_apart or terms.products.algorithm is not None
        return minded and run.source != "test"

    def letter(
        self, index: int, subscription: Subscription | None, to: Addressee, *, repeated: bool
    ) -> Letter | Defer | Closed:
        """A letter, or how it ends or waits instead. Raises Unavailable."""
        content: list[tuple[Written, tuple[Pick, ...]] | NoContent] = []

        def has_content() -> bool:
            content.append(self.write(to, subscription.language if subscription else None))
            return not isinstance(content[0], NoContent)

        asking = self.asking(to.step)
        moment = asking(subscription, to, has_content, repeated=repeated)
        answer = verdict(moment, asking.gates)
        self._note(moment, answer)
        if asking.parts:
            self._part(moment, answer)
        match answer, content:
            case Defer() as found, _:
                return found
            case Skip() as found, [NoContent(reason=reason)]:
                return Closed(found.outcome, reason)
            case Skip(reason="no_coupon") as found, _:
                return Closed(found.outcome, self._lacking(to))
            case Skip() as found, _:
                return Closed(found.outcome)
            case Open(), [(Written() as words, picks)] if subscription is not None:
                return self._envelope(index, subscription, words, self._sent(moment.sending, picks), to.step)
            case _:
                return Closed("skipped:no_content")

    def moment(self, subscription: Subscription | None, to: Addressee) -> Moment:
        """What the gates would be asked of it, for who explains them."""
        language = subscription.language if subscription else None
        has_content = partial(self._has_content, to, language)
        return self.asking(to.step)(subscription, to, has_content, repeated=False)

    def again(self, subscription: Subscription | None, to: Addressee) -> Verdict:
        """Of a letter that is written, what the gates say to another record of the person."""
        asking = self.asking(to.step)
        moment = asking(subscription, to, lambda: True, repeated=False)
        answer = verdict(moment, asking.gates)
        self._note(moment, answer)
        return answer

    def _note(self, moment: Moment, answer: Verdict) -> None:
        if isinstance(answer, Skip | Defer) and moment.who is not None and self.run.source != "test":
            self.told.setdefault(moment.who[1], {})[answer.reason] = told(moment, answer)

    def _part(self, moment: Moment, answer: Verdict) -> None:
        mine = sides(moment, answer, self.run.terms.attribution or self.store.attribution)
        if mine and moment.profile is not None:
            self.sides[moment.profile.visitor] = mine

    @property
    def minutes(self) -> Minutes:
        return {who: (self.now, tuple(gates.values())) for who, gates in self.told.items()}

    def offer(self, to: Addressee) -> Offer | NoCoupon | None:
        """None: there is no question of a coupon. Raises Unavailable."""
        return None if self.voucher is None else self.voucher(to)

    def reworded(self, letter: Letter, to: Addressee, offer: Offer | NoCoupon | None) -> Letter | Closed:
        """The same letter with that coupon. Raises Unavailable."""
        written = self.write(to, letter.subscription.language, offer)
        if isinstance(written, NoContent):
            return Closed("skipped:no_content", written.reason)
        return self._envelope(letter.index, letter.subscription, written[0], letter.sent, to.step)

    def _lacking(self, to: Addressee) -> str | None:
        """Why there is no code without which the message may not go."""
        if self.voucher is None or not self.voucher.terms.required:
            return None
        offer = self.voucher(to)
        return offer.reason if isinstance(offer, NoCoupon) else None

    def _has_content(self, to: Addressee, language: str | None) -> bool:
        return not isinstance(self.write(to, language), NoContent)

    def write(
        self, to: Addressee, language: str | None, offer: Offer | NoCoupon | None = None
    ) -> tuple[Written, tuple[Pick, ...]] | NoContent:
        """The words for a person, in a device's language, else in theirs, else the store's. Raises Unavailable.

        `offer`: the coupon as it is by now; None: as it is promised.
        """
        mark = self.asking(to.step).general.sending.mark
        picks = self.picking(to.profile, to.record.without(mark), to.facts)
        if isinstance(picks, TooFew):
            return NoContent(picks.reason)
        variant, composer = self.wording(to.profile, to.variant)
        asked = composer.translated or composer.names("visitor")
        traits = naming.visible_traits(to.profile) if asked else {}
        wanted = (language, _text(traits.get("language")), self.store.language)
        coupon = offer or self.offer(to)
        values = values_of((self.run, self.store), composer, to, traits, picks, _named(coupon))
        written = composer.write(wanted, values)
        if isinstance(written, NoContent):
            return written
        without = (f"{WITHOUT}{coupon.reason}",) if isinstance(coupon, NoCoupon) else ()
        faults = (*without, *self.picking.faults(picks))
        if faults or variant:
            written = replace(written, faults=(*written.faults, *faults), variant=variant or written.variant)
        return written, picks

    def _sent(self, sending: Sending, picks: Sequence[Pick]) -> Sent:
        shown = tuple(pick.product.id for pick in picks)
        return Sent(self.now, sending.mark, sending.source_id, sending.step, sending.message_class, shown)


def _named(coupon: Offer | NoCoupon | None) -> Mapping[str, Json] | None:
    return coupon.named if isinstance(coupon, Offer) else None


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None
