"""Write what events, the rules, the time and a merge change of one person, transaction by transaction."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app import waking
from shopbell.app.batch import Batch
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import CUSTOMER_PREFIX, StoreId, VisitorId
from shopbell.domain.profile import Alias, Profile
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.joining import give_up, take_over
from shopbell.domain.segments.settle import Settled, needs_log, settle
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
        if needs_log(profile, rules):
            events = [*work.log(visitor), *events]
        return work.fold(profile, events) is not None


@dataclass(frozen=True, slots=True)
class _Work:
    """One try at one person."""

    over: Settling
    rules: Ruleset
    batch: Batch

    def fold(self, profile: Profile, events: Sequence[Event]) -> Profile | None:
        """The profile as it is then stored; None if another write came first."""
        return self._write(profile, settle(profile, events, self.rules, self.over.now()), self._settled)

    def of_customer(self, profile: Profile, alias: Alias, events: Sequence[Event]) -> bool:
        """The customer first takes over all there is, and only then does the alias give it up.

        Whoever dies between the two is followed by one who joins the same sets again, which changes nothing.
        """
        customer = self.over.visitors.load(profile.store, alias.customer)
        if customer.rules_version > self.rules.version:
            return False
        if needs_log(customer, self.rules) or (not alias.joined and needs_log(profile, self.rules)):
            events = [*self.log(alias.customer), *events]
        settled = self.fold(customer, events)
        if settled is None or (alias.joined and not profile.unsettled):
            return settled is not None
        if not alias.joined:
            self.batch.counts["merged"] += 1
            joined = take_over(settled, profile, self.rules, self.over.now())
            if self._write(settled, joined, self._settled) is None:
                return False
        left = give_up(profile, self.rules, self.over.now())
        return self._write(profile, left, lambda rest, now: give_up(rest, self.rules, now)) is not None

    def log(self, visitor: VisitorId) -> list[Event]:
        """Everything that is still known to have happened to a person, under whatever id it was reported."""
        self.batch.counts["upgraded"] += 1
        store, known = self.rules.store, [visitor]
        if visitor.startswith(CUSTOMER_PREFIX):
            known += self.over.aliases.of(store, visitor)
        return [event for who in known for item in self.over.events.of(store, who) for event in item.events]

    def _settled(self, profile: Profile, now: Instant) -> Settled:
        return settle(profile, (), self.rules, now)

    def _write(self, profile: Profile, settled: Settled, again: Again) -> Profile | None:
        for _ in range(MAX_PARTS):
            if settled.commit is None:
                return profile
            if not self.over.visitors.commit(settled.commit):
                return None
            self._note(settled)
            profile = settled.commit.after.with_version(settled.commit.before.version + 1)
            if not settled.more:
                return profile
            settled = again(profile, self.over.now())
        raise ValueError(f"not settled after {MAX_PARTS} parts")

    def _note(self, settled: Settled) -> None:
        if settled.commit is None:
            return
        before, after, counts = settled.commit.before, settled.commit.after, self.batch.counts
        counts.update(Counter(f"{flip.change}_by_{flip.cause.partition(':')[0]}" for flip in settled.commit.flips))
        counts["candidates"] += len(settled.commit.candidates)
        near = self.over.now() + waking.AHEAD
        if (
            after.wake_at is not None
            and after.wake_at != before.wake_at
            and after.wake_at <= near
            and not settled.more
        ):
            self.batch.wakes.append((after.store, after.visitor, after.wake_at))
