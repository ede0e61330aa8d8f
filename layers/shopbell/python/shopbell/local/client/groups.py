"""Every group of commands that speaks to the API, and how a command of it is run."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from shopbell.local.client import campaigns, goods, hooks, imports, office, people, pools, run, scenarios, segments
from shopbell.local.client.access import client_of
from shopbell.local.client.command import Command
from shopbell.local.client.completion import SHELLS, script
from shopbell.local.client.config import commands as config
from shopbell.local.client.parser import add_commands
from shopbell.local.words import COMMAND

COMMANDS: Final[tuple[Command, ...]] = (
    *segments.COMMANDS,
    *campaigns.COMMANDS,
    *scenarios.COMMANDS,
    *people.COMMANDS,
    *imports.COMMANDS,
    *goods.COMMANDS,
    *pools.COMMANDS,
    *office.COMMANDS,
    *hooks.COMMANDS,
    *config.COMMANDS,
)
TELLS: Final = {
    "segments": "who is in them, and why",
    "campaigns": "from a draft to its report",
    "scenarios": "what the store sends by itself",
    "triggers": "rules that answer one event",
    "visitors": "one person: what is known, what was sent and why",
    "report": "what became of subscribers, prompts, campaigns and scenarios",
    "import": "files of subscribers, products, codes and people",
    "products": "what the shop sells",
    "product-lists": "products that people put in a row",
    "pools": "coupon codes to give away",
    "lists": "static lists of people",
    "jobs": "long work",
    "keys": "keys of the API",
    "vapid": "keys that sign messages",
    "webhooks": "the store's own systems, told of what happens",
    "audit": "what was written, by whom",
    "config": "the whole store as a file: what it would change, and carrying it out",
}
"""What each group is for, in the order that help shows; `store` has commands of its own too."""


def add_api(
    stores: "argparse._SubParsersAction[argparse.ArgumentParser]",
    add: Callable[[str, str], argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
    local_file: Callable[[argparse.Namespace], Path],
    parser: argparse.ArgumentParser,
) -> None:
    """Add every group; `stores` are the commands of `store`, `local_file` says where the machine told its key,
    `parser` is the whole, which completion reads.
    """

    def perform(command: Command, asked: argparse.Namespace) -> int:
        return _run(command, asked, local_file(asked))

    add_commands(stores, of("store"), everywhere, perform)
    for name, tells in TELLS.items():
        words = add(name, tells).add_subparsers(required=True, metavar=COMMAND)
        add_commands(words, of(name), everywhere, perform)
    _add_completion(add("completion", "a script for your shell, as `source <(shopbell completion bash)`"), parser)


def _add_completion(completion: argparse.ArgumentParser, parser: argparse.ArgumentParser) -> None:
    def printed(asked: argparse.Namespace) -> int:
        sys.stdout.write(script(parser, asked.shell))
        return 0

    completion.add_argument("shell", choices=SHELLS, help="which one you use")
    completion.set_defaults(command=printed)


def of(group: str) -> tuple[Command, ...]:
    """The commands of a group."""
    return tuple(command for command in COMMANDS if command.group == group)


def _run(command: Command, asked: argparse.Namespace, local_file: Path) -> int:
    """Run a command as the process that it is: its environment, streams and clock."""
    client = client_of(asked, local_file, os.environ)
    return run.perform(run.Run(command, asked, client, time.sleep, sys.stdout, sys.stderr))
