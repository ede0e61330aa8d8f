"""Take the word that a visitor is a customer: from the shop's server, or signed by it (ruling 17)."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shopbell.app.tracking.items import system_item
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import Conflict, Forbidden, NotFound, Rejected
from shopbell.domain.events import Event, EventItem
from shopbell.domain.ids import CUSTOMER_PREFIX, EventId, StoreId, VisitorId, customer
from shopbell.domain.incoming.identify import IdentifyIn
from shopbell.domain.profile import Alias
from shopbell.domain.signatures import IdentifySecret, fault, load
from shopbell.domain.store import Principal
from shopbell.ports import Aliases, Events, Secrets


@dataclass(frozen=True, slots=True)
class Identified:
    """`new` is False when it was known already."""

    customer: VisitorId
    new: bool


@dataclass(frozen=True, slots=True)
class Identify:
    aliases: Aliases
    events: Events
    secrets: Callable[[StoreId], Sequence[IdentifySecret]]
    """None for a store that never made one."""
    now: Clock

    def __call__(self, caller: Principal, given: IdentifyIn) -> Identified:
        """The first customer stands; the same word again changes nothing.

        Raises Rejected, Forbidden for a signature that is not good, Conflict `identified_as_other`.
        """
        if given.visitor_id.startswith(CUSTOMER_PREFIX):
            raise Rejected.at("visitor_id", "names a customer already: send the id that the browser was given")
        now = self.now()
        if caller.kind != "srv":
            self._check(caller.store, given, now)
        visitor, wanted = VisitorId(given.visitor_id), customer(given.customer_id)
        stands = self.aliases.link(caller.store, visitor, Alias(wanted, now))
        if stands.customer != wanted:
            raise Conflict("This visitor is known to be another customer.", code="identified_as_other")
        # also when it was known: whoever said it first may have died before this line
        (new,) = self.events.append([identified_item(caller.store, visitor, wanted, stands.at)])
        return Identified(wanted, new)

    def _check(self, store: StoreId, given: IdentifyIn, now: Instant) -> None:
        if given.signature is None:
            raise Rejected.at("signature", "is required with a browser key")
        secrets = self.secrets(store)
        if not secrets:
            raise Forbidden("The store has no identify secret yet: POST /v1/keys makes one.")
        wrong = fault(given.signature, secrets, given.visitor_id, given.customer_id, now)
        if wrong is not None:
            raise Forbidden(f"signature {wrong}.")


@dataclass(frozen=True, slots=True)
class IdentifySecrets:
    """Reads a store's secrets; a store that has none is not remembered."""

    secrets: Secrets

    def __call__(self, store: StoreId) -> tuple[IdentifySecret, ...]:
        try:
            return load(self.secrets.get(f"{store}/identify"))
        except NotFound:
            return ()


def identified_item(store: StoreId, visitor: VisitorId, whose: VisitorId, at: Instant) -> EventItem:
    """What brings the fold to the alias; the same word makes the same item."""
    digest = hashlib.sha256(f"{visitor}\n{whose}".encode()).hexdigest()[:32]
    properties = {"customer_id": whose.removeprefix(CUSTOMER_PREFIX)}
    event = Event(EventId(f"identified:{digest}"), "identified", visitor, at, at, properties, trusted=True)
    return system_item(store, event)
