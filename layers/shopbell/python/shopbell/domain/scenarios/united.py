"""What waits for two profiles of one person, and what ran for them, become one: in any order and however often."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.scenarios.stored import in_order

MEMORY: Final = 64
"""Instances of one scenario that are remembered, beside those that are running."""
UNSENT: Final = 8
"""Of those that sent nothing, and of events that started none."""
CALLED_OFF: Final = "called_off"
"""Why an order that was taken back before it was told of starts nothing."""
MAX_REMEMBERED: Final = 160
"""Instances of all scenarios together."""


def remembered(ran: Mapping[str, Iterable[Ran]]) -> Mapping[str, tuple[Ran, ...]]:
    """Those that are running and the newest of all others, by scenario, the latest last."""
    kept = {name: _of_one(tuple(instances)) for name, instances in ran.items()}
    if sum(map(len, kept.values())) > MAX_REMEMBERED:
        newest = set(_newest((one for instances in kept.values() for one in instances), MAX_REMEMBERED))
        kept = {name: tuple(one for one in instances if one in newest) for name, instances in kept.items()}
    return {name: instances for name, instances in kept.items() if instances}


def ran_of_both(
    mine: Mapping[str, tuple[Ran, ...]], other: Mapping[str, tuple[Ran, ...]]
) -> Mapping[str, tuple[Ran, ...]]:
    """Of an instance that both know, what is known of its end.

    What one of them was refused and the other began has begun; that it was called off stays known beside it.
    """
    if not other:
        return mine
    merged: dict[str, Iterable[Ran]] = {}
    for name in mine.keys() | other.keys():
        one: dict[tuple[str, bool], Ran] = {}
        for ran in (*mine.get(name, ()), *other.get(name, ())):
            place = ran.key, ran.refused
            one[place] = _both(one[place], ran) if place in one else ran
        merged[name] = [ran for ran in one.values() if not ran.refused or _stands(ran, (ran.key, False) in one)]
    return remembered(merged)


def steps_of_both(
    mine: Sequence[PendingStep], other: Sequence[PendingStep], ran: Mapping[str, tuple[Ran, ...]]
) -> tuple[PendingStep, ...]:
    """`ran`: of both. The other's steps of an instance that has ended by now do not come back."""
    if not other:
        return tuple(mine)
    over = {(name, one.key) for name, instances in ran.items() for one in instances if _is_over(one)}
    known = {step.id: step for step in mine}
    for step in other:
        if (step.source_id, step.key) not in over:
            known[step.id] = max(known.get(step.id, step), step, key=lambda one: (one.state == "queued", one.due))
    return in_order(known.values())


def is_past(known: Sequence[Ran], at: Instant) -> bool:
    """Older than all that is remembered: whether it was looked at before cannot be told any more."""
    sent = [one.started_at for one in known if one.sent]
    unsent = [one.started_at for one in known if not one.sent and one.ended_at is not None]
    return any(len(ones) >= most and at < min(ones) for ones, most in ((sent, MEMORY), (unsent, UNSENT)))


def _of_one(known: Sequence[Ran]) -> tuple[Ran, ...]:
    unsent = [one for one in known if not one.sent and one.ended_at is not None]
    rest = [one for one in known if one.sent or one.ended_at is None]
    return tuple(sorted((*_newest(unsent, UNSENT), *_newest(rest, MEMORY)), key=_age))


def _newest(instances: Iterable[Ran], count: int) -> tuple[Ran, ...]:
    ordered = sorted(instances, key=_age)
    old = ordered[:-count]
    return (*(one for one in old if one.ended_at is None), *ordered[-count:])


def _age(ran: Ran) -> tuple[Instant, str, str]:
    return ran.started_at, ran.key, ran.source_id


def _is_over(ran: Ran) -> bool:
    return ran.ended_at is not None and not ran.refused


def _stands(refusal: Ran, begun: bool) -> bool:
    return not begun or refusal.reason == CALLED_OFF


def _both(one: Ran, two: Ran) -> Ran:
    return replace(
        max(one, two, key=_age),
        ended_at=_later(one.ended_at, two.ended_at),
        exited_at=_later(one.exited_at, two.exited_at),
        busy_until=_later(one.busy_until, two.busy_until),
        held_until=_later(one.held_until, two.held_until),
        sent=max(one.sent, two.sent),
        unsent=one.unsent | two.unsent,
        about=max(one.about, two.about),
        reason=max((why for why in (one.reason, two.reason) if why is not None), default=None),
    )


def _later(one: Instant | None, two: Instant | None) -> Instant | None:
    return max((at for at in (one, two) if at is not None), default=None)
