"""What one visitor would get of a message: the very payload, and what went wrong in making it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from shopbell.app.delivery.compose import Desk
from shopbell.app.delivery.dayrun import devices_of
from shopbell.app.delivery.letters import Addressee, rendered, topic
from shopbell.app.delivery.picking import Picking
from shopbell.app.delivery.wording import Wording
from shopbell.app.management.named_lists import CheckLists
from shopbell.app.people import People
from shopbell.app.recommend import Selecting
from shopbell.domain.clock import DAY, Clock, Instant
from shopbell.domain.content import Content, Variant
from shopbell.domain.coupons import SPECIMEN, Offer
from shopbell.domain.errors import NotFound
from shopbell.domain.events import Json
from shopbell.domain.ids import RunId, StoreId, VisitorId, visitor_hash, visitor_shard
from shopbell.domain.profile import Profile
from shopbell.domain.push.endpoints import allow
from shopbell.domain.push.payload import Oversized, payload
from shopbell.domain.push.token import LIFETIME, MessageRef, TokenKey, sign
from shopbell.domain.rendering import NoContent, Written
from shopbell.domain.runs import Audience, Run, Terms
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.scenarios.selected import Pick
from shopbell.domain.store import Store
from shopbell.ports import Sends, Stores, Subscriptions, Visitors

_RUN: Final = RunId("0" * 20)
"""As long as that of a run."""
_KEY: Final = TokenKey(0, bytes(32))
"""Signs tokens that open nothing: they only are as long as real ones."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be said. `language` None: as the visitor's newest device, the visitor or the store has it."""

    content: Content
    products: Selection
    language: str | None = None
    event: Mapping[str, Json] | None = None
    variants: tuple[Variant, ...] = ()
    message: tuple[str, int] = ("preview", 0)
    """Source and step that it is a message of: what a visitor's variant depends on."""


@dataclass(frozen=True, slots=True)
class Preview:
    """`plaintext` None: nothing would be sent, for the reason in `no_content`. `faults` as in the counters."""

    plaintext: bytes | None
    no_content: str | None = None
    faults: tuple[str, ...] = ()
    trimmed: tuple[str, ...] = ()
    picks: tuple[Pick, ...] = ()
    variant: str | None = None


class Letters(Protocol):
    """Where a visitor's messages go, and what was sent."""

    @property
    def subscriptions(self) -> Subscriptions: ...

    @property
    def sends(self) -> Sends: ...


@dataclass(frozen=True, slots=True)
class RenderMessage:
    """Sends and stores nothing."""

    stores: Stores
    visitors: Visitors
    letters: Letters
    select: Selecting
    lists: CheckLists
    now: Clock

    def __call__(self, store_id: StoreId, visitor: VisitorId, draft: Draft) -> Preview:
        """NotFound for a visitor whom the store does not know; Rejected for a product list that there is not."""
        store, profile = self.stores.get(store_id), People(self.visitors).load(store_id, visitor)
        if store is None or profile.version == 0:
            raise NotFound(visitor)
        self.lists(store_id, draft.products, "products.options.list")
        now = self.now()
        desk = _desk(store, draft, self.select, now)
        record = self.letters.sends.of(store.id, [profile.visitor])[profile.visitor]
        to = Addressee(profile, record, _step(draft, now))
        specimen = Offer(SPECIMEN, now + DAY)
        match desk.write(to, draft.language or self._language(profile), specimen):
            case NoContent(reason=reason):
                return Preview(None, reason)
            case (Written() as words, picks):
                made = _preview(desk, profile, words, picks)
                return replace(made, variant=desk.run.variant_at(words.variant))

    def _language(self, profile: Profile) -> str | None:
        device = devices_of(profile, None, newest=True)
        rows = self.letters.subscriptions.get_many(profile.store, device) if device else {}
        return next((row.language for row in rows.values()), None)


def _preview(desk: Desk, profile: Profile, words: Written, picks: tuple[Pick, ...]) -> Preview:
    made = payload(rendered(words, topic(desk.run), _token(desk.store, profile, desk.now)))
    if isinstance(made, Oversized):
        return Preview(None, "too_large", words.faults, picks=picks)
    return Preview(made.plaintext, None, words.faults, made.trimmed, picks)


def _desk(store: Store, draft: Draft, select: Selecting, now: Instant) -> Desk:
    run = Run(
        store=store.id,
        id=_RUN,
        source="test",
        source_id=draft.message[0],
        scheduled_at=now,
        created_at=now,
        ends_at=now + DAY,
        shards=0,
        audience=Audience(),
        content=draft.content,
        variants=draft.variants,
        terms=Terms(step=draft.message[1], products=draft.products),
    )
    return Desk(run, store, _KEY, Wording.of(run, store), allow(()), Picking(select, store, draft.products, now), now)


def _step(draft: Draft, now: Instant) -> PendingStep | None:
    """Texts name the facts of a trigger only where there is a step that began with it."""
    if not draft.event:
        return None
    return PendingStep("scenario", "preview", "preview", 0, now, now, now + DAY, facts=draft.event)


def _token(store: Store, profile: Profile, now: Instant) -> str:
    ref = MessageRef(
        store=store.id,
        run=_RUN,
        step=0,
        variant=0,
        visitor_shard=visitor_shard(store.id, profile.visitor, store.shards),
        visitor_hash=visitor_hash(store.id, profile.visitor),
        subscription_hash=bytes(8),
        expires_at=now + LIFETIME,
    )
    return sign(ref, _KEY)
