"""What waits for two profiles of one person, and what ran for them, become one: in any order and however often."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.scenarios.stored import in_order

MEMORY: Final = 16
"""Instances of one scenario that are remembered; a trigger older than all of them starts none any more."""
MAX_SCENARIOS: Final = 40
"""Of which anything is remembered, those that ran last."""


def newest(instances: Iterable[Ran]) -> tuple[Ran, ...]:
    """Those that are remembered of one scenario, the latest last."""
    return tuple(sorted(instances, key=_age)[-MEMORY:])


def remembered(ran: Mapping[str, Sequence[Ran]]) -> Mapping[str, tuple[Ran, ...]]:
    """The scenarios that ran last, each with its newest instances."""
    kept = {name: newest(instances) for name, instances in ran.items() if instances}
    if len(kept) <= MAX_SCENARIOS:
        return kept
    last = sorted(kept, key=lambda name: (_age(kept[name][-1]), name))[-MAX_SCENARIOS:]
    return {name: kept[name] for name in last}


def ran_of_both(
    mine: Mapping[str, tuple[Ran, ...]], other: Mapping[str, tuple[Ran, ...]]
) -> Mapping[str, tuple[Ran, ...]]:
    """Of an instance that both know, what is known of its end."""
    if not other:
        return mine
    merged: dict[str, list[Ran]] = {}
    for name in mine.keys() | other.keys():
        one: dict[str, Ran] = {}
        for ran in (*mine.get(name, ()), *other.get(name, ())):
            one[ran.key] = _both(one[ran.key], ran) if ran.key in one else ran
        merged[name] = list(one.values())
    return remembered(merged)


def steps_of_both(
    mine: Sequence[PendingStep], other: Sequence[PendingStep], ran: Mapping[str, tuple[Ran, ...]]
) -> tuple[PendingStep, ...]:
    """`ran`: of both. The other's steps of an instance that has ended by now do not come back."""
    if not other:
        return tuple(mine)
    over = {(name, one.key) for name, instances in ran.items() for one in instances if one.ended_at is not None}
    known = {step.id: step for step in mine}
    for step in other:
        if (step.source_id, step.key) not in over:
            known[step.id] = max(known.get(step.id, step), step, key=lambda one: (one.state == "queued", one.due))
    return in_order(known.values())


def _age(ran: Ran) -> tuple[Instant, str]:
    return ran.started_at, ran.key


def _both(one: Ran, two: Ran) -> Ran:
    return replace(
        max(one, two, key=_age),
        ended_at=_later(one.ended_at, two.ended_at),
        exited_at=_later(one.exited_at, two.exited_at),
        sent=max(one.sent, two.sent),
    )


def _later(one: Instant | None, two: Instant | None) -> Instant | None:
    return max((at for at in (one, two) if at is not None), default=None)
