"""Long work on the terminal: a bar that fills until a job or a campaign is through."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TextIO

from shopbell.local.client.http import UnreachableError, exchange
from shopbell.local.client.keeping import keep
from shopbell.local.client.run import Run

PAUSE: Final = 1.0
"""Seconds between two looks."""
_WIDE: Final = 30
_GOOD: Final = range(200, 300)
_OPEN: Final = frozenset({"queued", "running"})
_UNDER_WAY: Final = frozenset({"scheduled", "sending", "planning", "building", "waiting"})


@dataclass(slots=True)
class Bar:
    """One line that is rewritten on a terminal; elsewhere a line whenever it says something new."""

    out: TextIO
    last: str = ""

    def show(self, percent: int, words: str) -> None:
        full = _WIDE * min(max(percent, 0), 100) // 100
        text = f"[{'#' * full}{'.' * (_WIDE - full)}] {percent:3d}% {words}"
        if text != self.last:
            self.out.write(f"\r\x1b[K{text}" if self.out.isatty() else f"{text}\n")
            self.out.flush()
        self.last = text

    def end(self) -> None:
        if self.last and self.out.isatty():
            self.out.write("\n")


def until(look: Callable[[], Mapping[str, Any]], going: Callable[[Mapping[str, Any]], bool], run: Run) -> Any:
    """Look until it no longer goes; the last that was seen."""
    bar = Bar(run.err)
    try:
        while True:
            seen = look()
            bar.show(int(seen.get("percent") or 0), str(seen["state"]) + counts(seen))
            if not going(seen):
                return seen
            run.pause(PAUSE)
    finally:
        bar.end()


def counts(seen: Mapping[str, Any]) -> str:
    """What a campaign's progress adds to its state."""
    if "planned" not in seen:
        return ""
    words = f", {seen['accepted']} of {seen['planned']} accepted, {seen['failed']} failed"
    return words + (f", through at {seen['eta']}" if seen.get("eta") else "")


def job(run: Run, job_id: str, into: str | None = None) -> int:
    """Wait for a job with its bar, and write what it made into a file; 0 when it is done and no line failed."""
    path = run.path_of("/v1/jobs/{job_id}", job_id=job_id)
    seen = until(lambda: run.call("GET", path).body, lambda one: one["state"] in _OPEN, run)
    if into and seen.get("download_url"):
        fetched(seen["download_url"], into)
        run.err.write(f"written into {into}\n")
    run.show(seen) if run.asked.json else _tell(run, seen, hidden=bool(into))
    return 0 if seen["state"] == "done" and not seen["errors"] else 1


def fetched(url: str, into: str) -> None:
    """What a job has made, for nobody else to read; the key stays here. UnreachableError, UnwritableError."""
    status, _, content = exchange("GET", url, None, {})
    if status not in _GOOD:
        raise UnreachableError(f"what the job made cannot be had: {status}; `shopbell jobs show` gives a new address")
    keep(into, content)


def progress(run: Run) -> int:
    """`campaigns progress`: once, or with --watch until the campaign is through."""
    if not run.asked.watch:
        run.show(run.send().body)
        return 0
    seen = until(lambda: run.send().body, lambda one: one["state"] in _UNDER_WAY, run)
    run.show(seen)
    return 0


def _tell(run: Run, seen: Mapping[str, Any], *, hidden: bool) -> None:
    for fault in seen["errors"]:
        run.err.write(f"  line {fault['line']}: {fault['message']}\n")
    told = seen.get("result")
    made = {"download_url": seen["download_url"]} if seen.get("download_url") and not hidden else {}
    run.show({"job": seen["id"], "state": seen["state"], **(told if isinstance(told, Mapping) else {}), **made})
