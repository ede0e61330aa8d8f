"""What became of many messages, added up: each counted once, by how it ended, and by variant."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.attribution.brought import NOTHING, Brought, Measures, brought, measured
from shopbell.domain.clock import Instant
from shopbell.domain.outcomes import ACCEPTED
from shopbell.domain.quarters import Quarters
from shopbell.domain.runs import RunWarning
from shopbell.domain.variants import counted_of

_DEFERRED: Final = "deferred:"
_SKIPPED: Final = "skipped:"
_LEFT_OUT: Final = "left_out:"
NO_STEP: Final = -1
"""Of what ended while it waited: which step it was is not counted."""


@dataclass(frozen=True, slots=True)
class Share:
    """What became of some of a report's messages: targeted = accepted + failed + retired + skipped, none is open."""

    targeted: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    accepted: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)
    retired: int = 0
    brought: Brought = NOTHING
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def planned(self) -> int:
        return self.targeted - sum(self.left_out.values())


@dataclass(frozen=True, slots=True)
class Report:
    """targeted = accepted + failed + retired + skipped + open, at any moment.

    Two units are in it: people who were `left_out` of the audience before anybody asked for their devices, who are
    in `skipped`, too; and the messages of all others, one for each device: targeted = left_out + `planned`.
    `targeted` grows while the run is being planned; `brought` is what browsers and the shop told of. `deferred` says
    how often a gate put a message off; what became of it is in the other numbers, and while it waits it is open.
    The parts of `by_variant` add up to the whole, but for messages without variants, for what is open, whose variant
    shows when it ends, and for what ended while it waited. The same holds for `by_step`.
    """

    targeted: int
    skipped: Mapping[str, int]
    accepted: int
    failed: Mapping[str, int]
    retired: int
    open: int
    finished: bool
    brought: Brought = NOTHING
    deferred: Mapping[str, int] = field(default_factory=dict)
    by_variant: Mapping[str, Share] = field(default_factory=dict)
    by_step: Mapping[int, Share] = field(default_factory=dict)
    since: Instant | None = None
    """What was brought before is not in it: the runs of that time are not kept any more. None: all of it is."""
    accepted_at: Quarters = field(default_factory=dict)
    """When; they add up to `accepted`. Nothing where nobody asked for it."""
    holdout_percent: int = 0
    """Of how many people the newest run holds out."""
    warnings: Mapping[RunWarning, Instant] = field(default_factory=dict)
    """What the workers noticed, and when last."""
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def planned(self) -> int:
        return self.targeted - sum(self.left_out.values())


def added_up(
    totals: Mapping[int, Mapping[str, int]],
    told: Sequence[Mapping[str, int]],
    names: Sequence[str],
    open_: int,
    *,
    finished: bool,
) -> Report:
    """`totals`: by step and outcome, as `counted_as` names them, what has no step under NO_STEP; `told`: by cells.

    `names`: all variants.
    """
    every: Counter[str] = Counter()
    for mine in totals.values():
        every.update(mine)
    whole = _share(every, measured(told), None)
    return Report(
        targeted=whole.targeted + open_,
        skipped=whole.skipped,
        accepted=whole.accepted,
        failed=whole.failed,
        retired=whole.retired,
        open=open_,
        finished=finished,
        brought=whole.brought,
        left_out=whole.left_out,
        deferred=_under(_DEFERRED, _of(every, None)),
        by_variant={name: _share(every, measured(told, variant=name), name) for name in names},
        by_step={
            step: _share(mine, measured(told, step=step), None)
            for step, mine in sorted(totals.items())
            if step != NO_STEP
        },
    )


def _share(totals: Mapping[str, int], told: Measures, variant: str | None) -> Share:
    """`variant` None: of them all."""
    mine = _of(totals, variant)
    left_out = _under(_LEFT_OUT, mine)
    skipped = Counter(_under(_SKIPPED, mine)) + Counter(left_out)
    return Share(
        targeted=sum(mine.values()) - put_off(mine),
        skipped={name: skipped[name] for name in sorted(skipped)},
        left_out=left_out,
        accepted=mine[ACCEPTED],
        failed=_under("failed:", mine),
        retired=mine["retired"],
        brought=brought(told),
    )


def _of(totals: Mapping[str, int], variant: str | None) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, number in totals.items():
        outcome, mine = counted_of(name)
        if variant is None or mine == variant:
            found[outcome] += number
    return found


def left_out(skipped: Mapping[str, int]) -> Mapping[str, int]:
    """People whom the planning of a shard has skipped, as `added_up` takes them."""
    return {f"{_LEFT_OUT}{reason.removeprefix(_SKIPPED)}": number for reason, number in skipped.items()}


def put_off(totals: Mapping[str, int]) -> int:
    """How often a message was put off."""
    return sum(number for name, number in totals.items() if name.startswith(_DEFERRED))


def _under(prefix: str, totals: Mapping[str, int]) -> Mapping[str, int]:
    names: Sequence[str] = sorted(name for name in totals if name.startswith(prefix))
    return {name.removeprefix(prefix): totals[name] for name in names}
