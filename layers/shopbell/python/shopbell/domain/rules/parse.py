"""From JSON to a rule, or to every fault of it with the path of its node."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import TypeAdapter, ValidationError

from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.events import Json
from shopbell.domain.incoming.faults import message
from shopbell.domain.rules.comparable import LARGEST
from shopbell.domain.rules.names import TRIGGERS
from shopbell.domain.rules.nodes import NODE_KEYS, Rule

MAX_DEPTH: Final = 8
MAX_LEAVES: Final = 100
_GROUPS: Final = frozenset({"and", "or"})
_ALLOWED: Final[Mapping[str, Sequence[str]]] = {
    "score": ("churn_90d", "next_order_at"),
    "cart": ("value", "count", "age", "contains"),
    "subscription": ("active", "browser", "os", "device", "prompt", "topic", "age"),
}
"""What stands behind a key that begins several kinds of leaves."""
_NAMING: Final = frozenset({"event", "first", "last"})
_RULE: Final[TypeAdapter[Rule]] = TypeAdapter(Rule)


def parse_rule(raw: Json) -> Rule:
    """The validated rule. Rejected names each fault by its path, such as `and.0.event`."""
    faults = _Walk()
    faults.node(raw, "", 1)
    if not faults.found:
        try:
            return _RULE.validate_json(json.dumps(raw, default=_plain))
        except ValidationError as exc:
            faults.found = _problems(exc)
        except (ValueError, RecursionError):
            faults.fault("", "holds a value that no rule can need")
    raise Rejected(faults.found)


class _Walk:
    """The shape before the details: which node each object is, how deep, how many."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.leaves = 0

    def node(self, raw: Json, path: str, depth: int) -> None:
        key = self._kind(raw, path)
        if key is None or not isinstance(raw, Mapping):
            return
        if depth > MAX_DEPTH:
            self.fault(path, f"is nested deeper than {MAX_DEPTH}")
            return
        inside = raw[key]
        if key == "not":
            self.node(inside, _join(path, key), depth + 1)
        elif key in _GROUPS:
            self._children(inside, _join(path, key), depth)
        else:
            self._leaf(raw, key, path)

    def _leaf(self, raw: Mapping[str, Json], key: str, path: str) -> None:
        self.leaves += 1
        if self.leaves == MAX_LEAVES + 1:
            self.fault(path, f"is one leaf too many: {MAX_LEAVES} are the most")
        allowed = _ALLOWED.get(key)
        if allowed and raw[key] not in allowed:
            self.fault(_join(path, key), f"must be {', '.join(allowed[:-1])} or {allowed[-1]}")
        if key == "rfm" and not isinstance(raw[key], str | Mapping):
            self.fault(_join(path, key), "must be a group such as champions, or an object of r, f and m")
        self._content(raw, path)

    def _children(self, inside: Json, path: str, depth: int) -> None:
        if not isinstance(inside, Sequence) or isinstance(inside, str) or not inside:
            self.fault(path, "must be a list of rules, one at least")
            return
        for index, child in enumerate(inside):
            self.node(child, f"{path}.{index}", depth + 1)

    def _kind(self, raw: Json, path: str) -> str | None:
        if not isinstance(raw, Mapping):
            self.fault(path, 'must be an object such as {"event": "product_view"}')
            return None
        kinds = [key for key in raw if key in NODE_KEYS]
        if len(kinds) == 1:
            return kinds[0]
        if len(kinds) > 1:
            self.fault(path, f"mixes {' and '.join(sorted(kinds))}: a node is one of them")
        else:
            self.fault(path, f"is no node: its key must be one of {', '.join(sorted(NODE_KEYS))}")
        return None

    def _content(self, raw: Json, path: str, depth: int = 0) -> None:
        """Events anywhere in a leaf, in steps and windows too, that cannot be counted, and numbers too large."""
        if depth > MAX_DEPTH:
            return
        if isinstance(raw, Mapping):
            for key, inside in raw.items():
                if key in _NAMING and isinstance(inside, str) and inside in TRIGGERS:
                    self.fault(_join(path, key), f"{inside} is a trigger only and cannot be counted")
                self._content(inside, _join(path, key), depth + 1)
        elif isinstance(raw, Sequence) and not isinstance(raw, str):
            for index, inside in enumerate(raw):
                self._content(inside, f"{path}.{index}", depth + 1)
        elif isinstance(raw, int) and abs(raw) > LARGEST:
            self.fault(path, f"is too large a number: {LARGEST} is the largest")

    def fault(self, path: str, message: str) -> None:
        self.found.append(Problem(path or "rule", message))


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(type(value).__name__)


def _problems(exc: ValidationError) -> list[Problem]:
    """One for each path: where several types would do, pydantic reports the miss of each."""
    messages: dict[str, list[str]] = {}
    for error in exc.errors():
        messages.setdefault(_path(error["loc"]), []).append(message(error))
    return [Problem(path, _either(found)) for path, found in messages.items()]


def _either(found: Sequence[str]) -> str:
    """`must be an integer or a string`, each once."""
    first, *others = dict.fromkeys(found)
    return " or ".join((first, *(other.removeprefix("must be ") for other in others)))


def _path(location: tuple[int | str, ...]) -> str:
    """Without the names that pydantic gives to branches of a union."""
    steps = [str(step) for step in location if not _branch(step)]
    return ".".join(steps) or "rule"


def _branch(step: int | str) -> bool:
    return isinstance(step, str) and (
        step.startswith(("<", "function-", "constrained-", "tuple[")) or step in _SCALARS
    )


_BRANCHES: Final = ("<", "function-", "constrained-", "tuple[")
_SCALARS: Final = frozenset({"bool", "int", "float", "str", "Stat"})
