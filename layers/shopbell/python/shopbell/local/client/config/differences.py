"""Where two things differ, field by field, and how that is shown."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shopbell.local.client.config.files import Place
from shopbell.local.client.config.shapes import same

_WIDE: Final = 76


@dataclass(frozen=True, slots=True)
class Missing:
    """In the place of a value that is not there; null is another thing."""


NOTHING: Final = Missing()


@dataclass(frozen=True, slots=True)
class Difference:
    path: Place
    old: Any
    new: Any


def differences(old: Any, new: Any, at: Place = ()) -> Iterator[Difference]:
    """The innermost fields that differ; a list of another length as a whole."""
    if same(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys((*old, *new)):
            yield from differences(old.get(name, NOTHING), new.get(name, NOTHING), (*at, name))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new) and _deep(old) and _deep(new):
        for place, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from differences(one, other, (*at, place))
    else:
        yield Difference(at, old, new)


def lines(one: Difference) -> Iterator[str]:
    """`path: old -> new`, or a line for each where they are long."""
    name, old, new = ".".join(map(str, one.path)), shown(one.old), shown(one.new)
    if len(name) + len(old) + len(new) <= _WIDE:
        yield f"{name}: {old} -> {new}"
        return
    yield f"{name}:"
    yield f"  - {old}"
    yield f"  + {new}"


def shown(value: Any) -> str:
    """A value in one line, with nothing that a terminal would obey."""
    if isinstance(value, Missing):
        return "(none)"
    text = json.dumps(value, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def told(one: Difference) -> Mapping[str, Any]:
    """For scripts: `old` and `new` only where there is one."""
    sides = {"old": one.old, "new": one.new}
    return {
        "path": list(one.path),
        **{name: side for name, side in sides.items() if not isinstance(side, Missing)},
    }


def _deep(found: list[Any]) -> bool:
    return all(isinstance(one, dict) for one in found)
