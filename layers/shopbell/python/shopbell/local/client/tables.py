"""Answers for people: tables and fields for a terminal of 100 columns."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

WIDTH: Final = 100
_GAP: Final = "  "
_LEAST: Final = 6
_NAME: Final = 24


def table(items: Sequence[Mapping[str, Any]], columns: Sequence[str], width: int = WIDTH) -> str:
    """A line per item under the columns' names; what does not fit is cut with an ellipsis.

    Not so the first column: it is what the other commands want to be told, and is copied from here.
    """
    rows = [[column.split(".")[-1] for column in columns], *([_cell(pick(one, c)) for c in columns] for one in items)]
    widths = _fit([max(len(row[at]) for row in rows) for at in range(len(columns))], width)
    return "\n".join(
        _GAP.join(_cut(text, wide).ljust(wide) for text, wide in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def record(shown: Mapping[str, Any], width: int = WIDTH) -> str:
    """A line per field; what is deep stands below its name, indented."""
    lines: list[str] = []
    wide = min(_NAME, max((len(name) for name in shown), default=0))
    for name, value in shown.items():
        deep = isinstance(value, Mapping | list) and value
        if deep:
            told = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=width - 2)
            lines += [name, *("  " + line for line in told.splitlines())]
        else:
            lines.append(f"{name.ljust(wide)}  {_cell(value)}".rstrip())
    return "\n".join(lines)


def pick(item: Mapping[str, Any], column: str) -> Any:
    """The value at a dotted path; None when there is none."""
    value: Any = item
    for name in column.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _cell(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case list():
            return ", ".join(_cell(one) for one in value) or "-"
        case Mapping():
            return ", ".join(f"{name} {_cell(one)}" for name, one in value.items()) or "-"
    # A name may hold a line break, or worse for a terminal
    return "".join(letter if letter.isprintable() else " " for letter in str(value))


def _fit(widths: list[int], width: int) -> list[int]:
    """Take from the widest column but the first until the line fits."""
    first, rest = widths[:1], widths[1:]
    room = width - len(_GAP) * len(rest) - sum(first)
    while sum(rest) > room and max(rest) > _LEAST:
        widest = rest.index(max(rest))
        rest[widest] -= 1
    return first + rest


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
