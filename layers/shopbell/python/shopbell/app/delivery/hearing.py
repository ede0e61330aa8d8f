"""What the services answered to a round of posts: each answer is an end, or something that is left to do."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from shopbell.app.delivery.ledger import Tally
from shopbell.app.delivery.letters import Letter
from shopbell.app.delivery.throttle import Held
from shopbell.domain.clock import Duration
from shopbell.domain.coupons import Held as Code
from shopbell.domain.ids import VapidKeyId
from shopbell.domain.push import outcome as outcomes
from shopbell.domain.runs import RunWarning

REFUSALS_IN_A_ROW: Final = 50
"""So many refusals of one key, and the fault is ours: the run stops (reliability, table 3.A)."""
SICK: Final = 0.5
"""Share of a round that was put off, from which on the service is left alone for now."""


@dataclass(slots=True)
class Streak:
    """Refusals in a row, by key."""

    before: dict[VapidKeyId, int] = field(default_factory=dict)
    """How many there were in the chunks of the same run that this worker had last."""
    places: dict[VapidKeyId, list[tuple[int, str]]] = field(default_factory=dict)
    proven: set[VapidKeyId] = field(default_factory=set)
    """Keys with which somebody was reached."""
    wrong: list[Letter] = field(default_factory=list)
    """Those whose push service wants another key."""
    back: list[Letter] = field(default_factory=list)
    """Those who were parked and are reached again."""

    def add(self, key: VapidKeyId, place: int, outcome: str) -> bool:
        """Whether that was one too many."""
        row = self.places.setdefault(key, [])
        row.append((place, outcome))
        return self.long(key)

    def long(self, key: VapidKeyId) -> bool:
        return self.before.get(key, 0) + len(self.places.get(key, ())) >= REFUSALS_IN_A_ROW

    def end(self, key: VapidKeyId) -> None:
        self.before.pop(key, None)
        self.places.pop(key, None)

    @property
    def lasting(self) -> dict[VapidKeyId, int]:
        """As `before` of the next chunk; from the start again once it was long enough."""
        counts = Counter(self.before) + Counter({key: len(row) for key, row in self.places.items()})
        return {key: count for key, count in counts.items() if count < REFUSALS_IN_A_ROW}


@dataclass(frozen=True, slots=True)
class Round:
    """How one round went: how long to wait for those put off, and why the run must stop, if it must."""

    put_off: int = 0
    wait: Duration = 0
    stop: str | None = None
    unsure: frozenset[int] = frozenset()
    """Places of those of whom it is not known whether the service took the message before it failed."""
    held: Held | None = None
    """Why some were not even tried."""
    warnings: frozenset[RunWarning] = frozenset()
    """What the marketer is to be told."""
    sick: bool = False
    """Whether the service had better be left alone for now."""

    def and_(self, later: "Round") -> "Round":
        return Round(
            self.put_off + later.put_off,
            max(self.wait, later.wait),
            self.stop or later.stop,
            self.unsure | later.unsure,
            later.held or self.held,
            self.warnings | later.warnings,
            self.sick or later.sick,
        )


@dataclass(slots=True)
class Hearing:
    """The answers of one round, each turned into an end or into what is left to do."""

    tally: Tally
    streak: Streak
    gone: list[Letter] = field(default_factory=list)
    put_off: int = 0
    wait: Duration = 0
    stop: str | None = None
    unsure: list[int] = field(default_factory=list)
    brought: list[Code] = field(default_factory=list)
    """Codes that a service took."""
    causes: list[tuple[VapidKeyId, outcomes.RetryCause | None]] = field(default_factory=list)
    """Of each answer, by key, why it was put off; None: it was not."""

    def round(self, tried: int, warnings: frozenset[RunWarning]) -> Round:
        """Of so many posts."""
        sick = self.put_off > SICK * tried
        return Round(self.put_off, self.wait, self.stop, frozenset(self.unsure), None, warnings, sick)

    def hear(self, letter: Letter, found: outcomes.Outcome) -> None:
        self.causes.append((letter.vapid_key, found.cause if isinstance(found, outcomes.Retry) else None))
        match found:
            case outcomes.Accepted():
                self.streak.end(letter.vapid_key)
                self.streak.proven.add(letter.vapid_key)
                self.streak.back += [letter] if letter.subscription.state == "key_mismatch" else []
                self.tally.end(letter.index, "accepted")
                self.brought += [letter.held] if letter.held else []
            case outcomes.Gone():
                # no end of a streak: that a subscription is gone says nothing for our key
                self.gone.append(letter)
            case outcomes.Retry(cause=cause, after=after):
                self.put_off, self.wait = self.put_off + 1, max(self.wait, after or 0)
                self.unsure += [] if cause in outcomes.UNTAKEN else [letter.index]
                self.tally.note(f"put_off_{cause}")
            case outcomes.KeyMismatch(status=status):
                self.streak.wrong.append(letter)
                self._refused(letter, "failed:key_mismatch", str(status))
            case outcomes.Refused(status=status, reason=reason):
                self._refused(letter, "failed:refused", f"{status} {reason}")
            case outcomes.TooLarge():
                self._refused(letter, "failed:too_large", "413")
            case outcomes.Redirected(status=status):
                self._refused(letter, "failed:redirect", str(status))

    def _refused(self, letter: Letter, outcome: str, said: str) -> None:
        self.tally.end(letter.index, outcome)
        if self.streak.add(letter.vapid_key, letter.index, outcome):
            self.stop = f"{outcome} {said} at {letter.endpoint.origin}"


def reopen(streak: Streak, tally: Tally) -> None:
    """The recipients of a stopped run are not at fault: they are sent to when it goes on."""
    for key, row in streak.places.items():
        if streak.long(key):
            for place, outcome in row:
                tally.reopen(place, outcome)
