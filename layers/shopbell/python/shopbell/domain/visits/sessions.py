"""Sessions: the union of [t, t + 30 minutes] of everything that a visitor does in the shop."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

from shopbell.domain.clock import MINUTE, Duration, Instant

PAUSE: Final[Duration] = 30 * MINUTE
"""After so long without anything a session is over (ruling 5)."""
SKEW: Final[Duration] = 5 * MINUTE
"""How far ahead of now an event may lie (ruling 6)."""
MAX_SESSIONS: Final = 1_000
Session = tuple[Instant, Instant]
"""First and last instant at which something was done; it ends PAUSE after the last."""


def fold_sessions(state: bytes, seen: Iterable[Instant], reach: Duration) -> bytes:
    """The state with these instants: commutative and idempotent, byte for byte; the same object if nothing changed.

    Kept are the sessions that end within `reach` of the newest instant (and SKEW more). To forget the others without
    a trace of the order, something is taken to have happened at that very edge: a session that begins within PAUSE
    after it is stored as if it began there. Its end is exact, and so is every session after it. Of more than 1,000
    sessions the newest stay; only then may the start of the oldest depend on the order in which late events came.
    """
    return _cut(chain(sessions_of(state), ((max(at, 0),) * 2 for at in seen)), state, reach)


def join_sessions(one: bytes, other: bytes, reach: Duration) -> bytes:
    """The union of both."""
    return _cut(chain(sessions_of(one), sessions_of(other)), one, reach)


def recut_sessions(state: bytes, reach: Duration) -> bytes:
    """Without what a shorter reach does not need."""
    return _cut(sessions_of(state), state, reach)


@lru_cache(maxsize=2_048)
def sessions_of(state: bytes) -> tuple[Session, ...]:
    """Oldest first."""
    numbers = _unpack(state)
    found: list[Session] = []
    at = 0
    for gap, length in zip(numbers[::2], numbers[1::2], strict=True):
        found.append((at + gap, at + gap + length))
        at += gap + length
    return tuple(found)


@lru_cache(maxsize=2_048)
def ends_of(state: bytes) -> tuple[Instant, ...]:
    """When each session is over, oldest first; the newest may lie ahead."""
    return tuple(last + PAUSE for _, last in sessions_of(state))


def _cut(found: Iterable[Session], before: bytes, reach: Duration) -> bytes:
    sessions = _union(sorted(found))
    if not sessions:
        return before
    edge = max(sessions[-1][1] - reach - PAUSE - SKEW, 0)
    kept = [(edge if first - edge <= PAUSE else first, last) for first, last in sessions if last >= edge]
    state = _pack(kept[-MAX_SESSIONS:])
    return before if state == before else state


def _union(found: Sequence[Session]) -> list[Session]:
    """Of sessions by their first instant; two that are at most PAUSE apart are one."""
    merged: list[Session] = []
    for first, last in found:
        if merged and first - merged[-1][1] <= PAUSE:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _pack(sessions: Sequence[Session]) -> bytes:
    """Varints: the gap since the last session, and the length."""
    out, at = bytearray(), 0
    for first, last in sessions:
        for number in (first - at, last - first):
            rest = number
            while rest > 0x7F:  # noqa: PLR2004 - seven bits a byte
                out.append(rest & 0x7F | 0x80)
                rest >>= 7
            out.append(rest)
        at = last
    return bytes(out)


def _unpack(data: bytes) -> list[int]:
    numbers: list[int] = []
    number = shift = 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 - the last byte of a number
            numbers.append(number)
            number = shift = 0
    return numbers
