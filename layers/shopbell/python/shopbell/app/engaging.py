"""The scenarios' share of each change of a visitor: decided before its commit, put on the queue after it."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from shopbell.app.nowwork import NowWork, now_message
from shopbell.app.scenarios.plans import Plans
from shopbell.domain.clock import Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import ProductId, StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.agenda import Noted
from shopbell.domain.scenarios.engage import Engaged, engage, queued
from shopbell.domain.scenarios.live import NO_PLANS, Starter
from shopbell.domain.scenarios.pending import Ran
from shopbell.domain.scenarios.starting import AUDIENCE
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.settle import Settled
from shopbell.domain.watchers import Watcher, left_out, sightings
from shopbell.ports import Catalogue, Queue, Watch

_TOLD: Final = frozenset({"steps_cancelled", "steps_skipped", "steps_dropped", "instances_refused"})
"""What did not go on is told line by line; what went on is counted."""
OtherIds = Callable[[], Sequence[VisitorId]]


class Say(Protocol):
    """One line of the log; ids and numbers only."""

    def __call__(self, words: str, **fields: Json) -> None: ...


@dataclass(frozen=True, slots=True)
class Engaging:
    plans: Plans
    send_now: Queue
    say: Say
    watch: Watch | None = None
    catalogue: Catalogue | None = None
    """Tells of which variants is what events do not name."""

    def sight(
        self, visitor: VisitorId, arrived: Sequence[Event], rules: Ruleset, cart: bytes, ids: OtherIds = tuple
    ) -> None:
        """Who is interested in what, before the commit, where a scenario waits for products (ruling 24).

        `ids`: the person's others, asked where an interest is over: under none of them it lasts.
        """
        watched = self.plans.live(rules).watched if self.watch is not None and arrived else frozenset()
        events = [event for event in arrived if event.type in watched] if watched else ()
        if events and self.watch is not None:
            gone = self._gone(rules.store, visitor, left_out(events, cart))
            seen = [*sightings(events, visitor, rules.currency, cart), *gone]
            over = [one for one in seen if one.gone]
            others = ids() if over else ()
            self.watch.note(rules.store, [*seen, *(replace(one, visitor=other) for other in others for one in over)])

    def _gone(self, store: StoreId, visitor: VisitorId, products: Mapping[ProductId, Instant]) -> list[Watcher]:
        known = self.catalogue.get_many(store, list(products)) if self.catalogue and products else {}
        return [
            Watcher(name, visitor, "cart", at, group=known[name].group_id if name in known else None, gone=True)
            for name, at in products.items()
        ]

    def decide(
        self,
        settled: Settled,
        profile: Profile,
        arrived: Sequence[Event],
        rules: Ruleset,
        now: Instant,
        *,
        united: Sequence[Event] = (),
    ) -> Engaged:
        """`arrived`: the events that are new, not those of a log that is read again; `united`: of two ids that join.

        Raises Unavailable.
        """
        return engage(settled, profile, arrived, self.plans.live(rules), rules, now, united=united)

    def ends_of(self, ids: Sequence[Profile], rules: Ruleset) -> frozenset[str]:
        """Types of the events that may end what runs or waits for one of these, or go before it.

        None where nothing does; those go before it that were refused while nobody could be reached.
        """
        ran = [one for known in ids for ones in known.ran.values() for one in ones if not one.refused]
        names = {one.source_id for one in ran if one.exited_at is None}
        names |= {step.source_id for known in ids for step in known.steps}
        live = self.plans.live(rules) if names else NO_PLANS
        ends = {event for event, ones in live.exits.items() if any(one.plan.scenario in names for one in ones)}
        late = {name for known in ids for name, ones in known.ran.items() if any(map(_was_refused, ones))} & names
        goes = {event for event, ones in live.starters.items() if any(_goes_before(one, late) for one in ones)}
        return frozenset(ends | goes)

    def note(self, profile: Profile, notes: Sequence[Noted], counts: Counter[str]) -> None:
        """Once they are committed."""
        for one in notes:
            counts[one.counter] += 1
            if one.skipped is not None:
                counts[one.skipped] += 1
            if one.what in _TOLD and one.reason != AUDIENCE:  # most triggers: counted, not told
                words = one.what.replace("_", " ")
                self.say(
                    words, store=profile.store, visitor=profile.visitor, scenario=one.scenario, reason=one.reason
                )

    def put(self, profile: Profile, counts: Counter[str]) -> None:
        """On the queue with what a commit decided to be due; again, if whoever committed it died. Unavailable."""
        due = queued(profile)
        if due:
            self.send_now.send([now_message(NowWork(profile.store, profile.visitor, step)) for step in due])
            counts["steps_put"] += len(due)


def _was_refused(ran: Ran) -> bool:
    return ran.refused and ran.reason == AUDIENCE


def _goes_before(starter: Starter, scenarios: Collection[str]) -> bool:
    return starter.trigger.aside and starter.plan.scenario in scenarios
