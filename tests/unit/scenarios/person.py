"""One visitor under the scenarios that a store has on, settled as `evaluate` does it and stored as bytes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from shopbell.domain.clock import HOUR, MINUTE, Duration, Instant
from shopbell.domain.content import Content
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId, SegmentId
from shopbell.domain.profile import Candidate, Commit, Profile
from shopbell.domain.rules.matching import Locale
from shopbell.domain.scenarios.engage import engage, queued, released
from shopbell.domain.scenarios.live import live_plans
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.scenarios.plan import OnEvent, Plan, Step, Trigger
from shopbell.domain.segments.codec import dump, load
from shopbell.domain.segments.definition import StoredRules
from shopbell.domain.segments.features import compile_rules
from shopbell.domain.segments.settle import Settled, needs_log, settle
from shopbell.domain.segments.succession import next_rules

from tests.sim.worlds import STORE, VISITOR, segment

START: Instant = 1_790_000_000_000
ANYBODY: Json = {"not": {"event": "never_happens"}}
CART = OnEvent("cart_add")
HELLO = Content("Hello", "there", "/")


def plan(
    trigger: Trigger = CART,
    delays: Sequence[Duration] = (HOUR,),
    *,
    name: str = "fly_mode:t1",
    audience: Json = ANYBODY,
    **more: object,
) -> Plan:
    """A scenario with messages at these delays; once the last one is sent it may start again at once."""
    steps = tuple(Step(delay, HELLO) for delay in delays)
    return replace(Plan(name, SegmentId(f"scenario-{name}"), audience, trigger, steps), **more)  # type: ignore[arg-type]


def event(
    name: str,
    kind: str,
    at: Instant,
    properties: Mapping[str, Json] | None = None,
    *,
    late: Duration = 0,
    backfill: bool = False,
) -> Event:
    """`late`: how much later it was received."""
    return Event(EventId(name), kind, VISITOR, at, at + late, properties or {}, backfill=backfill)


@dataclass
class Person:
    plans: Sequence[Plan]
    rules: Mapping[str, Json] = field(default_factory=dict)
    """Of the store's own segments."""
    zone: str = "UTC"
    keeps_interactions: bool = False
    profile: Profile = field(default_factory=lambda: Profile(STORE, VISITOR))
    counts: Counter[str] = field(default_factory=Counter)
    sent: list[PendingStep] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    stored: StoredRules = field(default_factory=lambda: StoredRules(STORE))
    said: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.set(*self.plans)

    def set(self, *plans: Plan) -> None:
        """From now on the store has these on, and no others."""
        self.plans = plans
        own = [segment(name, rule) for name, rule in self.rules.items()]
        hidden = [replace(segment(one.segment, one.audience), scenario=one.scenario, hidden=True) for one in plans]
        self.stored = next_rules(self.stored, [*own, *hidden])
        self.ruleset = compile_rules(self.stored, time_zone=self.zone, keeps_interactions=self.keeps_interactions)
        self.live = live_plans(plans, Locale(self.zone))

    def at(self, now: Instant, *events: Event) -> list[tuple[str, int]]:
        """Scenario and step of what goes on the queue by it."""
        before = len(self.sent)
        self.sent += queued(self.profile)
        self.said += events
        whole = self.said if needs_log(self.profile, self.ruleset) else events
        settled, arrived = settle(self.profile, whole, self.ruleset, now), events
        while self._write(settled, arrived, now):
            settled, arrived = settle(self.profile, (), self.ruleset, now), ()
        return [(step.source_id, step.step) for step in self.sent[before:]]

    def wait(self, until: Instant) -> list[tuple[str, int]]:
        """Woken whenever it is time."""
        found: list[tuple[str, int]] = []
        while (wake_at := self.profile.wake_at) is not None and wake_at <= until:
            found += self.at(wake_at)
            assert self.profile.wake_at is None or self.profile.wake_at > wake_at, "woken again and again"
        return found

    def take(self, settled: Settled, now: Instant) -> None:
        """What a merge decided."""
        while self._write(settled, (), now):
            settled = settle(self.profile, (), self.ruleset, now)

    def _write(self, settled: Settled, arrived: Sequence[Event], now: Instant) -> bool:
        engaged = engage(settled, self.profile, arrived, self.live, self.ruleset, now)
        if engaged.settled.commit is None:
            return False
        self.counts.update(one.counter for one in engaged.notes)
        self._commit(engaged.settled.commit)
        if queued(self.profile):
            assert self.profile.wake_at is not None
            assert self.profile.wake_at <= now, "whoever dies now is followed by nobody"
            self.sent += queued(self.profile)
            if not engaged.settled.more:
                self._commit(released(self.profile, engaged.wake_at, now))
        return engaged.settled.more

    def _commit(self, commit: Commit) -> None:
        self.candidates += commit.candidates
        after = commit.after
        self.profile = load(STORE, VISITOR, dump(after), self.profile.version + 1, after.rules_version, after.wake_at)
        assert self.profile == replace(after, version=self.profile.version)

    def waiting(self) -> list[tuple[str, int, Instant]]:
        return [(step.key, step.step, step.due) for step in self.profile.steps]


NEXT = START + MINUTE
