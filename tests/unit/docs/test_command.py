"""docs/command.md names every command that speaks to the API, with its arguments; and every call has one."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from shopbell.local.client.command import Command
from shopbell.local.client.groups import COMMANDS
from shopbell.local.client.paths import arguments_of

DOCS: Final = Path(__file__).parents[3] / "docs"
WITHOUT: Final[Mapping[str, str]] = {}
"""Calls of the document that take a management key and have no command: "METHOD /path" with the reason."""
PAGE: Final = (DOCS / "command.md").read_text()


def form(command: Command) -> str:
    """A command as people write it."""
    given = [option.name.upper() + "…" * (option.kind == "words") for option in command.positionals]
    named = [name.upper() for name in arguments_of(command.path)]
    return " ".join(["shopbell", command.words, *named, *given, *(["FILE"] if command.file else [])])


def test_the_page_lists_the_commands_that_there_are() -> None:
    rows = re.findall(r"^\| `(shopbell [^`]+)` \| (.+) \|$", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted((form(command), command.tells) for command in COMMANDS)


def test_whatever_a_management_key_may_call_has_a_command_or_a_reason_against_one() -> None:
    paths = json.loads((DOCS / "openapi.json").read_text())["paths"]
    calls = {
        f"{method.upper()} {path}"
        for path, operations in paths.items()
        for method, one in operations.items()
        if isinstance(one, dict) and {"management": []} in one.get("security", ())
    }
    commanded = {call for command in COMMANDS for call in command.calls}
    assert sorted(calls - commanded - WITHOUT.keys()) == []
    assert sorted(WITHOUT.keys() & commanded) == []
