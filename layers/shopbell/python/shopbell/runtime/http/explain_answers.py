"""What the explain call answers: every gate in its order, and how the latest message of a scenario ended."""

from typing import Literal

from pydantic import BaseModel, JsonValue

from shopbell.app.management.explain import Explanation
from shopbell.app.management.recorded import Recorded
from shopbell.domain.clock import format_instant
from shopbell.domain.gates import Told
from shopbell.runtime.http.shapes import json_of


class GateOut(BaseModel):
    """`outcome`: `passed`, `skipped` or `deferred`; `values`: what that rests on."""

    gate: str
    outcome: Literal["passed", "skipped", "deferred"]
    values: dict[str, JsonValue]


class RecordedOut(BaseModel):
    """The latest message of it. `at`: when it was triggered, sent by a run, or cancelled; `outcomes`: by device.

    `state`: `posting`, `deferred` or `done`; `cancelled`: it never came to be sent; `refused`: nothing was started.
    """

    at: str
    step: int
    state: str
    outcomes: list[str]
    gates: list[GateOut]


class NowOut(BaseModel):
    """`variant`: the one that the visitor gets; null: there are none."""

    gates: list[GateOut]
    variant: str | None


class ExplanationOut(BaseModel):
    """`recorded` null: nothing is known to have been sent, or it is too long ago."""

    recorded: RecordedOut | None
    now: NowOut


def explanation(found: Explanation) -> ExplanationOut:
    return ExplanationOut(
        recorded=_recorded(found.recorded) if found.recorded else None,
        now=NowOut(gates=[_gate(one) for one in found.gates], variant=found.variant),
    )


def _recorded(found: Recorded) -> RecordedOut:
    return RecordedOut(
        at=format_instant(found.at),
        step=found.step + 1,
        state=found.state,
        outcomes=list(found.outcomes),
        gates=[_gate(one) for one in found.gates],
    )


def _gate(told: Told) -> GateOut:
    values = {name: json_of(value) for name, value in told.values.items()}
    return GateOut(gate=told.gate, outcome=told.outcome, values=values)
