"""What became of many messages, added up: each counted once, by how it ended, and by variant."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.outcomes import ACCEPTED
from shopbell.domain.runs import RunWarning
from shopbell.domain.variants import counted_of

_DEFERRED: Final = "deferred:"
_RECEIPTS: Final = ("shown", "clicked", "closed", "landed")


@dataclass(frozen=True, slots=True)
class Share:
    """What became of some of a report's messages: targeted = accepted + failed + retired + skipped, none is open."""

    targeted: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    accepted: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)
    retired: int = 0
    receipts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """targeted = accepted + failed + retired + skipped + open, at any moment.

    `targeted` grows while the run is being planned; `receipts` are counted by browsers' own reports. `deferred` says
    how often a gate put a message off; what became of it is in the other numbers, and while it waits it is open.
    The parts of `by_variant` add up to the whole, but for messages without variants, for what is open, whose variant
    shows when it ends, and for what ended while it waited.
    """

    targeted: int
    skipped: Mapping[str, int]
    accepted: int
    failed: Mapping[str, int]
    retired: int
    open: int
    finished: bool
    receipts: Mapping[str, int] = field(default_factory=dict)
    deferred: Mapping[str, int] = field(default_factory=dict)
    by_variant: Mapping[str, Share] = field(default_factory=dict)
    warnings: Mapping[RunWarning, Instant] = field(default_factory=dict)
    """What the workers noticed, and when last."""


def added_up(
    totals: Mapping[str, int], receipts: Mapping[str, int], names: Sequence[str], open_: int, *, finished: bool
) -> Report:
    """`totals`: by outcome, `receipts` by kind, both as `counted_as` names them; `names`: all variants."""
    shares = {name: _share(totals, receipts, name) for name in names}
    whole = _share(totals, receipts, None)
    return Report(
        targeted=whole.targeted + open_,
        skipped=whole.skipped,
        accepted=whole.accepted,
        failed=whole.failed,
        retired=whole.retired,
        open=open_,
        finished=finished,
        receipts=whole.receipts,
        deferred=_under(_DEFERRED, _of(totals, None)),
        by_variant=shares,
    )


def _share(totals: Mapping[str, int], receipts: Mapping[str, int], variant: str | None) -> Share:
    """`variant` None: of them all."""
    mine, told = _of(totals, variant), _of(receipts, variant)
    return Share(
        targeted=sum(mine.values()) - put_off(mine),
        skipped=_under("skipped:", mine),
        accepted=mine[ACCEPTED],
        failed=_under("failed:", mine),
        retired=mine["retired"],
        receipts={name: told[name] for name in _RECEIPTS},
    )


def _of(totals: Mapping[str, int], variant: str | None) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, number in totals.items():
        outcome, mine = counted_of(name)
        if variant is None or mine == variant:
            found[outcome] += number
    return found


def put_off(totals: Mapping[str, int]) -> int:
    """How often a message was put off."""
    return sum(number for name, number in totals.items() if name.startswith(_DEFERRED))


def _under(prefix: str, totals: Mapping[str, int]) -> Mapping[str, int]:
    names: Sequence[str] = sorted(name for name in totals if name.startswith(prefix))
    return {name.removeprefix(prefix): totals[name] for name in names}
