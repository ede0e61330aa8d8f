"""How long after a click an order is due to its message."""

from typing import Final

from shopbell.domain.clock import DAY, MINUTE, Duration, parse_duration

CLICK_WINDOW: Final[Duration] = 3 * DAY
"""Where nobody says another."""
LONGEST_WINDOW: Final[Duration] = 30 * DAY


def check_window(text: str) -> None:
    """ValueError for what is no duration, or too short or long a one."""
    if not MINUTE <= parse_duration(text) <= LONGEST_WINDOW:
        raise ValueError("must be PT1M to P30D")
