"""Put a message for one device into its envelope: token, payload, endpoint, keys."""

from dataclasses import dataclass
from typing import Final

from shopbell.app.delivery.letters import Closed, Letter, rendered, topic, urgency
from shopbell.app.delivery.picking import LIST_EMPTY
from shopbell.domain.ids import VisitorId, visitor_hash, visitor_shard
from shopbell.domain.push.endpoints import AllowedHosts, BadEndpoint, parse_endpoint
from shopbell.domain.push.payload import Oversized, payload
from shopbell.domain.push.token import LIFETIME, MessageRef, TokenKey, sign, subscription_hash
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
class Envelope:
    """What all of a run's have in common."""

    run: Run
    store: Store
    token_key: TokenKey
    allowed: AllowedHosts

    def __call__(
        self, index: int, subscription: Subscription, words: Written, sent: Sent, step: PendingStep | None
    ) -> Letter | Closed:
        try:
            endpoint = parse_endpoint(subscription.endpoint, self.allowed)
        except BadEndpoint:
            return Closed("skipped:endpoint_refused")
        name = topic(self.run, step)
        made = payload(rendered(words, name, self._token(subscription, words.variant)))
        if isinstance(made, Oversized):
            return Closed("failed:too_large")
        faults = (
            *(
                name if name.startswith(WITHOUT) or name == LIST_EMPTY else f"template_{name}"
                for name in words.faults
            ),
            *(f"trimmed_{part}" for part in made.trimmed),
        )
        return Letter(
            index=index,
            subscription=subscription,
            endpoint=endpoint,
            plaintext=made.plaintext,
            keys=ReceiverKeys(subscription.p256dh, subscription.auth),
            vapid_key=subscription.vapid_key,
            sent=sent,
            topic=name,
            urgency=urgency(self.run, step),
            ends_at=max(self.run.ends_at, step.expires_at) if step else self.run.ends_at,
            faults=faults,
            variant=words.variant,
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
