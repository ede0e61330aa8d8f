"""docs/command.md names every command that speaks to the API, with its arguments, and none that there is not."""

import re
from pathlib import Path
from typing import Final

from shopbell.local.client.command import Command
from shopbell.local.client.groups import COMMANDS
from shopbell.local.client.paths import arguments_of

PAGE: Final = (Path(__file__).parents[3] / "docs" / "command.md").read_text()


def form(command: Command) -> str:
    """A command as people write it."""
    given = [option.name.upper() + "…" * (option.kind == "words") for option in command.positionals]
    named = [name.upper() for name in arguments_of(command.path)]
    return " ".join(["shopbell", command.words, *named, *given, *(["FILE"] if command.file else [])])


def test_the_page_lists_the_commands_that_there_are() -> None:
    rows = re.findall(r"^\| `(shopbell [^`]+)` \| (.+) \|$", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted((form(command), command.tells) for command in COMMANDS)
