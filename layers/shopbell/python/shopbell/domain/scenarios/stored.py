"""Pending steps and instances as rows of a stored profile, in one order however they came about."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from shopbell.domain.scenarios.pending import PendingStep, Ran

_STEP: Final = tuple(PendingStep.__dataclass_fields__)
_RAN: Final = tuple(name for name in Ran.__dataclass_fields__ if name != "source_id")
"""Fields are written in their order; one added at the end is read from older rows as its default."""


def in_order(steps: Iterable[PendingStep]) -> tuple[PendingStep, ...]:
    """As a profile keeps them: the earliest first."""
    return tuple(sorted(steps, key=lambda step: (step.due, step.id)))


def step_rows(steps: Iterable[PendingStep]) -> list[list[Any]]:
    return [[getattr(step, name) for name in _STEP] for step in steps]


def steps_from(rows: Sequence[Sequence[Any]]) -> tuple[PendingStep, ...]:
    return tuple(PendingStep(**dict(zip(_STEP, row, strict=False))) for row in rows)


def ran_rows(ran: Mapping[str, Sequence[Ran]]) -> dict[str, list[list[Any]]]:
    return {name: [[getattr(one, field) for field in _RAN] for one in ones] for name, ones in ran.items()}


def ran_from(rows: Mapping[str, Sequence[Sequence[Any]]]) -> Mapping[str, tuple[Ran, ...]]:
    return {
        name: tuple(Ran(name, **dict(zip(_RAN, row, strict=False))) for row in ones) for name, ones in rows.items()
    }
