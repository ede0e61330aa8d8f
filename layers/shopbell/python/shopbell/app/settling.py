"""Write what events, the rules, the time and a merge change of one person, transaction by transaction."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app import waking
from shopbell.app.batch import Batch
from shopbell.app.engaging import Engaging
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import CUSTOMER_PREFIX, StoreId, VisitorId
from shopbell.domain.profile import Alias, Commit, Profile
from shopbell.domain.scenarios.engage import queued, released
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.joining import give_up, take_over
from shopbell.domain.segments.settle import Settled, needs_log, settle
from shopbell.domain.visits.cart import join_carts
from shopbell.ports import Aliases, Events, Visitors

MAX_PARTS: Final = 1_000
"""Transactions for one visitor's flips; at 45 each, far more than a store has segments."""
Again = Callable[[Profile, Instant], Settled]
"""What is left of a decision after one of its parts was committed."""


@dataclass(frozen=True, slots=True)
class Settling:
    """Resolves an alias before it folds: its events are its customer's, whoever was reported (ruling 17)."""

    visitors: Visitors
    aliases: Aliases
    events: Events
    now: Clock
    engaging: Engaging

    def __call__(
        self, store: StoreId, visitor: VisitorId, events: Sequence[Event], rules: Ruleset, batch: Batch
    ) -> bool:
        """False: someone else wrote meanwhile, or newer rules did: read again. Raises Unavailable."""
        profile = self.visitors.load(store, visitor)
        if profile.rules_version > rules.version:
            return False
        work = _Work(self, rules, batch)
        if profile.alias is not None:
            return work.of_customer(profile, profile.alias, events)
        work.sight(visitor, events, profile.cart)
        log = work.log(visitor) if needs_log(profile, rules) else []
        return work.fold(profile, log, events) is not None


@dataclass(frozen=True, slots=True)
class _Work:
    """One try at one person."""

    over: Settling
    rules: Ruleset
    batch: Batch

    def fold(self, profile: Profile, log: Sequence[Event], arrived: Sequence[Event]) -> Profile | None:
        """The profile as it is then stored; None if another write came first."""
        self.over.engaging.put(profile, self.batch.counts)
        settled = settle(profile, [*log, *arrived] if log else arrived, self.rules, self.over.now())
        return self._write(profile, settled, arrived, self._settled)

    def of_customer(self, profile: Profile, alias: Alias, events: Sequence[Event]) -> bool:
        """The customer first takes over all there is, and only then does the alias give it up.

        Whoever dies between the two is followed by one who joins the same sets again, which changes nothing.
        """
        customer = self.over.visitors.load(profile.store, alias.customer)
        self.sight(alias.customer, events, join_carts(customer.cart, profile.cart))
        if customer.rules_version > self.rules.version:
            return False
        both = needs_log(customer, self.rules) or (not alias.joined and needs_log(profile, self.rules))
        log = self.log(alias.customer) if both else []
        if alias.joined:
            settled = self.fold(customer, log, events)
            return settled is not None and (not profile.unsettled or self._give_up(profile))
        settled = self.fold(customer, [*log, *events], ())
        return settled is not None and self._take_over(settled, profile, events) and self._give_up(profile)

    def _take_over(self, customer: Profile, alias: Profile, arrived: Sequence[Event]) -> bool:
        """What arrived starts and ends scenarios only now: whether the alias has seen it before is known by both."""
        self.batch.counts["merged"] += 1
        self.over.engaging.put(alias, self.batch.counts)
        joined = take_over(customer, alias, self.rules, self.over.now())
        both = self._united(customer, alias)
        return self._write(customer, joined, arrived, self._settled, united=both) is not None

    def _united(self, customer: Profile, alias: Profile) -> list[Event]:
        """What was done under either's ids and may end what is remembered of the other's; mostly nothing is read."""
        ends = self.over.engaging.ends_of((customer, alias), self.rules)
        known = self._log(customer.visitor) if ends else ()
        found = [event for event in known if event.type in ends]
        return sorted(found, key=lambda event: (event.at, event.received_at, event.id))

    def _give_up(self, profile: Profile) -> bool:
        left = give_up(profile, self.rules, self.over.now())
        return self._write(profile, left, (), lambda rest, now: give_up(rest, self.rules, now)) is not None

    def sight(self, visitor: VisitorId, events: Sequence[Event], cart: bytes) -> None:
        def others() -> Sequence[VisitorId]:
            known = visitor.startswith(CUSTOMER_PREFIX)
            return self.over.aliases.of(self.rules.store, visitor) if known else ()

        self.over.engaging.sight(visitor, events, self.rules, cart, others)

    def log(self, visitor: VisitorId) -> list[Event]:
        """Everything that is still known to have happened to a person, under whatever id it was reported."""
        self.batch.counts["upgraded"] += 1
        return self._log(visitor)

    def _log(self, visitor: VisitorId) -> list[Event]:
        store, known = self.rules.store, [visitor]
        if visitor.startswith(CUSTOMER_PREFIX):
            known += self.over.aliases.of(store, visitor)
        return [event for who in known for item in self.over.events.of(store, who) for event in item.events]

    def _settled(self, profile: Profile, now: Instant) -> Settled:
        return settle(profile, (), self.rules, now)

    def _write(
        self,
        profile: Profile,
        settled: Settled,
        arrived: Sequence[Event],
        again: Again,
        *,
        united: Sequence[Event] = (),
    ) -> Profile | None:
        decide = self.over.engaging.decide
        for _ in range(MAX_PARTS):
            engaged = decide(settled, profile, arrived, self.rules, self.over.now(), united=united)
            commit, more = engaged.settled.commit, engaged.settled.more
            if commit is None:
                return profile
            if not self.over.visitors.commit(commit):
                return None
            self._note(commit)
            profile = commit.after.with_version(commit.before.version + 1)
            self.over.engaging.note(profile, engaged.notes, self.batch.counts)
            self.over.engaging.put(profile, self.batch.counts)
            if not more:
                return self._released(profile, engaged.wake_at) if queued(profile) else self._done(commit, profile)
            settled, arrived, united = again(profile, self.over.now()), (), ()
        raise ValueError(f"not settled after {MAX_PARTS} parts")

    def _released(self, profile: Profile, wake_at: Instant | None) -> Profile | None:
        commit = released(profile, wake_at, self.over.now())
        if not self.over.visitors.commit(commit):
            return None
        return self._done(commit, commit.after.with_version(profile.version + 1))

    def _note(self, commit: Commit) -> None:
        counts = self.batch.counts
        counts.update(Counter(f"{flip.change}_by_{flip.cause.partition(':')[0]}" for flip in commit.flips))
        counts["candidates"] += len(commit.candidates)

    def _done(self, commit: Commit, after: Profile) -> Profile:
        """A wake-up that is near is told at once."""
        wake_at = after.wake_at
        if wake_at is not None and wake_at != commit.before.wake_at and wake_at <= self.over.now() + waking.AHEAD:
            self.batch.wakes.append((after.store, after.visitor, wake_at))
        return after
