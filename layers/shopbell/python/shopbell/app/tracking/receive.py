"""Take a receipt: what became of a message in a browser turns into an event of its visitor (ruling 29)."""

import hashlib
import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.coupons.landing import Popup, ShowCoupon
from shopbell.app.tracking.clicked import clicked_on
from shopbell.app.tracking.items import system_item
from shopbell.domain.attribution.windows import CLICK_WINDOW
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Clock, Duration
from shopbell.domain.errors import Rejected, Unavailable
from shopbell.domain.events import Event, Json, ProductFacts
from shopbell.domain.ids import EventId, ProductId, StoreId, VisitorId
from shopbell.domain.incoming.receipts import ReceiptIn
from shopbell.domain.push.token import BadToken, MessageRef, TokenKey, open_token, store_of
from shopbell.domain.runs import Run
from shopbell.ports import Catalogue, Events, Runs, Secrets, Sends, Stores, Visitors

_STORE: Final = re.compile(r"[a-z0-9]{10}", re.ASCII)
_REFUSED: Final = "is not a message token of ours, or no longer"


Picks = Callable[[Run, VisitorId, int], tuple[Product, ...]]
"""What is picked for a visitor who comes from that step of a run. Raises Unavailable."""


def no_picks(_: Run, __: VisitorId, ___: int) -> tuple[Product, ...]:
    """For a stage without lists."""
    return ()


@dataclass(frozen=True, slots=True)
class Received:
    """`new` is False for a repeat; `unknown` says why nothing could be stored."""

    store: StoreId
    kind: str
    new: bool
    unknown: str | None = None
    picks: tuple[Product, ...] = ()
    """For the page that it led to."""
    popup: Popup | None = None
    """For who landed: the coupon that the message brought."""


@dataclass(frozen=True, slots=True)
class Receive:
    keys: Callable[[StoreId], Sequence[TokenKey]]
    """A store's token keys, none for a store that is not there; it may remember them."""
    visitors: Visitors
    runs: Runs
    events: Events
    sends: Sends
    now: Clock
    catalogue: Catalogue
    coupon: ShowCoupon
    picks: Picks = no_picks
    window: Callable[[StoreId], Duration] = lambda _: CLICK_WINDOW
    """The store's, for messages that say no other."""

    def __call__(self, given: ReceiptIn) -> Received:
        """One receipt per (token, kind, action) is stored, however often it comes. Raises Rejected at `message`."""
        ref = self._open(given.message)
        visitor = self.visitors.by_hash(ref.store, ref.visitor_shard, ref.visitor_hash)
        if visitor is None:
            return Received(ref.store, given.kind, new=False, unknown="visitor")
        run = self.runs.get(ref.store, ref.run)
        (new,) = self.events.append([system_item(ref.store, self._event(given, ref, visitor, run))])
        if new and given.kind == "clicked":
            self.sends.click(ref.store, visitor, self.now())
        popup = self.coupon(ref.store, visitor, ref.run) if given.kind == "landed" else None
        picks = self._list(run, visitor, ref.step) if given.kind == "landed" and run is not None else ()
        return Received(ref.store, given.kind, new=new, picks=picks, popup=popup)

    def _list(self, run: Run, visitor: VisitorId, step: int) -> tuple[Product, ...]:
        """A page without a list is better than a receipt that comes again."""
        try:
            return self.picks(run, visitor, step)
        except Unavailable:
            return ()

    def _open(self, token: str) -> MessageRef:
        store = store_of(token)
        if store is None:
            raise Rejected.at("message", _REFUSED)
        match open_token(token, self.keys(store), self.now()):
            case MessageRef() as ref:
                return ref
            case BadToken():
                raise Rejected.at("message", _REFUSED)

    def _event(self, given: ReceiptIn, ref: MessageRef, visitor: VisitorId, run: Run | None) -> Event:
        name = f"push_{given.kind}"
        digest = hashlib.sha256("\n".join((given.message, given.kind, given.action or "")).encode()).hexdigest()
        now = self.now()
        known: Mapping[ProductId, ProductFacts] = {}
        if given.kind == "clicked" and run is not None:
            known = clicked_on(self.sends, self.catalogue, run, visitor, ref.step)
        properties = _properties(given, ref, run)
        if run is not None:
            properties["window"] = run.terms.attribution or self.window(ref.store)
        if known:
            properties["product_id"] = next(iter(known))
        event = EventId(f"{name}:{digest[:32]}")
        return Event(event, name, visitor, now, now, properties, trusted=True, products=known)


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """Reads a store's token keys: first whether there is such a store, because anybody can name one."""

    stores: Stores
    secrets: Secrets

    def __call__(self, store: StoreId) -> tuple[TokenKey, ...]:
        if not _STORE.fullmatch(store) or self.stores.get(store) is None:
            return ()
        stored: dict[str, str] = json.loads(self.secrets.get(f"{store}/message-token"))
        return tuple(TokenKey(int(name), b64decode(value)) for name, value in stored.items())


def _properties(given: ReceiptIn, ref: MessageRef, run: Run | None) -> dict[str, Json]:
    known: dict[str, Json] = {"run": ref.run, "step": ref.step}
    variant = None if run is None else run.variant_at(ref.variant)
    if variant is not None:
        known["variant"] = variant
    if given.action is not None:
        known["action"] = given.action
    if run is not None:
        known["source"] = run.source
        known["scenario" if run.source == "scenario" else "campaign"] = run.source_id
        if given.action is not None and given.action in _buttons(run):
            known["button"] = given.action
    return known


def _buttons(run: Run) -> frozenset[str]:
    """The names of all that its messages may have."""
    some = run.content_by.texts if run.content_by else ()
    every = [run.content, *(one.content for one in run.variants), *(one.content for one in some)]
    return frozenset(action.action for content in every for action in content.actions)
