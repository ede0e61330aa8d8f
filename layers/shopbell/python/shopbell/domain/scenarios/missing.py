"""What reports are told of messages that ended while they waited: in the very commit that ended them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.ids import visitor_hash
from shopbell.domain.profile import Commit, Missed
from shopbell.domain.scenarios.agenda import Noted

KEPT: Final[Duration] = 45 * DAY
"""As long as the last run of that day is."""
MAX_SOURCES: Final = 3
"""Rows of counts of one commit; what further scenarios lose goes into a row that all share."""
ALL: Final = "*"
_SHARDS: Final = 16
_OF: Final = "/"
"""Between the run and the outcome, in the name of a count; of the shared row also after the source."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row of counts; `until`: nobody asks for it any more."""

    subject: str
    row: str
    until: Instant


def missed(notes: Sequence[Noted], now: Instant) -> tuple[Missed, ...]:
    """Of what happened to a visitor's messages."""
    return tuple(
        Missed(one.step.source_id, one.step.run, one.reason, one.step.messages, now)
        for one in notes
        if one.step is not None and one.skipped is not None
    )


def subject_of(source_id: str) -> str:
    return f"missed:{source_id}"


def counted(commit: Commit) -> Mapping[Place, Mapping[str, int]]:
    """Which row grows by what. A row for each source, day and sixteenth of the visitors."""
    if not commit.missed:
        return {}
    found: dict[Place, Counter[str]] = {}
    shard = visitor_hash(commit.after.store, commit.after.visitor)[6] % _SHARDS
    own = sorted({one.source_id for one in commit.missed})[:MAX_SOURCES]
    for one in commit.missed:
        day = one.at // DAY
        subject = one.source_id if one.source_id in own else ALL
        place = Place(subject_of(subject), f"{day:05d}#{shard:02d}", (day + 1) * DAY + KEPT)
        name = _OF.join((one.run or "", f"skipped:{one.reason}"))
        counts = found.setdefault(place, Counter())
        counts[name if subject != ALL else f"{one.source_id}{_OF}{name}"] += one.messages
    return found


@dataclass(frozen=True, slots=True)
class Lost:
    """Of one scenario or campaign: how messages ended while they waited, and how many of each run's did."""

    outcomes: Mapping[str, int]
    of_runs: Mapping[str, int]


def lost(
    source_id: str, own: Mapping[str, int], shared: Mapping[str, int], runs: Collection[str] | None = None
) -> Lost:
    """From the counts of its own rows and of those that all share. `runs`: of these alone; None: of all."""
    prefix = f"{source_id}{_OF}"
    names = Counter(own)
    names.update({name.removeprefix(prefix): n for name, n in shared.items() if name.startswith(prefix)})
    outcomes, of_runs = Counter[str](), Counter[str]()
    for name, number in names.items():
        run, _, outcome = name.partition(_OF)
        if runs is not None and run not in runs:
            continue
        outcomes[outcome] += number
        if run:
            of_runs[run] += number
    return Lost(outcomes, of_runs)
