"""Where a command leaves what it has made: a file for nobody else to read, or the standard output."""

import os
import stat
import sys
from typing import Final

_MODE: Final = 0o600


class UnwritableError(RuntimeError):
    """A file that cannot be written; the message names it."""


def keep(into: str, content: bytes) -> None:
    """The whole content of a file, of which nobody but its owner reads a byte even if it was there before."""
    try:
        descriptor = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
        with os.fdopen(descriptor, "wb") as file:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.fchmod(descriptor, _MODE)
            file.write(content)
    except OSError as exc:
        raise UnwritableError(f"{into} cannot be written: {exc.strerror}; name another file") from exc


def flushed() -> None:
    """What was printed must get through. Raises UnwritableError; Python's own try at its end is spared then."""
    try:
        sys.stdout.flush()
    except OSError as exc:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise UnwritableError(f"what was to be printed cannot be written: {exc.strerror}") from exc
