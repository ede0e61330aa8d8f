"""Who a visitor is: the customer whom an alias was joined into, at no read more for everybody else (ruling 17)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shopbell.domain.ids import StoreId, SubscriptionId, VisitorId
from shopbell.domain.part import PARTS, PartName
from shopbell.domain.profile import Profile
from shopbell.domain.subscriptions import Subscription
from shopbell.ports import Subscriptions, Visitors

Mailbox = tuple[VisitorId, SubscriptionId]
"""Whom a message is for, and where it goes."""


@dataclass(frozen=True, slots=True)
class People:
    visitors: Visitors

    def load(self, store: StoreId, visitor: VisitorId) -> Profile:
        """The profile that speaks for the visitor; until an alias is joined, that is its own."""
        profile = self.visitors.load(store, visitor)
        alias = profile.alias
        return profile if alias is None or not alias.joined else self.visitors.load(store, alias.customer)

    def load_many(
        self, store: StoreId, visitors: Sequence[VisitorId], parts: Collection[PartName] = PARTS
    ) -> Mapping[VisitorId, Profile]:
        """By the ids that were asked for; those that exist. `parts`: P at least, as of `Visitors`."""
        found = self.visitors.load_many(store, visitors, parts)
        wanted = {profile.alias.customer for profile in found.values() if profile.alias and profile.alias.joined}
        if not wanted:
            return found
        known = {**found, **self.visitors.load_many(store, sorted(wanted), parts)}
        spoken = {who: _speaks_for(profile, known) for who, profile in found.items()}
        return {who: profile for who, profile in spoken.items() if profile is not None}

    def whose(self, store: StoreId, visitors: Iterable[VisitorId]) -> Mapping[VisitorId, VisitorId]:
        """Each visitor's customer from the moment on at which it was said; for all others themselves."""
        asked = sorted(set(visitors))
        found = self.visitors.load_many(store, asked) if asked else {}
        return {who: _customer(found.get(who)) or who for who in asked}


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """Where people are reached: a subscription stays with the id that made it, whoever that turns out to be."""

    subscriptions: Subscriptions
    people: People

    def of(self, store: StoreId, wanted: Sequence[Mailbox]) -> Mapping[Mailbox, Subscription]:
        """Those that exist and still are the wanted person's."""
        rows = self.subscriptions.get_many(store, [name for _, name in wanted])
        there = {pair: rows[pair[1]] for pair in wanted if pair[1] in rows}
        moved = {pair for pair, row in there.items() if row.visitor != pair[0]}
        whose = self.people.whose(store, {who for pair in moved for who in (pair[0], there[pair].visitor)})
        return {pair: row for pair, row in there.items() if pair not in moved or whose[row.visitor] == whose[pair[0]]}


def _speaks_for(profile: Profile, known: Mapping[VisitorId, Profile]) -> Profile | None:
    alias = profile.alias
    return profile if alias is None or not alias.joined else known.get(alias.customer)


def _customer(profile: Profile | None) -> VisitorId | None:
    return profile.alias.customer if profile is not None and profile.alias is not None else None
