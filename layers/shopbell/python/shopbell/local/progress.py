"""Progress on a terminal: each step with the time that it took, long loads with how far they are."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TextIO

_SHARE: Final = 10
"""Without a terminal a load says how far it is every tenth."""


@dataclass(slots=True)
class Progress:
    """Writes to `out`; on a terminal it rewrites the line of a load."""

    out: TextIO = field(default_factory=lambda: sys.stderr)
    _shown: int = -1

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        self._write(f"{text} … ")
        began = time.monotonic()
        try:
            yield
        except BaseException:
            self._write("failed\n")
            raise
        self._write(f"{time.monotonic() - began:.1f} s\n")

    def load(self, what: str, done: int, of: int) -> None:
        """How far a load is: `done` of `of`."""
        share = _SHARE * done // max(of, 1)
        if self.out.isatty():
            self._write(f"\r  {what} {done} of {of} ")
        elif share != self._shown:
            self._write(f"{what} {done} of {of}, ")
        self._shown = share

    def say(self, text: str) -> None:
        self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        self.out.write(text)
        self.out.flush()
