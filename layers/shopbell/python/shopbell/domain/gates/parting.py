"""Whom a moment of decision holds out and whom it does not: those alike in all but a hash, whatever comes of them."""

from typing import Final

from shopbell.domain.attribution.parting import Side
from shopbell.domain.attribution.windows import LONGEST_WINDOW
from shopbell.domain.clock import Duration
from shopbell.domain.gates.holdout import EVERYTHING
from shopbell.domain.gates.moment import Moment
from shopbell.domain.gates.order import GATES
from shopbell.domain.gates.verdict import OPEN, Defer, Skip, Verdict

_GLOBAL: Final = "global_holdout"
_OWN: Final = "scenario_holdout"
_BEFORE: Final = GATES[: [gate.name for gate in GATES].index(_GLOBAL)]


def parts(at: Moment) -> bool:
    """Whether anybody is held out of the message: else nothing is noted of anybody."""
    return at.sending.held and bool(at.policy.global_holdout_percent or at.sending.holdout_percent)


def sides(at: Moment, answer: Verdict, window: Duration) -> tuple[Side, ...]:
    """What the gates made of the person, whose first closed gate `answer` is of. `window`: the message's.

    Gates before the holdout ask those who are held out as they ask the others, so whom they close to is in no group.
    What gates after it say takes nobody out of theirs, since nobody asks them of those who are held out. A test of
    the whole store looks at a month. None of whom there is no profile any more: they were erased.
    """
    reason = answer.reason if isinstance(answer, Skip | Defer) else None
    if at.profile is None or (reason not in {None, _GLOBAL, _OWN} and _closed_before(at)):
        return ()
    found = []
    if at.policy.global_holdout_percent:
        found.append(Side(EVERYTHING, at.policy.global_holdout_percent, reason == _GLOBAL, LONGEST_WINDOW))
    if at.sending.holdout_percent and reason != _GLOBAL:
        found.append(Side(at.sending.source_id, at.sending.holdout_percent, reason == _OWN, window))
    return tuple(found)


def _closed_before(at: Moment) -> bool:
    """A gate further down may give the same reason."""
    return any(gate.ask(at) is not OPEN for gate in _BEFORE)
