"""Scheduler's context attributes in a target's input, and how to tell that nobody has filled them in.

Source: EventBridge Scheduler user guide, "Adding context attributes".
"""

import json
import uuid
from typing import Final

from shopbell.domain.clock import SECOND, Instant, format_instant

MARK: Final = "<aws.scheduler."


def fill(written: str, *, arn: str, nominal: Instant, attempt: int) -> str:
    """The input with its attributes filled in; the scheduled time is to the second, as Scheduler gives it."""
    values = {
        "schedule-arn": arn,
        "scheduled-time": format_instant(nominal - nominal % SECOND),
        "execution-id": uuid.uuid4().hex,
        "attempt-number": str(attempt),
    }
    for name, value in values.items():
        written = written.replace(f"{MARK}{name}>", value)
    return written


def same_input(written: str, delivered: bytes) -> bool:
    """True when the engine delivered this input, whose JSON it may have written in another way."""
    try:
        return bool(json.loads(written) == json.loads(delivered))
    except ValueError:
        return written.encode() == delivered
