"""A plan on the terminal, and for scripts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from shopbell.local.client.config.conflicts import Conflict
from shopbell.local.client.config.differences import NOTHING, Difference, lines, shown, told
from shopbell.local.client.config.plan import Change, Plan
from shopbell.local.client.run import Run

_SIGNS: Final = {"create": "+", "change": "~", "archive": "-"}
_DONE: Final = {"create": "to create", "change": "to change", "archive": "to archive"}


def show(run: Run, plan: Plan, conflicts: Sequence[Conflict] = ()) -> None:
    """The plan on the output, with --json as data; what is left alone beside it."""
    if run.asked.json:
        made = {"changes": [_data(one) for one in plan.changes], "notes": list(plan.notes)}
        run.show({**made, "conflicts": [_against(one) for one in conflicts]})
        return
    for line in (*_told(plan), *(f"! {_name(one.change)}: {one.says}" for one in conflicts)):
        run.print(line)
    for note in plan.notes:
        run.err.write(f"{note}\n")


def warn(run: Run, plan: Plan) -> None:
    """What is still to do after all was written."""
    for one in plan.changes:
        for line in _change(one):
            run.err.write(f"  {line}\n")


def tell_secret(run: Run, change: Change, made: Mapping[str, Any]) -> None:
    """What a call shows once, at once: whatever fails afterwards, nobody could ask for it again."""
    secret = made.get("secret")
    if not secret:
        return
    if run.asked.json:
        run.show({"kind": change.kind.section, "name": change.name, "id": made["id"], "secret": secret})
    else:
        over = "\r\x1b[K" if run.out.isatty() else ""  # the bar stands there
        run.print(f"{over}the secret of {change.kind.word} {shown(change.name)[1:-1]}, shown this once: {secret}")


def headline(change: Change) -> str:
    """`~ segment Buyers`."""
    return f"{_SIGNS[change.action]} {_name(change)}"


def _name(change: Change) -> str:
    return f"{change.kind.word} {shown(change.name)[1:-1]}".rstrip()


def _told(plan: Plan) -> Iterator[str]:
    for one in plan.changes:
        yield from _change(one)
    counted: Counter[str] = Counter(one.action for one in plan.changes)
    words = ", ".join(f"{counted[action]} {done}" for action, done in _DONE.items() if counted[action])
    yield f"plan: {words or 'nothing to do'}"


def _change(change: Change) -> Iterator[str]:
    yield headline(change)
    if change.action == "create":
        for name, value in change.body.items():
            yield f"    {name}: {shown(value)}"
    for one in change.fields:
        yield from (f"    {line}" for line in lines(one))


def _data(change: Change) -> dict[str, Any]:
    made = {"action": change.action, "kind": change.kind.section, "name": change.name}
    return {**made, "fields": [told(one) for one in (*change.fields, *_new(change))]}


def _against(one: Conflict) -> dict[str, Any]:
    change = one.change
    return {"action": change.action, "kind": change.kind.section, "name": change.name, "message": one.says}


def _new(change: Change) -> tuple[Difference, ...]:
    from_nothing = change.body.items() if change.action == "create" else ()
    return tuple(Difference((name,), NOTHING, value) for name, value in from_nothing)
