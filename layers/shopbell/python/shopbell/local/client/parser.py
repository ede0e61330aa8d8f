"""The declared commands as words of the command line."""

import argparse
from collections.abc import Callable, Iterable
from typing import Any, Final

from shopbell.local.client.access import add_access
from shopbell.local.client.command import Command, Option
from shopbell.local.client.contract import has_tag, takes_tag
from shopbell.local.client.paths import arguments_of

SHOWN: Final = 50
_IDS: Final = {
    "coupon-pools": "as `shopbell pools list` shows it",
    "visitors": "the id that the shop's pages gave somebody, or c: and a customer's",
    "jobs": "as the command that began the work printed it",
}
"""What no list of the same name shows."""
Perform = Callable[[Command, argparse.Namespace], int]


def add_commands(
    group: "argparse._SubParsersAction[argparse.ArgumentParser]",
    commands: Iterable[Command],
    everywhere: argparse.ArgumentParser,
    perform: Perform,
) -> None:
    """`group` gets a parser per command; `perform` runs the one that is asked for."""
    for command in commands:
        made = group.add_parser(command.name, help=command.tells, description=command.tells, parents=[everywhere])
        made.set_defaults(command=_running(command, perform))
        _add_arguments(made, command)
        add_access(made)
        made.add_argument("--json", action="store_true", help="print the API's own JSON")


def _running(command: Command, perform: Perform) -> Callable[[argparse.Namespace], int]:
    return lambda asked: perform(command, asked)


def _add_arguments(parser: argparse.ArgumentParser, command: Command) -> None:
    for name in arguments_of(command.path):
        parser.add_argument(name, metavar=name.upper(), help=_shown_by(command.path, name))
    for option in command.positionals:
        parser.add_argument(option.name, metavar=option.name.upper(), help=option.tells, **_repeats(option))
    if command.file:
        _add_file(parser, command)
    for option in (*command.query, *command.body):
        _add_option(parser, option)
    if command.columns and "limit" not in {option.name for option in command.query}:
        parser.add_argument("--limit", type=_positive, default=SHOWN, help=f"rows to show (default: {SHOWN})")
        parser.add_argument("--everything", action="store_true", help="all rows, page after page")
    _add_tags(parser, command)
    if command.ask:
        parser.add_argument("--yes", action="store_true", help="do not ask")


def _shown_by(path: str, name: str) -> str:
    """Where somebody finds an id."""
    before = path.split(f"/{{{name}}}", maxsplit=1)[0].rsplit("/", maxsplit=1)[-1]
    return _IDS.get(before) or f"as `shopbell {before} list` shows it"


def _add_file(parser: argparse.ArgumentParser, command: Command) -> None:
    told = f"{command.file}, in JSON or YAML; - is standard input"
    if command.edits:
        parser.add_argument("file", metavar="FILE", help=f"{told}; without it in your EDITOR", nargs="?")
    else:
        parser.add_argument("file", metavar="FILE", help=told)


def _add_tags(parser: argparse.ArgumentParser, command: Command) -> None:
    if takes_tag(command.call):
        parser.add_argument("--if-match", metavar="ETAG", help="only if it is still what had this ETag")
    if has_tag(command.call) and not command.act:
        parser.add_argument("--etag", action="store_true", help="print its ETag alone")


def _repeats(option: Option) -> dict[str, Any]:
    return {"nargs": "+"} if option.kind == "words" else {"choices": option.choices} if option.choices else {}


def _add_option(parser: argparse.ArgumentParser, option: Option) -> None:
    if option.kind == "flag":
        parser.add_argument(option.flag, action="store_true", help=option.tells)
        return
    given: dict[str, Any] = {"help": option.tells, "required": option.required}
    if option.choices:
        given["choices"] = option.choices
    else:
        given["metavar"] = option.name.upper()
    if option.kind == "number":
        given["type"] = _whole
    if option.kind == "words":
        given["action"] = "append"
    parser.add_argument(option.flag, **given)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError("must be a whole number")
    return int(text)


def _positive(text: str) -> int:
    number = _whole(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
