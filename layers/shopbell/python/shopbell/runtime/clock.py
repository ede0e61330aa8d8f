"""The clock and the waits of a running function: the only place where time is read."""

import random
import time
from typing import Any, Final

from shopbell.app.ends import Remaining
from shopbell.domain.clock import SECOND, Duration, Instant

_FIRST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 0.5
_STREAM_LAG: Final = 10.0


def now() -> Instant:
    return time.time_ns() // 1_000_000


def pause(attempt: int) -> None:
    """Before another try after a conflict: full jitter under a doubling limit, half a second at most."""
    limit = min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << attempt))
    time.sleep(limit * random.random())  # noqa: S311 - spreads writers out, protects nothing


def rest(wait: Duration) -> None:
    """Between two rounds of posts."""
    time.sleep(wait / SECOND)


def let_streams_pass(_look: int) -> None:
    """Between two looks at a size: longer than what is written usually takes to be counted."""
    time.sleep(_STREAM_LAG)


def uniform() -> float:
    return random.random()  # noqa: S311


def remaining(context: Any) -> Remaining:
    """How long the invocation may still run, as Lambda tells it."""
    return lambda: int(context.get_remaining_time_in_millis())
