"""What can never pass, however often it is tried: how it is known, and how it is named without being quoted."""

import struct
from dataclasses import dataclass
from typing import Final

from shopbell.domain.errors import NotFound, Rejected
from shopbell.domain.ids import StoreId, VisitorId

NEVER: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, NotFound, Rejected, struct.error)
"""Faults of the data or of ours, never of a dependency: trying again would meet them again."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A stored item that does not decode: where it lies and why."""

    store: StoreId
    visitor: VisitorId
    name: str
    reason: str


def reason(exc: BaseException) -> str:
    """The kind of fault and the line it came from: never its text, which may hold what a visitor wrote."""
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" in {trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace is not None else ""
    return f"{type(exc).__name__}{where}"
