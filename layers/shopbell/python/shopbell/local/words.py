"""The parser of every command: help for whoever names none, and what was meant by one that there is not."""

import argparse
import difflib
import sys
from typing import Any, Final, NoReturn

COMMAND: Final = "COMMAND"
"""What help calls the name of a command."""


class Words(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        if message.endswith(f"required: {COMMAND}"):
            self.print_help(sys.stderr)
            self.exit(2, f"\n{self.prog}: which {COMMAND}?\n")
        super().error(message)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.metavar != COMMAND or action.choices is None or value in action.choices:
            super()._check_value(action, value)
            return
        found = difflib.get_close_matches(str(value), [str(one) for one in action.choices], n=1)
        meant = f"did you mean {found[0]}?" if found else f"`{self.prog} --help` lists what there is"
        raise argparse.ArgumentError(None, f"there is no command {value}; {meant}")
