"""Long work on the terminal: a bar that fills until a job or a campaign is through."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TextIO

from shopbell.local.client.run import Run

PAUSE: Final = 1.0
"""Seconds between two looks."""
_WIDE: Final = 30
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


def job(run: Run, job_id: str) -> int:
    """Wait for a job with its bar; 0 when it is done and no line failed."""
    path = run.path_of("/v1/jobs/{job_id}", job_id=job_id)
    seen = until(lambda: run.call("GET", path).body, lambda one: one["state"] in _OPEN, run)
    run.show(seen) if run.asked.json else _tell(run, seen)
    return 0 if seen["state"] == "done" and not seen["errors"] else 1


def progress(run: Run) -> int:
    """`campaigns progress`: once, or with --watch until the campaign is through."""
    if not run.asked.watch:
        run.show(run.send().body)
        return 0
    seen = until(lambda: run.send().body, lambda one: one["state"] in _UNDER_WAY, run)
    run.show(seen)
    return 0


def _tell(run: Run, seen: Mapping[str, Any]) -> None:
    for fault in seen["errors"]:
        run.err.write(f"  line {fault['line']}: {fault['message']}\n")
    told = seen.get("result")
    run.show({"job": seen["id"], "state": seen["state"], **(told if isinstance(told, Mapping) else {})})
