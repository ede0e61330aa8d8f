"""All gates in their order, that of `scenarios.md`, and how they are asked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from shopbell.domain.clock import Instant, format_instant
from shopbell.domain.events import Json
from shopbell.domain.gates import again, audience, holdout, ownclock, pressure, relevance, values
from shopbell.domain.gates.moment import Moment
from shopbell.domain.gates.verdict import OPEN, Defer, Open, Skip, Verdict
from shopbell.domain.runs import Run
from shopbell.domain.sends import SendRecord


@dataclass(frozen=True, slots=True)
class Gate:
    """`values` tells a reader what its answer rests on."""

    name: str
    ask: Callable[[Moment], Verdict]
    values: Callable[[Moment], Mapping[str, Json]]


@dataclass(frozen=True, slots=True)
class Told:
    """What one gate answers, and why."""

    gate: str
    outcome: Literal["passed", "skipped", "deferred"]
    values: Mapping[str, Json]


GATES: Final = (
    Gate("expired", relevance.expired, values.relevance),
    Gate("suppressed", audience.suppressed, values.suppression),
    Gate("unsubscribed", audience.unsubscribed, values.device),
    Gate("key_mismatch", audience.key_mismatch, values.device),
    Gate("local_time", ownclock.local_time, ownclock.clock),
    Gate("topic_off", audience.topic_off, values.topics),
    Gate("snoozed", audience.snoozed, values.silence),
    Gate("consent_missing", audience.consent_missing, values.consent),
    Gate("global_holdout", holdout.global_holdout, values.global_share),
    Gate("scenario_holdout", holdout.scenario_holdout, values.share),
    Gate("reentry", again.reentry, values.entries),
    Gate("cooldown", again.cooldown, values.entries),
    Gate("exited", audience.has_exited, values.segments),
    Gate("audience_left", audience.has_left, values.segments),
    Gate("no_content", audience.no_content, values.none),
    Gate("no_coupon", audience.no_coupon, values.coupon),
    Gate("dormant", pressure.dormant, values.sunset),
    Gate("held", again.held, values.hold),
    Gate("lower_priority", pressure.lower_priority, values.contention),
    Gate("frequency_cap", pressure.frequency_cap, values.caps),
    Gate("best_hour", pressure.best_hour, values.best),
    Gate("quiet_hours", pressure.quiet_hours, values.hours),
    Gate("throttled", pressure.throttled, values.sending),
    Gate("duplicate", audience.duplicate, values.none),
)


_OF_RECORD: Final = frozenset({"reentry", "cooldown", "dormant", "frequency_cap"})
"""Gates that read what the person was sent."""


def over(run: Run, now: Instant) -> str | None:
    """Why nothing of the run may be sent any more; None while it lives."""
    if run.state == "cancelled":
        return "skipped:cancelled"
    return "skipped:expired" if now >= run.ends_at else None


def verdict(at: Moment, gates: Sequence[Gate] = GATES) -> Verdict:
    """Of the first gate that is not open. `gates`: without those that are open to everybody."""
    for gate in gates:
        found = gate.ask(at)
        if found is not OPEN:
            return found
    return OPEN


def told(at: Moment, found: Skip | Defer) -> Told:
    """What the gate that is not open rests on."""
    values = next((gate.values(at) for gate in GATES if gate.name == found.reason), {})
    return _told(found.reason, found, values)


def verdict_on(at: Moment, record: SendRecord) -> Verdict:
    """When another message came first: of those gates alone that what was sent decides."""
    now = replace(at, record=record)
    answers = (gate.ask(now) for gate in GATES if gate.name in _OF_RECORD)
    return next((found for found in answers if found is not OPEN), OPEN)


def closed(at: Moment) -> str | None:
    """The outcome of the first gate that is not open, None to send."""
    match verdict(at):
        case Open():
            return None
        case Skip() | Defer() as found:
            return found.outcome


def explained(at: Moment) -> Iterator[Told]:
    """What every gate answers, whatever those before it say."""
    for gate in GATES:
        yield _told(gate.name, gate.ask(at), gate.values(at))


def _told(name: str, found: Verdict, values: Mapping[str, Json]) -> Told:
    match found:
        case Open():
            return Told(name, "passed", values)
        case Skip():
            return Told(name, "skipped", values)
        case Defer():
            return Told(name, "deferred", {**values, "until": format_instant(found.until)})
