"""Carrying a plan out with a bar, and what is said when it stops half-way."""

from collections.abc import Sequence
from typing import Final

from shopbell.local.client.config.files import Place, Written
from shopbell.local.client.config.meanwhile import MeanwhileError
from shopbell.local.client.config.ordering import Step
from shopbell.local.client.config.plan import Change
from shopbell.local.client.config.showing import headline
from shopbell.local.client.config.writing import Writer
from shopbell.local.client.http import RefusedError, UnreachableError
from shopbell.local.client.run import NotAskedError
from shopbell.local.client.watching import Bar

_AGAIN: Final = "what was written stays; apply again goes on with the rest"


class StoppedError(RuntimeError):
    """A plan that was not carried out to its end; the message says how far it came, why, and what to do."""


def carried(writer: Writer, file: Written, steps: Sequence[Step]) -> Sequence[str]:
    """What still waits for somebody. Raises StoppedError at the first step that fails."""
    bar = Bar(writer.run.err)
    try:
        for done, step in enumerate(steps, 1):
            try:
                writer.write(step)
            except (RefusedError, UnreachableError, MeanwhileError, NotAskedError) as exc:
                where = f"stopped after {done - 1} of {len(steps)} at: {headline(step.change)}"
                raise StoppedError("\n".join([where, *_words(file, step.change, exc), *_noted(exc)])) from exc
            bar.show(100 * done // len(steps), headline(step.change))
    finally:
        bar.end()
    return writer.notes


def _noted(why: RuntimeError) -> list[str]:
    """How the thing stands that the step has left."""
    return [f"  {note}" for note in getattr(why, "__notes__", ())]


def _words(file: Written, change: Change, why: RuntimeError) -> list[str]:
    match why:
        case MeanwhileError() | RefusedError(status=412):
            return ["  it was changed meanwhile, by somebody else; plan again, and look at what they did"]
        case RefusedError(status=422, document=told) if told.get("errors"):
            faults = [f"  {file.at(_place(change, one))} {one.get('message')}" for one in told["errors"]]
            return [*faults, f"  correct it; {_AGAIN}"]
        case NotAskedError():
            return [f"  it was not scheduled; {_AGAIN}"]
        case _:
            return [f"  {why}", f"  {_AGAIN}"]


def _place(change: Change, fault: object) -> Place:
    path = str(fault.get("path") or "") if isinstance(fault, dict) else ""
    parts = [int(one) if one.isdecimal() else one for one in path.split(".") if one]
    return (*change.place, *parts)
