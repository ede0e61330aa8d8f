"""Whoever names no command, or a wrong one, a file that is not there or a server that is down, is told what to do."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from shopbell.local.cli import _parser
from shopbell.local.client.groups import TELLS

from tests.functions.command.counter import Counter


@pytest.mark.parametrize("group", ["", "store", *TELLS])
def test_without_a_command_there_is_help(counter: Counter, group: str) -> None:
    assert counter.run(*group.split()) == 2
    assert re.search(r"^  -h, --help", counter.warned, re.MULTILINE)
    assert counter.warned.endswith(f"shopbell{f' {group}' if group else ''}: which COMMAND?\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("sgments list", "shopbell: error: there is no command sgments; did you mean segments?\n"),
        ("segments shwo x", "shopbell segments: error: there is no command shwo; did you mean show?\n"),
        ("webhooks xyz", "there is no command xyz; `shopbell webhooks --help` lists what there is\n"),
    ],
)
def test_a_wrong_command_is_answered_with_what_was_meant(counter: Counter, words: str, says: str) -> None:
    assert counter.run(*words.split(" ")) == 2
    assert counter.warned.endswith(says)


@pytest.mark.parametrize(
    "words",
    [
        "config plan {}",
        "config apply {}",
        "segments create {}",
        "segments preview {}",
        "import codes spring {}",
        "import list testers {}",
        "pools fill spring {}",
        "lists members testers {} --mode add",
        "products put {} --format csv",
        "import feed {} --format csv",
        "segments edit seg-1 {}",
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_why_once(counter: Counter, words: str, tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    for file, why in (
        (tmp_path / "missing", "No such file or directory"),
        (tmp_path, "Is a directory"),
        (binary, "it is no text in UTF-8"),
    ):
        assert counter.run(*words.format(file).split(" ")) == 1
        assert counter.warned == f"shopbell: {file} cannot be read: {why}\n"


def test_a_server_that_is_down_is_named_with_why(counter: Counter) -> None:
    assert counter.run("segments", "list", "--api", "http://127.0.0.1:9", "--key", "sb_mgmt_x") == 1
    why = "Connection refused; is it running, and is --api right?"
    assert counter.warned == f"shopbell: 127.0.0.1:9 cannot be reached: {why}\n"


def arguments(parser: argparse.ArgumentParser, words: str = "shopbell") -> Iterator[tuple[str, argparse.Action]]:
    """Every argument of every command, by what is typed to ask for its help."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from arguments(below, f"{words} {name}")
        else:
            yield words, action


def test_help_says_of_every_argument_what_it_is() -> None:
    mute = [f"{words} {action.metavar or action.dest}" for words, action in arguments(_parser()) if not action.help]
    assert mute == []
