"""The file itself: YAML that says each thing once, read within bounds, with the line of every value."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import yaml

from shopbell.local.client.documents import SCALARS, STANDARD_INPUT, PlainLoader, UnreadableError, unread

MOST: Final = 2_000_000
"""Bytes of a file; a store with hundreds of segments and scenarios in five languages has a tenth of it."""
_DEEP: Final = 40
_WIDTH: Final = 110
_BREAKS: Final = re.compile("[\x85\u2028\u2029\ufeff]")
"""Line breaks of YAML that a text does not keep, but in double quotes."""
Place = tuple[str | int, ...]
"""The way to a value from the top: names, and places in lists."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a file says, and on which line (from 1) each value begins."""

    name: str
    value: Any
    lines: Mapping[Place, int]

    def at(self, path: Sequence[str | int]) -> str:
        """`store.yaml: line 7: segments.Buyers.rule`: the place of a value, or of what it would stand in."""
        found = next((self.lines[tuple(path[:end])] for end in _ends(path) if tuple(path[:end]) in self.lines), 1)
        return f"{self.name}: line {found}: {'.'.join(map(str, path)) or 'the file'}"


class _Strict(PlainLoader):
    """Neither anchors nor tags, so that nothing is repeated or built; and no deeper than people write."""

    deep = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise yaml.MarkedYAMLError(
                problem="anchors and aliases are not taken: write it out", problem_mark=event.start_mark
            )
        if getattr(event, "tag", None) is not None:
            raise yaml.MarkedYAMLError(
                problem=f"the tag {event.tag} is not taken: values are plain", problem_mark=event.start_mark
            )
        if self.deep >= _DEEP:
            raise yaml.MarkedYAMLError(
                problem=f"is deeper than {_DEEP} values in each other", problem_mark=event.start_mark
            )
        self.deep += 1
        made: yaml.Node | None = super().compose_node(parent, index)
        self.deep -= 1
        return made


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML brings no types
    """No aliases; texts that any reader of YAML could take for something else stand in quotes."""

    def ignore_aliases(self, _: Any) -> bool:
        return True


for _tag, _pattern, _first in SCALARS:
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _BREAKS.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def load(name: str) -> Written:
    """The document of a file, or of standard input for "-". Raises UnreadableError with the line."""
    try:
        if name == STANDARD_INPUT:
            return parse(_bounded(sys.stdin.buffer, name), name)
        with Path(name).open("rb") as file:
            return parse(_bounded(file, name), name)
    except (OSError, UnicodeDecodeError) as exc:
        raise UnreadableError(f"{name} cannot be read: {unread(exc)}") from exc


def parse(text: str, name: str) -> Written:
    """Raises UnreadableError with the line for what is no YAML, or more of it than this file needs."""
    try:
        loader = _Strict(text)
        node = loader.get_single_node()
        value = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as exc:
        line = f" line {exc.problem_mark.line + 1}:" if exc.problem_mark else ""
        raise UnreadableError(f"{name}:{line} {exc.problem or exc}") from exc
    except (yaml.YAMLError, ValueError) as exc:
        raise UnreadableError(f"{name}: {exc}") from exc
    return Written(name, value, {} if node is None else dict(_lines(node, ())))


def dump(sections: Mapping[str, Any]) -> str:
    """Sections in their order, all below in the order of its names: the same store makes the same text."""
    return "\n".join(_section(name, value) for name, value in sections.items())


def _section(name: str, value: Any) -> str:
    made: str = yaml.dump({name: value}, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=_WIDTH)
    return made


def _bounded(file: IO[bytes], name: str) -> str:
    content = file.read(MOST + 1)
    if len(content) > MOST:
        raise UnreadableError(f"{name} is longer than {MOST} bytes")
    return content.decode("utf-8")


def _lines(node: yaml.Node, path: Place) -> Iterator[tuple[Place, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, below in node.value:
            here = (*path, key.value)
            yield from _lines(below, here)
            yield here, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for at, below in enumerate(node.value):
            yield from _lines(below, (*path, at))


def _ends(path: Sequence[str | int]) -> range:
    return range(len(path), -1, -1)
