"""Paths of calls: the names in braces, and the values in their place."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

_NAMED: Final = re.compile(r"{([a-z_]+)}")


def arguments_of(path: str) -> tuple[str, ...]:
    """The names that a path has in braces, in order."""
    return tuple(_NAMED.findall(path))


def filled(path: str, values: Mapping[str, str]) -> str:
    """The path of this very thing; no value can leave its place in it."""
    return _NAMED.sub(lambda found: quote(values[found[1]], safe=""), path)
