"""Make the request of one push: gates, words, token, payload, endpoint; or say by which outcome it ends instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.gates import Moment, closed
from shopbell.domain.ids import VapidKeyId, VisitorId, visitor_hash, visitor_shard
from shopbell.domain.profile import Profile
from shopbell.domain.push.endpoints import AllowedHosts, BadEndpoint, Endpoint, parse_endpoint
from shopbell.domain.push.headers import topic_of
from shopbell.domain.push.payload import Oversized, Rendered, payload
from shopbell.domain.push.token import LIFETIME, MessageRef, TokenKey, sign, subscription_hash
from shopbell.domain.push.values import ReceiverKeys
from shopbell.domain.rendering import Composer, NoContent, Values, Written
from shopbell.domain.runs import Run
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, ready to be sealed. Holds secrets, so nothing of it is printed."""

    index: int
    """Its place in the chunk."""
    subscription: Subscription = field(repr=False)
    endpoint: Endpoint
    plaintext: bytes = field(repr=False)
    keys: ReceiverKeys = field(repr=False)
    vapid_key: VapidKeyId
    faults: tuple[str, ...] = ()
    """Templates that failed and parts that were trimmed or dropped, for the counters."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What all letters of a chunk share."""

    run: Run
    store: Store
    token_key: TokenKey
    composer: Composer
    allowed: AllowedHosts
    now: Instant

    def letter(
        self,
        index: int,
        subscription: Subscription | None,
        profile: Profile | None,
        *,
        repeated: bool,
    ) -> Letter | str:
        """A letter, or the name of the outcome that it ended with (`domain.outcomes`)."""
        written: list[Written | NoContent] = []

        def has_content() -> bool:
            written.append(self._write(subscription, profile))
            return isinstance(written[0], Written)

        moment = Moment(self.run.audience, subscription, profile, has_content, repeated=repeated)
        if (outcome := closed(moment)) is not None:
            return outcome
        match written:
            case [Written() as words] if subscription is not None:
                return self._addressed(index, subscription, words)
            case _:
                return "skipped:no_content"

    def _write(self, subscription: Subscription | None, profile: Profile | None) -> Written | NoContent:
        traits = visible_traits(profile)
        wanted = (subscription.language if subscription else None, _text(traits.get("language")))
        store: Mapping[str, Json] = {
            "name": self.store.name,
            "currency": self.store.currency,
            "language": self.store.language,
        }
        message: Mapping[str, Json] = {"source": self.run.source, "name": self.run.source_id, "run": self.run.id}
        return self.composer.write(wanted, Values(traits, store, message))

    def _addressed(self, index: int, subscription: Subscription, words: Written) -> Letter | str:
        if subscription.vapid_key not in {key.id for key in self.store.vapid_keys}:
            return "failed:key_mismatch"
        try:
            endpoint = parse_endpoint(subscription.endpoint, self.allowed)
        except BadEndpoint:
            return "skipped:endpoint_refused"
        made = payload(self._rendered(subscription, words))
        if isinstance(made, Oversized):
            return "failed:too_large"
        keys = ReceiverKeys(subscription.p256dh, subscription.auth)
        faults = (
            *(f"template_{name}" for name in words.faults),
            *(f"trimmed_{part}" for part in made.trimmed),
        )
        return Letter(index, subscription, endpoint, made.plaintext, keys, subscription.vapid_key, faults)

    def _rendered(self, subscription: Subscription, words: Written) -> Rendered:
        return Rendered(
            title=words.title,
            body=words.body,
            url=words.url,
            tag=topic(self.run),
            message=self._token(subscription),
            lang=words.lang,
            icon_url=words.icon_url,
            image_url=words.image_url,
            badge_url=words.badge_url,
            actions=words.actions,
        )

    def _token(self, subscription: Subscription) -> str:
        """The same at every try, so that a message posted twice has one set of receipts."""
        who: VisitorId = subscription.visitor
        ref = MessageRef(
            store=self.store.id,
            run=self.run.id,
            step=0,
            variant=0,
            visitor_shard=visitor_shard(self.store.id, who, self.store.shards),
            visitor_hash=visitor_hash(self.store.id, who),
            subscription_hash=subscription_hash(subscription.id),
            expires_at=self.run.scheduled_at + LIFETIME,
        )
        return sign(ref, self.token_key)


def topic(run: Run) -> str:
    """For the push service and, as the tag, for the browser: a later message of it takes the earlier one's place."""
    return topic_of(run.delivery.topic or run.id)


def visible_traits(profile: Profile | None) -> dict[str, Json]:
    """Traits as templates name them: `visitor.country`, `visitor.custom.first_name`; removed ones are absent.

    `visitor.traits.country` says the same, because that is how GET /v1/visitors shows it.
    """
    visible: dict[str, Json] = {}
    custom: dict[str, Json] = {}
    for name, trait in (profile.traits if profile else {}).items():
        if trait.value is None:
            continue
        head, dot, rest = name.partition(".")
        if dot and head == "custom":
            custom[rest] = trait.value
        else:
            visible[name] = trait.value
    traits: dict[str, Json] = {**visible, "custom": custom}
    return {**traits, "traits": traits}


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None
