"""Make the request of one push: gates, products, words, token, payload, endpoint; or say how it ends instead."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from shopbell.app.delivery.letters import Addressee, Closed, Letter, own_step, rendered, topic
from shopbell.app.delivery.picking import Picking, TooFew
from shopbell.app.delivery.wording import Wording
from shopbell.domain import naming
from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.gates import Defer, Moment, Open, Sending, Skip, Verdict, verdict
from shopbell.domain.gates.asking import sending_of, zones
from shopbell.domain.ids import VisitorId, visitor_hash, visitor_shard
from shopbell.domain.push.endpoints import AllowedHosts, BadEndpoint, parse_endpoint
from shopbell.domain.push.payload import Oversized, payload
from shopbell.domain.push.token import LIFETIME, MessageRef, TokenKey, sign, subscription_hash
from shopbell.domain.push.values import ReceiverKeys
from shopbell.domain.rendering import Composer, NoContent, Values, Written
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.scenarios.selected import Pick
from shopbell.domain.scores.besthour import best_hour_of
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

    @property
    def remembers(self) -> bool:
        """Whether the visitors' records are asked and written: what keeps to nothing costs no write (ruling 8)."""
        run = self.run
        minded = run.source == "scenario" or run.terms.respect_caps or run.terms.products.algorithm is not None
        return minded and run.source != "test"

    def letter(
        self, index: int, subscription: Subscription | None, to: Addressee, *, repeated: bool
    ) -> Letter | Defer | Closed:
        """A letter, or how it ends or waits instead. Raises Unavailable."""
        content: list[tuple[Written, tuple[Pick, ...]] | NoContent] = []

        def has_content() -> bool:
            content.append(self.write(to, subscription.language if subscription else None))
            return not isinstance(content[0], NoContent)

        moment = self._moment(subscription, to, has_content, repeated=repeated)
        match verdict(moment), content:
            case Defer() as found, _:
                return found
            case Skip() as found, [NoContent(reason=reason)]:
                return Closed(found.outcome, reason)
            case Skip() as found, _:
                return Closed(found.outcome)
            case Open(), [(Written() as words, picks)] if subscription is not None:
                return self._addressed(index, subscription, words, self._sent(moment.sending, picks), to.step)
            case _:
                return Closed("skipped:no_content")

    def moment(self, subscription: Subscription | None, to: Addressee) -> Moment:
        """What the gates would be asked of it, for who explains them."""
        language = subscription.language if subscription else None
        return self._moment(
            subscription, to, lambda: not isinstance(self.write(to, language), NoContent), repeated=False
        )

    def again(self, subscription: Subscription | None, to: Addressee) -> Verdict:
        """Of a letter that is written, what the gates say to another record of the person."""
        return verdict(self._moment(subscription, to, lambda: True, repeated=False))

    def _moment(
        self, subscription: Subscription | None, to: Addressee, has_content: Callable[[], bool], *, repeated: bool
    ) -> Moment:
        return Moment(
            self.run.audience,
            subscription,
            to.profile,
            has_content,
            repeated,
            sending_of(self.run, own_step(self.run, to.step)),
            self.store.policy,
            to.record,
            self.now,
            zones(self.store.time_zone),
            self.priorities,
            best_hour=partial(best_hour_of, store=self.store.day),
        )

    def write(self, to: Addressee, language: str | None) -> tuple[Written, tuple[Pick, ...]] | NoContent:
        """The words for a person, in a device's language, else in theirs, else the store's. Raises Unavailable."""
        mark = sending_of(self.run, own_step(self.run, to.step)).mark
        picks = self.picking(to.profile, to.record.without(mark), to.facts)
        if isinstance(picks, TooFew):
            return NoContent(picks.reason)
        traits = naming.visible_traits(to.profile)
        wanted = (language, _text(traits.get("language")))
        variant, composer = self.wording(to.profile.visitor if to.profile else None, to.variant)
        written = composer.write(wanted, self._values(composer, to, traits, picks))
        if isinstance(written, NoContent):
            return written
        return (replace(written, variant=variant) if variant else written), picks

    def _values(self, composer: Composer, to: Addressee, traits: Mapping[str, Json], picks: Sequence[Pick]) -> Values:
        run = self.run
        return Values(
            traits,
            naming.store_named(self.store),
            {"source": run.source, "name": run.source_id, "run": run.id, "step": run.terms.step + 1},
            naming.cart_named(to.profile, self.store) if composer.names("cart") else {},
            naming.event_named(to.facts),
            naming.products_named(picks, run.source_id),
        )

    def _sent(self, sending: Sending, picks: Sequence[Pick]) -> Sent:
        shown = tuple(pick.product.id for pick in picks)
        return Sent(self.now, sending.mark, sending.source_id, sending.step, sending.message_class, shown)

    def _addressed(
        self, index: int, subscription: Subscription, words: Written, sent: Sent, step: PendingStep | None
    ) -> Letter | Closed:
        if subscription.vapid_key not in {key.id for key in self.store.vapid_keys}:
            return Closed("failed:key_mismatch")
        try:
            endpoint = parse_endpoint(subscription.endpoint, self.allowed)
        except BadEndpoint:
            return Closed("skipped:endpoint_refused")
        name = topic(self.run, step)
        made = payload(rendered(words, name, self._token(subscription, words.variant)))
        if isinstance(made, Oversized):
            return Closed("failed:too_large")
        keys = ReceiverKeys(subscription.p256dh, subscription.auth)
        faults = (
            *(f"template_{name}" for name in words.faults),
            *(f"trimmed_{part}" for part in made.trimmed),
        )
        ends_at = max(self.run.ends_at, step.expires_at) if step else self.run.ends_at
        vapid = subscription.vapid_key
        made_of = words.variant
        return Letter(
            index, subscription, endpoint, made.plaintext, keys, vapid, sent, name, ends_at, faults, made_of
        )

    def _token(self, subscription: Subscription, variant: int) -> str:
        """The same at every try, so that a message posted twice has one set of receipts."""
        who: VisitorId = subscription.visitor
        ref = MessageRef(
            store=self.store.id,
            run=self.run.id,
            step=self.run.terms.step,
            variant=variant,
            visitor_shard=visitor_shard(self.store.id, who, self.store.shards),
            visitor_hash=visitor_hash(self.store.id, who),
            subscription_hash=subscription_hash(subscription.id),
            expires_at=self.run.scheduled_at + LIFETIME,
        )
        return sign(ref, self.token_key)


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None
