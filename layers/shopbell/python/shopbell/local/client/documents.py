"""Files that people write: JSON or YAML, where `on`, `no` and 21:00 are the texts that they look like."""

import re
import sys
from pathlib import Path
from typing import Any, Final

import yaml

STANDARD_INPUT: Final = "-"


class UnreadableError(RuntimeError):
    """A file that is not there, or is neither JSON nor YAML; the message names the file and the line."""


class PlainLoader(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML brings no types
    """YAML 1.2's core schema, as JSON has it: null, true, false and numbers; and no key twice."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML reads it from the class

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if not isinstance(name, str) or name in seen:
                why = "is no text; put it in quotes" if not isinstance(name, str) else "stands here twice"
                raise yaml.MarkedYAMLError(problem=f"{name!r} {why}", problem_mark=key.start_mark)
            seen.add(name)
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made


SCALARS: Final = (
    ("null", r"^(?:null|Null|NULL|~|)$", ["n", "N", "~", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", list("-+0123456789")),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
)
"""What is no text: the name of its tag, its form, and how it may begin."""
for _tag, _pattern, _first in SCALARS:
    PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def unread(exc: Exception) -> str:
    """Why a file that is named beside it cannot be read."""
    return (
        "it is no text in UTF-8" if isinstance(exc, UnicodeDecodeError) else getattr(exc, "strerror", "") or str(exc)
    )


def read(path: str) -> Any:
    """The document of a file, or of standard input for "-". Raises UnreadableError."""
    try:
        text = sys.stdin.read() if path == STANDARD_INPUT else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise UnreadableError(f"{path} cannot be read: {unread(exc)}") from exc
    return parse(text, path)


def parse(text: str, named: str) -> Any:
    """JSON is YAML. Raises UnreadableError with the line."""
    try:
        return yaml.load(text, PlainLoader)  # noqa: S506 - a safe loader, narrowed
    except yaml.MarkedYAMLError as exc:
        line = f" line {exc.problem_mark.line + 1}:" if exc.problem_mark else ""
        raise UnreadableError(f"{named}:{line} {exc.problem or exc}") from exc
    except (yaml.YAMLError, ValueError) as exc:
        raise UnreadableError(f"{named}: {exc}") from exc
