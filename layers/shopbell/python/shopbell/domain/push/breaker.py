"""A circuit breaker: open once most of the last answers are failures, until a few posts show that it may close."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final, Literal

from shopbell.domain.clock import MINUTE, SECOND, Duration, Instant

WINDOW: Final[Duration] = 10 * SECOND
ENOUGH: Final = 200
"""Answers within the window that are needed for a judgement."""
SICK: Final = 0.5
"""Share of failures among them that opens it."""
OPEN_FOR: Final[Duration] = 30 * SECOND
LONGEST: Final[Duration] = 15 * MINUTE
"""However long the other side asks to be left alone: by then it is tried again."""
PROBE: Final = 5
"""Posts that try whether the other side is well again."""

Turn = Literal["opened", "closed"]


@dataclass(slots=True)
class Breaker:
    answers: deque[tuple[Instant, int, int]] = field(default_factory=deque)
    """(when, how many, how many of them failed), oldest first."""
    until: Instant | None = None
    """Until when nothing is posted; None: it is closed."""

    def admits(self, now: Instant) -> int | None:
        """So many posts and no more: 0 while it is open, a few to try; None: as many as there are."""
        if self.until is None:
            return None
        return 0 if now < self.until else PROBE

    def wait(self, now: Instant) -> Duration:
        return 0 if self.until is None else max(0, self.until - now)

    def hear(self, now: Instant, total: int, failed: int, asked: Duration = 0) -> Turn | None:
        """What came of some posts; `asked`: for how long they want to be left alone."""
        if not total:
            return None
        if self.until is not None:
            return self._probed(now, total, failed, asked)
        self.answers.append((now, total, failed))
        while self.answers[0][0] <= now - WINDOW:
            self.answers.popleft()
        seen, sick = sum(one[1] for one in self.answers), sum(one[2] for one in self.answers)
        if seen < ENOUGH or sick < SICK * seen:
            return None
        self._open(now, asked)
        return "opened"

    def _probed(self, now: Instant, total: int, failed: int, asked: Duration) -> Turn | None:
        if failed >= SICK * total:
            self._open(now, asked)
            return None
        self.until = None
        return "closed"

    def _open(self, now: Instant, asked: Duration) -> None:
        self.answers.clear()
        self.until = now + min(LONGEST, max(OPEN_FOR, asked))
