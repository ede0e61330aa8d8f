"""Take what a subscriber wants of their pushes: which topics, none for a while, and what they agreed to."""

from dataclasses import dataclass, replace

from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.subscribe import changed
from shopbell.domain.clock import Clock, parse_instant
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import subscription_id
from shopbell.domain.incoming.subscriptions import PreferIn
from shopbell.domain.store import Principal
from shopbell.domain.subscriptions import Consent, Subscription
from shopbell.ports import Events, Subscriptions


@dataclass(frozen=True, slots=True)
class Prefer:
    subscriptions: Subscriptions
    events: Events
    now: Clock

    def __call__(self, caller: Principal, given: PreferIn) -> Subscription:
        """What is left out stays; null and an empty list take back. NotFound: no such subscription in the store.

        What is said of topics goes to the fold too, for rules; it is no new subscription there.
        """
        known = self.subscriptions.find(caller.store, subscription_id(given.endpoint))
        if known is None:
            raise NotFound("subscription")
        row = _preferring(known, given)
        if row != known:
            self.subscriptions.put(row, None)
        if row.topics != known.topics:
            self.events.append([system_item(row.store, changed(row, self.now()))])
        return row


def _preferring(row: Subscription, given: PreferIn) -> Subscription:
    said = given.model_fields_set
    if "topics" in said:
        row = replace(row, topics=tuple(sorted(set(given.topics))))
    if "snooze_until" in said:
        row = replace(row, snooze_until=None if given.snooze_until is None else parse_instant(given.snooze_until)[0])
    if "consent" in said:
        agreed = given.consent
        row = replace(row, consent=None if agreed is None else Consent(agreed.version, parse_instant(agreed.at)[0]))
    return row
