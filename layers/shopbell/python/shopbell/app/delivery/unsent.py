"""Take back that a step counts as sent, once it has ended without reaching anybody: its trigger may come again."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.app.delivery.letters import own_step
from shopbell.app.people import People
from shopbell.domain.errors import Unavailable
from shopbell.domain.gates.asking import sending_of
from shopbell.domain.ids import StoreId, SubscriptionId, VisitorId
from shopbell.domain.outcomes import ACCEPTED, CODES, OPEN
from shopbell.domain.profile import Commit, Profile
from shopbell.domain.runs import Chunk, Run
from shopbell.domain.scenarios.engage import unsent
from shopbell.domain.scenarios.pending import DEVICES, PendingStep
from shopbell.ports import Sends, Visitors

TRIES: Final = 8
"""How often a visitor is read again because someone else wrote first."""
_HELD_OUT: Final = frozenset({"skipped:global_holdout", "skipped:scenario_holdout"})
"""Whom they are compared with has been sent something, and is not asked again either."""
_STANDS: Final = frozenset(
    {OPEN, *(code for name, code in CODES.items() if name in {ACCEPTED, *_HELD_OUT} or name.startswith("deferred:"))}
)
_OF_A_DEVICE: Final = frozenset(
    code
    for name, code in CODES.items()
    if name.partition(":")[0] in {"failed", "retired"}
    or name.partition(":")[2]
    in {"unsubscribed", "topic_off", "consent_missing", "snoozed", "duplicate", "endpoint_refused"}
)
"""Ends that say nothing of the person's other devices."""


def stands(codes: Iterable[int]) -> bool:
    """Whether so much is known of them that it counts as sent."""
    return not _STANDS.isdisjoint(codes)


@dataclass(frozen=True, slots=True)
class Unsent:
    """A conditional commit for each instance concerned, and none for what was sent; a repeat changes nothing."""

    visitors: Visitors
    sends: Sends

    def of_step(self, run: Run, step: PendingStep, person: Profile, ends: Mapping[SubscriptionId, int]) -> None:
        """`ends`: the code of each device that it was for at this try. Raises Unavailable."""
        if step.source != "scenario" or not _may(run, person, ends, alone=DEVICES not in step.facts):
            return
        mark = sending_of(run, own_step(run, step)).mark
        if DEVICES not in step.facts or not self._reached(person.store, [person.visitor], mark):
            self.take_back(person.store, person.visitor, step)

    def of_chunk(self, chunk: Chunk, run: Run, codes: bytes, more: Callable[[], bool] = lambda: True) -> bool:
        """Of candidates alone: nobody else has an instance. False if time was up before all were looked at.

        Raises Unavailable.
        """
        if run.audience.candidates is None:
            return True
        ends: dict[VisitorId, dict[SubscriptionId, int]] = {}
        for code, one in zip(codes, chunk.recipients, strict=True):
            ends.setdefault(one.visitor, {}).setdefault(one.subscription, code)
        asked = sorted(who for who, mine in ends.items() if not stands(mine.values()))
        people = People(self.visitors).load_many(run.store, asked) if asked else {}
        left = {who: run.scheduled_at for who in asked if who in people and _may(run, people[who], ends[who])}
        return self.of_candidates(run, left.items(), more)

    def of_candidates(
        self, run: Run, left: Iterable[tuple[VisitorId, int]], more: Callable[[], bool] = lambda: True
    ) -> bool:
        """Visitors to whom the run posts nothing, each with an instant by which they had become candidates.

        False if time was up before all were looked at. Raises Unavailable.
        """
        due = dict(left)
        reached = self._reached(run.store, due, sending_of(run).mark) if due else frozenset()
        for who, at in sorted(due.items()):
            if who not in reached:
                if not more():
                    return False
                step = PendingStep("scenario", run.source_id, f"{run.id}/", run.terms.step, at, at, at, run=run.id)
                self.take_back(run.store, who, step)
        return True

    def take_back(self, store: StoreId, visitor: VisitorId, step: PendingStep) -> None:
        """Raises Unavailable."""
        for _ in range(TRIES):
            profile = People(self.visitors).load(store, visitor)
            after = unsent(profile, step)
            if after is profile or not profile.version or self.visitors.commit(Commit(profile, after)):
                return
        raise Unavailable(f"another write came first {TRIES} times")

    def _reached(self, store: StoreId, visitors: Collection[VisitorId], mark: bytes) -> frozenset[VisitorId]:
        """Those whose record holds the message, be it by another device or an earlier try."""
        records = self.sends.of(store, sorted(visitors))
        return frozenset(who for who, record in records.items() if record.without(mark) is not record)


def _may(run: Run, person: Profile, ends: Mapping[SubscriptionId, int], *, alone: bool = False) -> bool:
    """Whether nothing was posted as far as this try tells; `alone`: there is no other."""
    codes = {*ends.values()}
    if stands(codes):
        return False
    active = {name for name, fact in person.subscriptions.items() if fact.active}
    return alone or run.terms.newest_device_only or active <= ends.keys() or not codes & _OF_A_DEVICE
