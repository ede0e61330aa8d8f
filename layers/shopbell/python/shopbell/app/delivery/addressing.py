"""Put a message for one device into its envelope: token, payload, endpoint, keys."""

from dataclasses import dataclass, field
from typing import Final

from shopbell.app.delivery.letters import Closed, Letter, rendered, topic, urgency
from shopbell.app.delivery.picking import LIST_EMPTY
from shopbell.domain.ids import shard_of, visitor_hash
from shopbell.domain.push.endpoints import AllowedHosts, BadEndpoint, parse_endpoint
from shopbell.domain.push.headers import Urgency
from shopbell.domain.push.payload import Oversized, Payload, payload
from shopbell.domain.push.token import LIFETIME, Stamp, TokenKey, subscription_hash
from shopbell.domain.push.values import ReceiverKeys
from shopbell.domain.rendering import Written
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.sends import Sent
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import Subscription

WITHOUT: Final = "coupon_"
"""Before why a message goes without a code, among its faults."""


@dataclass(frozen=True, slots=True)
class Form:
    """A payload without its token, which nothing else in it can hold."""

    topic: str
    length: int
    """Of the token: another one might have been trimmed otherwise."""
    pieces: list[bytes]
    trimmed: tuple[str, ...]

    def fits(self, topic: str, token: str) -> bool:
        return self.topic == topic and self.length == len(token)


@dataclass(slots=True)
class Envelope:
    """What all of a run's have in common, the signed part of their tokens and the form of their payloads, too."""

    run: Run
    store: Store
    token_key: TokenKey
    allowed: AllowedHosts
    _stamp: Stamp = field(init=False, repr=False)
    _own: tuple[str, Urgency] = field(init=False)
    """Topic and urgency of the run's message to everyone."""
    _forms: dict[Written, Form] = field(default_factory=dict, repr=False)
    """Of words that are the same for many."""

    def __post_init__(self) -> None:
        run = self.run
        self._stamp = Stamp(self.store.id, run.id, run.terms.step, run.scheduled_at + LIFETIME, self.token_key)
        self._own = topic(run), urgency(run, None)

    def __call__(
        self, index: int, subscription: Subscription, words: Written, sent: Sent, step: PendingStep | None
    ) -> Letter | Closed:
        try:
            endpoint = parse_endpoint(subscription.endpoint, self.allowed)
        except BadEndpoint:
            return Closed("skipped:endpoint_refused")
        name, urgent = self._own if step is None else (topic(self.run, step), urgency(self.run, step))
        made = self._payload(words, name, self._token(subscription, words.variant))
        if isinstance(made, Oversized):
            return Closed("failed:too_large")
        return Letter(
            index=index,
            subscription=subscription,
            endpoint=endpoint,
            plaintext=made.plaintext,
            keys=ReceiverKeys(subscription.p256dh, subscription.auth),
            vapid_key=subscription.vapid_key,
            sent=sent,
            topic=name,
            urgency=urgent,
            ends_at=max(self.run.ends_at, step.expires_at) if step else self.run.ends_at,
            faults=_faults(words, made) if words.faults or made.trimmed else (),
            variant=words.variant,
        )

    def _payload(self, words: Written, name: str, token: str) -> Payload | Oversized:
        """Of words for many it is made once, and each token put in its places: all of a run's are equally long."""
        if not words.for_all:
            return payload(rendered(words, name, token))
        form = self._forms.get(words)
        if form is not None and form.fits(name, token):
            return Payload(token.encode().join(form.pieces), form.trimmed)
        made = payload(rendered(words, name, token))
        if isinstance(made, Payload):
            self._forms[words] = Form(name, len(token), made.plaintext.split(token.encode()), made.trimmed)
        return made

    def _token(self, subscription: Subscription, variant: int) -> str:
        """The same at every try, so that a message posted twice has one set of receipts."""
        who = visitor_hash(self.store.id, subscription.visitor)
        return self._stamp(variant, shard_of(who, self.store.shards), who, subscription_hash(subscription.id))


def _faults(words: Written, made: Payload) -> tuple[str, ...]:
    own = (one if one.startswith(WITHOUT) or one == LIST_EMPTY else f"template_{one}" for one in words.faults)
    return *own, *(f"trimmed_{part}" for part in made.trimmed)
