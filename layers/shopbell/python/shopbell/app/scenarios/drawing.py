"""What the visitors of a sample would get, and whom of them a run to so many people draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.delivery.lots import NOT_DRAWN, highest, lot
from shopbell.app.scenarios.calendar import run_of
from shopbell.app.scenarios.judging import Message
from shopbell.domain.ids import VisitorId, visitor_shard
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.rehearsal import Stage
from shopbell.domain.store import Store

AUDIENCE, UNTRIGGERED = "audience", "not_triggered"
"""Before all gates: the visitor was not meant; and was, but nothing started it."""
_NO_LOT: Final = frozenset({AUDIENCE, UNTRIGGERED, "unsubscribed"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A visitor who would get nothing, and why. `gate` as reports name it."""

    visitor: VisitorId
    gate: str


Outcome = Sequence[Message] | Refusal
"""What one visitor would get, or why nothing."""


def drawn_of(stage: Stage, store: Store, found: Sequence[Outcome], share: float) -> Sequence[Outcome]:
    """Whoever has no lot gets nothing: in a store that was asked whole, those whom that instant's run passes over.

    `share`: how much of the store was asked; of those to be drawn as large a one is drawn of a sample.
    """
    run = run_of(stage.plan, store, stage.until, stage.until)
    if run.terms.max_recipients is None:
        return found
    people = [who_of(one) for one in found if has_lot(one)]
    chosen = _by_shard(run, people) if share >= 1 else _by_share(run, people, share)
    left = frozenset(people) - chosen
    return [Refusal(who_of(one), NOT_DRAWN) if who_of(one) in left else one for one in found]


def _by_shard(run: Run, people: Sequence[VisitorId]) -> frozenset[VisitorId]:
    shards = {who: visitor_shard(run.store, who, run.shards) for who in people}
    last = {
        shard: highest(run, shard, [who for who in people if shards[who] == shard]) for shard in {*shards.values()}
    }
    return frozenset(who for who in people if lot(run, who) <= last[shards[who]])


def _by_share(run: Run, people: Sequence[VisitorId], share: float) -> frozenset[VisitorId]:
    most = round((run.terms.max_recipients or 0) * share)
    return frozenset(sorted(people, key=lambda who: lot(run, who))[:most])


def has_lot(one: Outcome) -> bool:
    """Whether a run to so many people has a lot for them."""
    return not isinstance(one, Refusal) or one.gate not in _NO_LOT


def is_sent_to(one: Outcome) -> bool:
    """Whether a run has a message for them, whatever its gates say when it comes to go."""
    return not isinstance(one, Refusal) or one.gate not in {*_NO_LOT, NOT_DRAWN, "suppressed"}


def who_of(one: Outcome) -> VisitorId:
    return one.visitor if isinstance(one, Refusal) else one[0].visitor
