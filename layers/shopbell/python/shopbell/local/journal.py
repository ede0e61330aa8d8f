"""What happened on this machine, counted and written as JSON lines: one file for the host, one per function."""

import json
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shopbell.domain.clock import Clock, format_instant


@dataclass(slots=True)
class LogFile:
    """A file that many threads append whole lines to."""

    path: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def line(self, text: str) -> None:
        with self._lock, self.path.open("a", errors="replace") as out:
            out.write(text if text.endswith("\n") else f"{text}\n")


@dataclass(slots=True)
class HostJournal:
    """Counters per subject, and a line for whatever does not go as usual."""

    log: LogFile
    clock: Clock
    _counts: dict[str, Counter[str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, subject: str, what: str, count: int, fields: Mapping[str, object]) -> None:
        """Add to the counter; what carries fields is also written to the log."""
        with self._lock:
            self._counts.setdefault(subject, Counter())[what] += count
        if fields:
            told = {"at": format_instant(self.clock()), "subject": subject, "what": what, "count": count, **fields}
            self.log.line(json.dumps(told, default=str))

    def counts(self) -> dict[str, dict[str, int]]:
        with self._lock:
            return {subject: dict(counts) for subject, counts in self._counts.items()}

    def about(self, subject: str) -> "Notes":
        return Notes(self, subject)


@dataclass(frozen=True, slots=True)
class Notes:
    """The journal of one subject: what a mapping, a schedule or a function is given."""

    journal: HostJournal
    subject: str

    def __call__(self, what: str, count: int, **fields: object) -> None:
        self.journal.note(self.subject, what, count, fields)
